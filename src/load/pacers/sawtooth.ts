/**
 * Repeated ramps from a share of the base rate up to it, each followed by a sudden fall.
 *
 * ```text
 * B     │   ╱│  ╱│  ╱│
 *       │ ╱  │╱  │╱  │
 * B·min │╱   ╱   ╱   ╱
 *       └───────────── t      3 cycles in D
 * ```
 *
 * @module
 */
import type { PacerOf } from "./pacer_of.ts";
import { type Pacer, piecewise, slope } from "./piecewise.ts";

/**
 * `rate(t) = B·(min + (1 − min)·frac(cycles·t/D))`: B `rate` in 1/s, `min` the lowest share of it (0 to 1), D
 * `durationMs` and t in ms. Negative `cycles` fall from B to B·min; none stay at B·min.
 */
export function sawtoothPacer({ rate, cycles, min, durationMs }: PacerOf<"sawtooth">): Pacer {
  if (cycles === 0) return piecewise([], rate * min);
  const [from, to] = cycles > 0 ? [rate * min, rate] : [rate, rate * min];
  return piecewise([slope(durationMs / Math.abs(cycles), from, to)], "repeat");
}
