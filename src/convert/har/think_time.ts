/**
 * Pauses between recorded requests: the time in which none of them ran. A pause belongs to the request *before* it, since
 * a run pauses after a step; of requests that ran side by side, to the last one that began:
 *
 *     request 0 |===============|
 *     request 1    |===|
 *     request 2                        |===|
 *                               pause → of step 1
 *
 * @module
 */

/** When a request ran. */
export interface RecordedTime {
  /** In ms since 1970; NaN when not recorded. */
  readonly startMs: number;
  /** In ms. */
  readonly durationMs: number;
}

/** Longest pause kept, in seconds: longer ones are a user who went for a coffee. */
const MAX_PAUSE_S = 30;

/**
 * The pause after each request, in seconds with two decimals; the last one has none. Before a request whose start is not
 * known there is none either, and the pause after it is shorter by its duration.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const recorded = [{ startMs: 0, durationMs: 500 }, { startMs: 2000, durationMs: 100 }];
 * assertEquals(pausesAfter(recorded, 2), [3, 0]);
 * ```
 */
export function pausesAfter(recorded: readonly RecordedTime[], multiplier: number): number[] {
  // The end of all requests so far, as far as it is known.
  let endMs = NaN;
  return recorded.map(({ startMs, durationMs }, index) => {
    endMs = Number.isNaN(startMs)
      ? endMs + durationMs
      : Math.max(Number.isNaN(endMs) ? -Infinity : endMs, startMs + durationMs);
    const next = recorded[index + 1];
    const gapMs = next === undefined ? NaN : next.startMs - endMs;
    if (Number.isNaN(gapMs)) return 0;
    const seconds = Math.min(MAX_PAUSE_S, Math.max(0, gapMs / 1000) * multiplier);
    return Math.round(seconds * 100) / 100;
  });
}
