/**
 * "Did you mean": the known word that is nearest to an unknown one.
 *
 * @module
 */
import { levenshteinDistance } from "@std/text/levenshtein-distance";

/**
 * A clause to end a message with, or nothing when no known word is near.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(suggestion("assert_staus", ["path", "assert_status"]), `; did you mean "assert_status"?`);
 * assertEquals(suggestion("colour", ["path"]), "");
 * ```
 */
export function suggestion(unknown: string, known: readonly string[]): string {
  if (unknown.length > 64) return "";
  const word = normal(unknown);
  let best: string | undefined;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const distance = levenshteinDistance(word, normal(candidate));
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best === undefined ? "" : `; did you mean "${best}"?`;
}

/** `thinkTime`, `think-time` and `think_time` are the same word. */
function normal(word: string): string {
  return word.replace(/([a-z])([A-Z])/g, "$1_$2").replaceAll("-", "_").toLowerCase();
}
