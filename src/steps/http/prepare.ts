/**
 * Steps as requests that are ready to be sent.
 *
 * @module
 */
import { ResponseMemory } from "../../client/exchange/response_memory.ts";
import { assembleRequest } from "../../client/exchange/assemble_request.ts";
import type { PreparedRequest } from "../../client/exchange/http_client.ts";
import type { ClientSpec } from "../../plan/client_spec.ts";
import type { HttpStep } from "../../plan/http_step.ts";
import { isPaced } from "./grpc/paced_feed.ts";
import { bytesOf } from "./body_form.ts";

/** Larger bodies are written while the response is awaited, which the fast way does not do. */
const MAX_REPEATED_BODY_BYTES = 8192;

/** What a prepared request is to keep of its responses. */
export interface PrepareOptions {
  readonly client: ClientSpec;
  /** The very same request is sent again and again. */
  readonly isRepeated: boolean;
  readonly wantsHead: boolean;
  readonly wantsBody: boolean;
  readonly wantsCookies: boolean;
  /** The body, where it is not the step's. */
  readonly bytes?: Uint8Array;
}

/** Prepares a step without placeholders. `index` is its position among all steps. */
export function prepareStep(step: HttpStep, index: number, options: PrepareOptions): PreparedRequest {
  const body = options.bytes ?? bytesOf(step.body);
  const { client, isRepeated, wantsHead, wantsBody, wantsCookies } = options;
  const hasMemory = isRepeated && step.stream === undefined && step.grpc === undefined &&
    step.body?.kind !== "file" && !client.phases &&
    (body?.length ?? 0) <= MAX_REPEATED_BODY_BYTES;
  const request = assembleRequest({
    step: index,
    method: step.method,
    url: new URL(step.url),
    headers: step.headers,
    body,
    ...(step.body?.kind === "file" && { bodyFile: step.body }),
    ...(step.timeoutMs !== undefined && { timeoutMs: step.timeoutMs }),
    ...(step.maxRedirects !== undefined && { maxRedirects: step.maxRedirects }),
    isRepeated,
    memory: hasMemory ? new ResponseMemory() : null,
    wantsHead,
    wantsBody,
    wantsCookies,
  }, client);
  if (step.grpc === undefined) return request;
  return { ...request, isCall: true, ...(isPaced(step.grpc) && { isFed: true as const }) };
}
