/**
 * Basic credentials (RFC 7617).
 *
 * @module
 */

/**
 * The value of an `Authorization` or `Proxy-Authorization` field for `user:password`, in UTF-8.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(basicAuth("me:pw"), "Basic bWU6cHc=");
 * ```
 */
export function basicAuth(userPassword: string): string {
  return `Basic ${new TextEncoder().encode(userPassword).toBase64()}`;
}
