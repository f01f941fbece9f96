/**
 * A smooth wave between a share of the base rate and the base rate, as in vegeta's sine pacer. Starts in the middle and
 * goes up first.
 *
 * ```text
 * B     │   ╭─╮         ╭─╮
 *       │ ╱     ╲     ╱     ╲
 * B·min │         ╰─╯         ╰─
 *       └────────────────────── t      2 cycles in D
 * ```
 *
 * @module
 */
import type { PacerOf } from "./pacer_of.ts";
import { flat, type Pacer, piecewise, wave } from "./piecewise.ts";

/**
 * `rate(t) = B·(min + a + a·sin(2π·cycles·t/D))` with `a = (1 − min)/2`: B `rate` in 1/s, `min` the lowest share of it
 * (0 to 1), D `durationMs` and t in ms. Negative `cycles` go down first; none leave the middle.
 */
export function sinePacer({ rate, cycles, min, durationMs }: PacerOf<"sine">): Pacer {
  const mean = rate * (1 + min) / 2;
  const amplitude = rate * (1 - min) / 2;
  if (cycles === 0) return piecewise([], mean);
  const periodMs = durationMs / Math.abs(cycles);
  const radiansPerMs = Math.sign(cycles) * 2 * Math.PI / periodMs;
  if (amplitude === 0) return piecewise([flat(periodMs, mean)], "repeat");
  return piecewise([wave(periodMs, { mean, amplitude, radiansPerMs })], "repeat");
}
