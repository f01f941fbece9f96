/**
 * Where a parameter lies at which the mean of some numbers is zero, such as a ratio at which what is left of two series
 * does not differ (Fieller 1954). Every value is a hypothesis; those that the numbers do not reject are the interval.
 *
 * @module
 */
import { anytimeReach } from "./anytime_t.ts";
import { meanOf, squaresOf } from "./mean.ts";

/** Both ends; an absent one is too far to be known. */
export interface ZeroInterval {
  readonly low?: number;
  readonly high?: number;
}

/** How an interval is sought. */
export interface ZeroSearch {
  /** Where the mean is zero. */
  readonly from: number;
  /** How far from there an end may lie. */
  readonly within: number;
  /** The probability that the interval will ever be wrong, 0 to 1. */
  readonly alpha: number;
  /** What the variance of a number is never taken to be less than. */
  readonly minVariance?: number;
}

const FIRST_STEP = 1e-3;
const BISECTIONS = 16;

/**
 * The values that are not rejected, whenever one looks; `undefined` when nothing is rejected yet.
 * `numbersAt`: the numbers at a value; their mean only rises, or only falls, with it.
 *
 * @example
 * ```ts
 * import { assert, assertEquals } from "@std/assert";
 * const pairs = Array.from({ length: 40 }, (_, i) => [100 + i * 7 % 10, 110 + i * 3 % 10]);
 * const ratioAt = (ratio: number) => pairs.map(([a, b]) => b! - ratio * a!);
 * const { low, high } = zeroInterval(ratioAt, { from: 1.096, within: 1, alpha: 0.01 })!;
 * assert(low! < 1.096 && 1.096 < high! && high! - low! < 0.1);
 * assertEquals(zeroInterval((x) => ratioAt(x).slice(0, 3), { from: 1.096, within: 1, alpha: 0.01 }), undefined);
 * ```
 */
export function zeroInterval(
  numbersAt: (value: number) => readonly number[],
  { from, within, alpha, minVariance = 0 }: ZeroSearch,
): ZeroInterval | undefined {
  const isRejected = (value: number) => {
    const numbers = numbersAt(value);
    const n = numbers.length;
    if (n < 2) return false;
    const variance = Math.max(squaresOf(numbers) / (n - 1), minVariance);
    return Math.abs(meanOf(numbers)) > anytimeReach(n, variance, alpha);
  };
  const end = (sign: 1 | -1): number | undefined => {
    let inside = 0;
    let outside = FIRST_STEP;
    while (!isRejected(from + sign * outside)) {
      if (outside >= within) return undefined;
      [inside, outside] = [outside, Math.min(2 * outside, within)];
    }
    for (let i = 0; i < BISECTIONS; i++) {
      const middle = (inside + outside) / 2;
      if (isRejected(from + sign * middle)) outside = middle;
      else inside = middle;
    }
    return from + sign * outside;
  };
  const [low, high] = [end(-1), end(1)];
  if (low === undefined && high === undefined) return undefined;
  return { ...(low !== undefined && { low }), ...(high !== undefined && { high }) };
}
