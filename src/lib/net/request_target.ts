/**
 * What of a URL goes into the request line.
 *
 * @module
 */

/**
 * Path and query as the URL spells them. An empty query keeps its question mark: `/?` and `/` are different targets (RFC
 * 3986, 6.2.3), and `URL` says of neither that it has a query.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(["/?", "/a?b#c", ""].map((path) => requestTarget(new URL(`http://h${path}`))), ["/?", "/a?b", "/"]);
 * ```
 */
export function requestTarget({ href, protocol, hash, search, pathname }: URL): string {
  if (search !== "" || !href.includes("?")) return pathname + search;
  const start = href.indexOf("/", protocol.length + 2);
  return href.slice(start, hash === "" && !href.endsWith("#") ? href.length : href.indexOf("#"));
}
