/**
 * Names what an error of `fetch` means for a request. The platform tells causes apart by their texts alone: those of
 * hyper, h2, rustls and the operating system.
 *
 * @module
 */
import { messageOf } from "../../lib/errors.ts";
import { FAILURE } from "../../metrics/failure.ts";
import { detailOf, failureOf } from "../exchange/failure_of.ts";

/** Texts that only `fetch` has, most telling first. */
const BY_TEXT: readonly (readonly [RegExp, number])[] = [
  [/invalid peer certificate/i, FAILURE.tls_certificate],
  [/NoApplicationProtocol|http2|\bh2\b|frame with invalid|connection error detected/i, FAILURE.protocol],
  [/fatal alert|corrupt message|tls handshake/i, FAILURE.tls_handshake],
  [/closed before message completed/i, FAILURE.no_response],
  [/error reading a body/i, FAILURE.truncated],
  [/invalid HTTP version|status-code|unexpected message/i, FAILURE.not_http],
  [/invalid HTTP header/i, FAILURE.bad_header],
  [/content-length/i, FAILURE.bad_length],
  [/transfer-encoding/i, FAILURE.bad_transfer_coding],
  [/head is too large/i, FAILURE.head_too_large],
  [/proxy|tunnel/i, FAILURE.proxy],
];

/** What only a proxy's doing is called; the same words without a proxy mean the target. */
const BY_PROXY_TEXT: readonly (readonly [RegExp, number])[] = [
  [/authentication required|auth methods|auth failure/i, FAILURE.proxy_auth],
  [/os error (?:23|24|99)\)/, FAILURE.none],
  [/tcp connect error|dns error|server unreachable/i, FAILURE.proxy_unreachable],
  [/ruleset|^connection refused$|general|unreachable|ttl expired|not supported/i, FAILURE.proxy],
];

/** What a request failed of. */
export interface FetchFailure {
  /** Number of a kind in `FAILURE_KINDS`. */
  readonly kind: number;
  /** In words, without the URL. */
  readonly detail: string;
}

/**
 * Reads an error that `fetch`, or the body of its response, threw; `isProxied`: the request went through a proxy.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const cause = new Error("error sending request for url (http://proxy/): client error (Connect): tls handshake eof");
 * assertEquals(fetchFailureOf(new TypeError("fetch failed", { cause })).detail, "tls handshake eof");
 * ```
 */
export function fetchFailureOf(thrown: unknown, isProxied = false): FetchFailure {
  let innermost = thrown;
  for (let depth = 0; depth < 5 && innermost instanceof Error && innermost.cause instanceof Error; depth++) {
    innermost = innermost.cause;
  }
  // What comes before names the URL, whose words must not be taken for a cause.
  const text = messageOf(innermost).replace(/^error sending request .*?: client error \(\w+\): /, "");
  const detail = detailOf(text);
  const byProxy = isProxied ? BY_PROXY_TEXT.find(([pattern]) => pattern.test(text))?.[1] : FAILURE.none;
  if (byProxy) return { kind: byProxy, detail };
  return { kind: BY_TEXT.find(([pattern]) => pattern.test(text))?.[1] ?? failureOf(text), detail };
}
