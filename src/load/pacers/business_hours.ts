/**
 * A working day, squeezed into the run: quiet nights, a morning rise, a dip around one o'clock, an evening fall.
 *
 * ```text
 * 1.00 │        ╭─╮     ╭╮
 * 0.85 │       ╱   ╰───╯  ╲
 *      │      ╱            ╲
 * 0.05 │─────╱              ╲────
 *      └─────┬──┬────┬────┬──┬─── h
 *      0     6  9   13   17 21   24
 * ```
 *
 * @module
 */
import type { PacerOf } from "./pacer_of.ts";
import { flat, type Pacer, piecewise, slope, wave } from "./piecewise.ts";

/**
 * `rate(t) = B·f(h)` with `h = 24·t/D`: B `rate` in 1/s, D `durationMs` and t in ms, and the factor f
 *
 * | hours | f(h) |
 * | --- | --- |
 * | 0 to 6, 21 to 24 | 0.05 |
 * | 6 to 9 | 0.05 + 0.95·(h − 6)/3 |
 * | 9 to 17 | 1 − 0.15·sin(π·(h − 9)/8) |
 * | 17 to 21 | 1 − 0.95·(h − 17)/4 |
 */
export function businessHoursPacer({ rate, durationMs }: PacerOf<"business-hours">): Pacer {
  const hourMs = durationMs / 24;
  const night = 0.05 * rate;
  const day = { mean: rate, amplitude: -0.15 * rate, radiansPerMs: Math.PI / (8 * hourMs) };
  return piecewise([
    flat(6 * hourMs, night),
    slope(3 * hourMs, night, rate),
    wave(8 * hourMs, day),
    slope(4 * hourMs, rate, night),
  ], night);
}
