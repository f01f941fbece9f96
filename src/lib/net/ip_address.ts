/**
 * Addresses told from names.
 *
 * @module
 */

/**
 * Whether a host is an IP address and no name, with or without the brackets of a URL. It says nothing about whether the
 * address is a valid one: no name has colons, or nothing but digits and dots.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(["127.0.0.1", "[::1]", "fe80::1", "1.example"].map(isIpAddress), [true, true, true, false]);
 * ```
 */
export function isIpAddress(host: string): boolean {
  return /^[\d.]+$|:/.test(host);
}
