/**
 * A curve through given points, straight between them: recorded traffic, or stages.
 *
 * ```text
 *    │     •────•
 *    │   ╱       ╲
 *    │──•         •────
 *    └────────────────── t
 * ```
 *
 * @module
 */
import type { PacerOf } from "./pacer_of.ts";
import { flat, type Pacer, piecewise, slope } from "./piecewise.ts";

/**
 * Straight lines through `points` of `[t in ms, rate in 1/s]`, in order of time; outside them the nearest rate holds.
 * Where two points share a time the rate jumps from the first to the last of them.
 */
export function pointsPacer({ points }: PacerOf<"points">): Pacer {
  const [first] = points;
  if (first === undefined) return piecewise([], 0);
  const pieces = points.slice(1).map(([atMs, rate], i) => {
    const [beforeMs, rateBefore] = points[i]!;
    return slope(atMs - beforeMs, rateBefore, rate);
  }).filter((piece) => piece.lengthMs > 0);
  return piecewise([flat(first[0], first[1]), ...pieces], points.at(-1)![1]);
}
