/**
 * Round numbers for the axes of charts.
 *
 * @module
 */

/**
 * The smallest of 1, 2, 5 and their tenfolds that is no less.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals([0.3, 3, 7, 50].map(roundUp), [0.5, 5, 10, 50]);
 * ```
 */
export function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value * (1 - 1e-9))!;
}
