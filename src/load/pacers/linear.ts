/**
 * A ramp, up or down, and then its last rate.
 *
 * ```text
 * to   │        ╱────
 *      │     ╱
 * from │  ╱
 *      └────────┬──── t
 *               D
 * ```
 *
 * @module
 */
import type { PacerOf } from "./pacer_of.ts";
import { type Pacer, piecewise, slope } from "./piecewise.ts";

/** `rate(t) = R0 + (R1 − R0)·min(t/D, 1)`: R0 `from` and R1 `to` in 1/s, D `durationMs` and t in ms. */
export function linearPacer({ from, to, durationMs }: PacerOf<"linear">): Pacer {
  return piecewise([slope(durationMs, from, to)], to);
}
