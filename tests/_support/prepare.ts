/** Requests ready to be sent, as the engine prepares them. */
import type { HttpClient, PreparedRequest } from "../../src/client/exchange/http_client.ts";
import { Exchange } from "../../src/client/exchange/http_client.ts";
import { prepareStep } from "../../src/steps/http/prepare.ts";
import type { ClientSpec } from "../../src/plan/client_spec.ts";
import type { Body, HeaderLine } from "../../src/plan/http_step.ts";
import { PLAIN_CLIENT } from "./plan.ts";

/** What may differ from a plain GET. */
export interface PrepareChanges {
  readonly method?: string;
  readonly headers?: readonly HeaderLine[];
  readonly body?: Body | string;
  readonly client?: Partial<ClientSpec>;
  /** The request will be sent unchanged many times. */
  readonly isRepeated?: boolean;
  readonly wantsHead?: boolean;
  readonly wantsBody?: boolean;
  readonly wantsCookies?: boolean;
}

/** A request for a URL. */
export function prepare(url: string, changes: PrepareChanges = {}): PreparedRequest {
  const body = typeof changes.body === "string"
    ? { kind: "text", text: changes.body } as const
    : changes.body;
  return prepareStep(
    {
      name: url,
      kind: "http",
      method: changes.method ?? "GET",
      url,
      headers: changes.headers ?? [],
      isTemplate: false,
      extract: [],
      checks: [],
      ...(body && { body }),
    },
    0,
    {
      client: { ...PLAIN_CLIENT, ...changes.client },
      isRepeated: changes.isRepeated ?? false,
      wantsHead: changes.wantsHead ?? false,
      wantsBody: changes.wantsBody ?? false,
      wantsCookies: changes.wantsCookies ?? false,
    },
  );
}

/** Sends a request now and resolves to what happened. */
export async function send(client: HttpClient, request: PreparedRequest): Promise<Exchange> {
  const out = new Exchange();
  const now = performance.now();
  out.reset(now, now);
  await client.exchange(request, out);
  return out;
}
