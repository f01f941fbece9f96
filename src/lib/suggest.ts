/**
 * "Did you mean": the known word nearest to a mistyped one, by the number of inserted, deleted, replaced or swapped
 * letters (optimal string alignment, a restricted Damerau-Levenshtein distance).
 *
 * @module
 */

/**
 * The candidate most like `word`, or `undefined` when none is close. A candidate that begins with the word counts as
 * close, so that abbreviations lead somewhere.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(suggest("--duraton", ["--rate", "--duration"]), "--duration");
 * assertEquals(suggest("--frobnicate", ["--rate", "--duration"]), undefined);
 * ```
 */
export function suggest(word: string, candidates: readonly string[]): string | undefined {
  const wanted = word.toLowerCase();
  const stem = wanted.replace(/^-+/, "");
  if (stem === "") return undefined;
  let best: string | undefined;
  let bestDistance = Math.min(3, Math.max(1, Math.floor(stem.length / 3))) + 1;
  for (const candidate of candidates) {
    const distance = distanceBetween(wanted, candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  if (best !== undefined || stem.length < 2) return best;
  return candidates.find((candidate) => candidate.toLowerCase().startsWith(wanted));
}

/** Adds `: did you mean "…"?` to a sentence when there is something to suggest. */
export function withSuggestion(
  sentence: string,
  word: string,
  candidates: readonly string[],
): string {
  const near = suggest(word, candidates);
  return near === undefined ? sentence : `${sentence}: did you mean ${near}?`;
}

/** Edits between two words; a swap of neighbours is one edit. Rows of the usual table, three at a time. */
function distanceBetween(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 3) return Infinity;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(replaced, last[j]! + 1, row[j - 1]! + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, beforeLast[j - 2]! + 1);
      }
      row.push(least);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length]!;
}
