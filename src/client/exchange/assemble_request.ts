/**
 * Describes a request as one client specification wants it sent, so that steps and redirects come out alike. Its bytes
 * are made by the client that sends it.
 *
 * @module
 */
import { isIdempotent } from "../../lib/net/request_methods.ts";
import type { ClientSpec } from "../../plan/client_spec.ts";
import type { HeaderLine } from "../../plan/http_step.ts";
import type { BodyFile, PreparedRequest } from "./http_client.ts";
import type { ResponseMemory } from "./response_memory.ts";

/** What a request says, and what is wanted of its response. */
export interface RequestShape {
  /** The step's position among all steps. */
  readonly step: number;
  readonly method: string;
  readonly url: URL;
  readonly headers: readonly HeaderLine[];
  readonly body: Uint8Array | null;
  /** The body instead, if it lies in a file. */
  readonly bodyFile?: BodyFile;
  readonly timeoutMs?: number;
  readonly maxRedirects?: number;
  /** The very same request will be sent again. */
  readonly isRepeated: boolean;
  readonly memory: ResponseMemory | null;
  readonly wantsHead: boolean;
  readonly wantsBody: boolean;
  readonly wantsCookies: boolean;
}

/** A request that is ready to be sent. */
export function assembleRequest(shape: RequestShape, client: ClientSpec): PreparedRequest {
  const asks = asksForContinue(shape, client);
  const request = assembled(shape, client, asks);
  if (!asks) return request;
  let unasked: PreparedRequest | undefined;
  const headers = shape.headers.filter(([name]) => name.toLowerCase() !== "expect");
  return { ...request, unasked: () => unasked ??= assembled({ ...shape, headers }, client, false) };
}

function assembled(shape: RequestShape, client: ClientSpec, asks: boolean): PreparedRequest {
  const { step, method, url, headers, body, bodyFile, isRepeated, wantsHead, wantsBody, wantsCookies } =
    shape;
  return {
    step,
    method,
    url,
    origin: url.origin,
    headers,
    body,
    ...(bodyFile && { bodyFile }),
    ...(shape.timeoutMs !== undefined && { timeoutMs: shape.timeoutMs }),
    ...(shape.maxRedirects !== undefined && { maxRedirects: shape.maxRedirects }),
    isRepeated,
    awaitsContinue: asks,
    isLast: !client.keepAlive || headers.some(asksToClose),
    memory: asks ? null : shape.memory,
    isIdempotent: isIdempotent(method),
    followsRedirects: (shape.maxRedirects ?? client.maxRedirects) > 0,
    wantsHead: wantsHead || client.serverTiming === true,
    wantsBody,
    wantsCookies,
  };
}

/** Only when somebody wants it: servers that ignore the question cost a second each, and some refuse it. */
function asksForContinue({ body, bodyFile, headers }: RequestShape, client: ClientSpec): boolean {
  const bodyBytes = bodyFile?.bytes ?? body?.length ?? 0;
  return bodyBytes > 0 &&
    (client.expectContinue ?? headers.some(([name]) => name.toLowerCase() === "expect"));
}

/** Whether a field asks the server to close the connection after its response. */
function asksToClose([name, value]: HeaderLine): boolean {
  return /^connection$/i.test(name) && /(?:^|,)[ \t]*close[ \t]*(?:,|$)/i.test(value);
}
