/**
 * Puts a request together as one client specification wants it sent: what the encoding needs to know of the client is
 * decided here, so that steps and redirects come out alike.
 *
 * @module
 */
import { isIdempotent } from "../../lib/request_framing.ts";
import type { ClientSpec } from "../../plan/run_plan.ts";
import type { HeaderLine } from "../../plan/scenario.ts";
import type { BodyFile, PreparedRequest } from "./http_client.ts";
import type { ResponseMemory } from "./response_memory.ts";
import { type Proxy, proxyAuthorization, proxyFor } from "../net/proxy.ts";
import { encodeRequest } from "../http1/encode_request.ts";

/** What a request says, and what is wanted of its answer. */
export interface RequestShape {
  /** The step's position among all steps. */
  readonly step: number;
  readonly method: string;
  readonly url: URL;
  readonly headers: readonly HeaderLine[];
  readonly body: Uint8Array | null;
  /** The body instead, if it lies in a file. */
  readonly bodyFile?: BodyFile;
  /** Value of the cache-busting parameter, if one is wanted. */
  readonly cacheBust?: string;
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
  const { step, method, url, headers, body, bodyFile, memory, wantsHead, wantsBody, wantsCookies } = shape;
  const proxy = url.protocol === "http:" ? proxyFor(url, client.proxy) : null;
  const bytes = encodeRequest({
    method,
    url,
    headers: [...headers, ...addedFields(headers, { asks, proxy })],
    body,
    ...(bodyFile && { bodyFileBytes: bodyFile.bytes }),
    ...(shape.cacheBust !== undefined && { cacheBust: shape.cacheBust }),
    closeConnection: !client.keepAlive,
    absoluteForm: proxy?.kind === "http",
  });
  return {
    step,
    method,
    url,
    origin: url.origin,
    headers,
    body,
    ...(bodyFile && { bodyFile }),
    bytes,
    headBytes: bytes.length - (body?.length ?? 0),
    awaitsContinue: asks,
    isLast: !client.keepAlive || headers.some(asksToClose),
    memory: asks ? null : memory,
    isIdempotent: isIdempotent(method),
    followsRedirects: client.maxRedirects > 0,
    wantsHead,
    wantsBody,
    wantsCookies,
  };
}

/** Fields that only this way of sending needs. */
function addedFields(
  headers: readonly HeaderLine[],
  { asks, proxy }: { readonly asks: boolean; readonly proxy: Proxy | null },
): readonly HeaderLine[] {
  const added: HeaderLine[] = [];
  if (asks && !hasField(headers, "expect")) added.push(["Expect", "100-continue"]);
  const authorization = proxy?.kind === "http" ? proxyAuthorization(proxy) : undefined;
  if (authorization !== undefined && !hasField(headers, "proxy-authorization")) {
    added.push(["Proxy-Authorization", authorization]);
  }
  return added;
}

/** Only when somebody wants it: servers that ignore the question cost a second each, and some refuse it. */
function asksForContinue({ body, bodyFile, headers }: RequestShape, client: ClientSpec): boolean {
  const bodyBytes = bodyFile?.bytes ?? body?.length ?? 0;
  return bodyBytes > 0 && (client.expectContinue ?? hasField(headers, "expect"));
}

/** Whether a field asks the server to close the connection after its answer. */
function asksToClose([name, value]: HeaderLine): boolean {
  return /^connection$/i.test(name) && /(?:^|,)[ \t]*close[ \t]*(?:,|$)/i.test(value);
}

function hasField(headers: readonly HeaderLine[], lowerCase: string): boolean {
  return headers.some(([name]) => name.toLowerCase() === lowerCase);
}
