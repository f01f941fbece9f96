/**
 * Character references of HTML, by the library `entities`. Loaded when a rule undoes them.
 *
 * @module
 */
import { decodeHTML } from "entities/decode";

/**
 * The text without its character references.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(decodeHtml("a&amp;b &#x27;c&#39; &eacute; &unknown;"), "a&b 'c' é &unknown;");
 * ```
 */
export function decodeHtml(text: string): string {
  return decodeHTML(text);
}
