/**
 * What reports call a request that its module gave no name: its method and path, with `{id}` for parts that tell one
 * thing from others of its kind.
 *
 * @module
 */

/** Numbers, UUIDs, and long words of letters and digits, such as object ids and hashes. */
const ID = /^(?:\d+|[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}|(?=[a-z_-]*\d)[\w-]{16,})$/i;

/**
 * The name.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(requestName("GET", new URL("http://h/users/42/orders?page=2"), "http://h"), "GET /users/{id}/orders");
 * assertEquals(requestName("GET", new URL("http://other/a"), "http://h"), "GET other/a");
 * ```
 */
export function requestName(method: string, url: URL, home: string): string {
  const { pathname, origin, host } = url;
  const path = /\d/.test(pathname)
    ? pathname.split("/").map((part) => ID.test(part) ? "{id}" : part).join("/")
    : pathname;
  return `${method} ${origin === home ? "" : host}${path}`;
}
