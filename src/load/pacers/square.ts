/**
 * On and off: the base rate for half a cycle, a share of it for the other half.
 *
 * ```text
 * B     │──┐  ┌──┐  ┌──┐
 *       │  │  │  │  │  │
 * B·low │  └──┘  └──┘  └──
 *       └───────────────── t      3 cycles in D
 * ```
 *
 * @module
 */
import type { PacerOf } from "./pacer_of.ts";
import { flat, type Pacer, piecewise } from "./piecewise.ts";

/**
 * `rate(t) = B` while `frac(cycles·t/D) < ½`, else `B·low`: B `rate` in 1/s, `low` a share of it (0 to 1), D
 * `durationMs` and t in ms. Negative `cycles` begin with the low half; none stay at B.
 */
export function squarePacer({ rate, cycles, low, durationMs }: PacerOf<"square">): Pacer {
  if (cycles === 0) return piecewise([], rate);
  const halfMs = durationMs / Math.abs(cycles) / 2;
  const halves = [flat(halfMs, rate), flat(halfMs, rate * low)];
  return piecewise(cycles > 0 ? halves : halves.reverse(), "repeat");
}
