/**
 * Where a series has come to rest: the marginal standard error rule, MSER (White 1997; White, Cobb and Spratt 2000). The
 * start that is cut off is the one without which the mean of the rest would have the smallest standard error:
 *
 * ```text
 * d = argmin  Σ (x_i − mean)² / (n − d)²        over i > d, with d at most half of the series
 * ```
 *
 * @module
 */

/** Shorter series have no start that could be told from the rest. */
const MIN_LENGTH = 6;

/**
 * How many numbers belong to the start, from 0 to half of them; `undefined` when the series had not come to rest by its
 * half, or is too short to tell.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(warmupLength([1, 5, 9, 10, 10, 10, 10, 10, 10, 10]), 3);
 * assertEquals(warmupLength([1, 2, 3, 4, 5, 6, 7, 8]), undefined);
 * ```
 */
export function warmupLength(series: readonly number[]): number | undefined {
  const n = series.length;
  if (n < MIN_LENGTH) return undefined;
  let best = 0;
  let least = Infinity;
  const half = Math.floor(n / 2);
  for (let d = 0; d <= half; d++) {
    const rest = series.slice(d);
    const mean = rest.reduce((sum, value) => sum + value, 0) / rest.length;
    const error = rest.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rest.length ** 2;
    if (error < least) [best, least] = [d, error];
  }
  // White's rule: a start that takes half of the series has not been shown to end.
  return best === half && least > 0 ? undefined : best;
}
