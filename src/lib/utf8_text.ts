/**
 * Bytes that may be text.
 *
 * @module
 */

/**
 * The text that the bytes encode in UTF-8, with its byte order mark if there is one; `undefined` when they encode none.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(utf8Text(Uint8Array.of(0xc3, 0xa9)), "é");
 * assertEquals(utf8Text(Uint8Array.of(0xff)), undefined);
 * ```
 */
export function utf8Text(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined; // the decoder has no other way to say so
  }
}
