/**
 * Percent-encoding undone in texts that need not have been encoded.
 *
 * @module
 */

/**
 * The text with its escapes undone; a text that holds a broken one, such as a password with a bare percent sign, is
 * taken as it is.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals([percentDecoded("p%40ss"), percentDecoded("50%")], ["p@ss", "50%"]);
 * ```
 */
export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // Not encoded after all.
  }
}

/**
 * The same where some escapes are broken: those that are whole are undone, as servers do.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(looselyDecoded("%74oken%zz"), "token%zz");
 * ```
 */
export function looselyDecoded(text: string): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, percentDecoded);
}
