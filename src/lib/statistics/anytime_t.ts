/**
 * Where a mean lies, told at any time: intervals of a sequence of numbers that all hold the mean together with the given
 * confidence, so that whoever watches them may stop when he likes, for whatever reason.
 *
 * They are what a sequential t-test does not reject: the ratio of likelihoods, in which the effect (mean / standard
 * deviation) is normal with variance 1 against none, is a martingale for normal numbers of unknown mean and variance
 * (Lai 1976; Gönen, Johnson, Lu and Westfall 2005 give its closed form; Wang and Ramdas 2025, "Anytime-valid t-tests and
 * confidence sequences for Gaussian means with unknown variance"). By Ville's inequality it ever exceeds 1/α with a
 * probability of at most α:
 *
 * ```text
 * (1 + n)^(-1/2) · ((1 + u) / (1 + u / (1 + n)))^(n/2) < 1/α        u = t² / (n − 1) = n · (mean − µ)² / Σ (x − mean)²
 * ```
 *
 * @module
 */
import { meanOf, squaresOf } from "./mean.ts";

/** An estimate of a mean, and how far to both sides of it the truth may be. */
export interface MeanInterval {
  readonly mean: number;
  /** `Infinity` while there are too few numbers to tell. */
  readonly reach: number;
}

/**
 * The interval after these numbers. `alpha`: the probability that it will ever be wrong, 0 to 1.
 * @param minVariance what the variance of a number is never taken to be less than
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(anytimeInterval([1, 2, 3], 0.01), { mean: 2, reach: Infinity });
 * ```
 */
export function anytimeInterval(values: readonly number[], alpha: number, minVariance = 0): MeanInterval {
  const n = values.length;
  const mean = n === 0 ? 0 : meanOf(values);
  if (n < 2) return { mean, reach: Infinity };
  return { mean, reach: anytimeReach(n, Math.max(squaresOf(values) / (n - 1), minVariance), alpha) };
}

/** How far the mean of `n` numbers with this sample variance may be from the truth; `Infinity` while that is unknown. */
export function anytimeReach(n: number, variance: number, alpha: number): number {
  const growth = 1 + n;
  const bound = Math.exp((Math.log(growth) + 2 * Math.log(1 / alpha)) / n);
  if (bound >= growth) return Infinity;
  const u = (bound - 1) / (1 - bound / growth);
  return Math.sqrt(u * (n - 1) * variance / n);
}
