/**
 * Makes each request's URL unique with a `_cb` parameter, so that no cache answers it.
 *
 * @module
 */
import type { PreparedRequest } from "../../../client/exchange/http_client.ts";

/** The same request with a version 4 UUID (RFC 9562), 32 hexadecimal digits, in its URL. */
export function withCacheBust(request: PreparedRequest): PreparedRequest {
  const url = new URL(request.url);
  const parameter = `_cb=${crypto.randomUUID().replaceAll("-", "")}`;
  url.search = url.search === "" ? `?${parameter}` : `${url.search}&${parameter}`;
  return { ...request, url };
}
