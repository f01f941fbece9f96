/**
 * Levels of the same length, one after the other; the last one stays.
 *
 * ```text
 * L3 │          ┌────
 * L2 │     ┌────┘
 * L1 │─────┘
 *    └────────────── t
 *    0   D/3  2D/3  D
 * ```
 *
 * @module
 */
import type { PacerOf } from "./pacer_of.ts";
import { flat, type Pacer, piecewise } from "./piecewise.ts";

/** `rate(t) = L[min(⌊n·t/D⌋, n − 1)]`: L the n `levels` in 1/s, D `durationMs` and t in ms. */
export function stepPacer({ levels, durationMs }: PacerOf<"step">): Pacer {
  return piecewise(levels.map((level) => flat(durationMs / levels.length, level)), levels.at(-1) ?? 0);
}
