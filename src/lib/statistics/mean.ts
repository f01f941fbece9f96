/**
 * The mean of numbers, and how they scatter around it.
 *
 * @module
 */

/** The mean of at least one number. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * The sum of the squared distances from the mean; divided by one less than how many numbers there are, the variance.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(squaresOf([1, 2, 3]), 2);
 * ```
 */
export function squaresOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}
