/**
 * Makes each request's URL unique with a `_cb` parameter, so that no cache answers it.
 *
 * @module
 */
import type { PreparedRequest } from "../client/exchange/http_client.ts";
import { withParameter } from "../client/http1/encode_request.ts";

/** Stands in the encoded bytes where the random digits go; the same in every request. */
export const CACHE_BUST_MARK = "0".repeat(32);

/** Puts fresh random digits into requests that were encoded with {@linkcode CACHE_BUST_MARK}. */
export class CacheBuster {
  readonly #offsets = new Map<PreparedRequest, number>();

  /** A copy of the request with a version 4 UUID (RFC 9562), 32 hexadecimal digits, in its URL. */
  apply(request: PreparedRequest): PreparedRequest {
    let offset = this.#offsets.get(request);
    if (offset === undefined) this.#offsets.set(request, offset = offsetOf(request.bytes));
    const digits = crypto.randomUUID().replaceAll("-", "");
    const bytes = request.bytes.slice();
    for (let i = 0; i < digits.length; i++) bytes[offset + i] = digits.charCodeAt(i);
    return { ...request, bytes, url: withParameter(request.url, `_cb=${digits}`) };
  }
}

function offsetOf(bytes: Uint8Array): number {
  const head = new TextDecoder("latin1").decode(bytes);
  return head.indexOf(`_cb=${CACHE_BUST_MARK}`) + "_cb=".length;
}
