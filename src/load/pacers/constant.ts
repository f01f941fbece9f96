/**
 * The same rate all the time: arrivals at even distances, as wrk2 and vegeta have them.
 *
 * ```text
 * rate │──────────────
 *      │
 *    0 └────────────── t
 * ```
 *
 * @module
 */
import type { PacerOf } from "./pacer_of.ts";
import type { Pacer } from "./piecewise.ts";

/** `rate(t) = B`: B in 1/s, t in ms. Arrival k is due at 1000·k / B. */
export function constantPacer({ rate }: PacerOf<"constant">): Pacer {
  return {
    rateAt: () => rate,
    dueBy: (elapsedMs) => Math.max(elapsedMs, 0) * rate / 1000,
    timeOf: (arrival) => rate === 0 ? Infinity : arrival * 1000 / rate,
  };
}
