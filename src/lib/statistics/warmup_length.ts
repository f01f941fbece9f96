/**
 * Where a series has come to rest: the marginal standard error rule, MSER (White 1997; White, Cobb and Spratt 2000). The
 * start that is cut off is the one without which the mean of the rest would have the smallest standard error:
 *
 * ```text
 * d = argmin  Σ (x_i − mean)² / (n − d)²        over i > d, with d at most half of the series
 * ```
 *
 * By chance that is often far behind the start's end, where the standard error hardly differs: of those that are nearly as
 * small, the earliest is taken.
 *
 * @module
 */
import { trendOf } from "./change_tests.ts";
import { squaresOf } from "./mean.ts";

/** Shorter series have no start that could be told from the rest. */
const MIN_LENGTH = 6;
/** So much more than the smallest squared standard error is nearly as small. */
const NEARLY = 2;
/** Standard errors that the slope of what is left must have, for it to move still. */
const MIN_TREND = 6;

/**
 * How many numbers belong to the start, from 0 to half of them; `undefined` when what is left still moves, or the series is
 * too short to tell.
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
  const half = Math.floor(n / 2);
  const errors = Array.from({ length: half + 1 }, (_, d) => {
    const rest = series.slice(d);
    return squaresOf(rest) / rest.length ** 2;
  });
  const least = Math.min(...errors);
  const length = errors.findIndex((error) => error <= NEARLY * least);
  return (trendOf(series.slice(length))?.strength ?? 0) > MIN_TREND ? undefined : length;
}
