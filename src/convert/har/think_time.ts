/**
 * Pauses between recorded requests. The pause belongs to the request *before* it, since a run pauses after a step:
 *
 *     request 0 |=====|                  |=====| request 1
 *               start  end   gap → pause of step 0
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
export const MAX_PAUSE_S = 30;

/**
 * The pause after each request, in seconds with two decimals; the last one has none. From start to start less the
 * duration; when any start is missing, a request's own duration stands in for the pause after it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const recorded = [{ startMs: 0, durationMs: 500 }, { startMs: 2000, durationMs: 100 }];
 * assertEquals(pausesAfter(recorded, 2), [3, 0]);
 * ```
 */
export function pausesAfter(recorded: readonly RecordedTime[], multiplier: number): number[] {
  const allTimed = recorded.every((request) => Number.isFinite(request.startMs));
  return recorded.map((request, index) => {
    const next = recorded[index + 1];
    if (next === undefined) return 0;
    const gapMs = allTimed ? next.startMs - request.startMs - request.durationMs : request.durationMs;
    const seconds = Math.min(MAX_PAUSE_S, Math.max(0, gapMs / 1000) * multiplier);
    return Math.round(seconds * 100) / 100;
  });
}
