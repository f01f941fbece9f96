/**
 * Quantiles of Student's t distribution, good to a few percent: enough for intervals whose variance is itself estimated.
 *
 * @module
 */

/** Below these degrees of freedom the expansion is not usable, and an interval would say nothing. */
const MIN_DEGREES = 3;

/**
 * How many standard errors to both sides of an estimate hold the truth with a given confidence. Degrees of freedom below
 * 3 count as 3. Cornish and Fisher's expansion (Abramowitz and Stegun, 26.7.5).
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * assertAlmostEquals(twoSidedT(0.95, Infinity), 1.96, 0.01);
 * assertAlmostEquals(twoSidedT(0.99, 10), 3.17, 0.01);
 * ```
 */
export function twoSidedT(confidence: number, degreesOfFreedom: number): number {
  const z = upperNormalQuantile((1 - confidence) / 2);
  const v = Math.max(degreesOfFreedom, MIN_DEGREES);
  const [z3, z5, z7] = [z ** 3, z ** 5, z ** 7];
  return z + (z3 + z) / (4 * v) + (5 * z5 + 16 * z3 + 3 * z) / (96 * v ** 2) +
    (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * v ** 3);
}

/** How many standard errors above an estimate the truth does not lie with a given confidence, 0.5 to 1. */
export function oneSidedT(confidence: number, degreesOfFreedom: number): number {
  return twoSidedT(2 * confidence - 1, degreesOfFreedom);
}

/** The value that a standard normal variable exceeds with a probability of 0 to 0.5; error below 4.5e-4 (26.2.23). */
function upperNormalQuantile(probability: number): number {
  const t = Math.sqrt(-2 * Math.log(probability));
  return t - (2.515517 + 0.802853 * t + 0.010328 * t ** 2) /
      (1 + 1.432788 * t + 0.189269 * t ** 2 + 0.001308 * t ** 3);
}
