/**
 * Where a series of runs has changed by more than chance. The series is cut where the difference of the means on both
 * sides is the least likely to be chance, as long as it is unlikely, and then both sides likewise (binary segmentation,
 * judged by Student's t as in Hunter: Fleming, Kołaczkowski et al., ICPE 2023). How far runs scatter is read from the runs
 * between two changes, and is never taken to be less than what the seconds of each run say.
 *
 * @module
 */
import { meanOf, squaresOf } from "../../lib/statistics/mean.ts";
import { twoSidedT } from "../../lib/statistics/student_t.ts";

/** One run's value. */
export interface Measured {
  readonly value: number;
  /** The run's own noise, as a variance in squares of the same unit; 0: unknown. */
  readonly variance: number;
}

/** A change for good, or until the next one. */
export interface ChangePoint {
  /** Index of the first run with the new level. */
  readonly at: number;
  /** Means before and after, up to the changes next to this one. */
  readonly before: number;
  readonly after: number;
}

/** Runs on each side of a change at least: one or two alike are no level. */
export const MIN_RUNS_OF_LEVEL = 3;
/** Of a series without a change, so many have one found all the same. */
const MAX_FALSE_ALARMS = 0.005;

/**
 * The changes of a series, in order.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const series = [10, 10.1, 9.9, 10, 12, 12.1, 11.9, 12].map((value) => ({ value, variance: 0 }));
 * assertEquals(changePoints(series).map(({ at }) => at), [4]);
 * ```
 */
export function changePoints(series: readonly Measured[]): readonly ChangePoint[] {
  const cuts = cutsIn(series, 0, series.length).sort((a, b) => a - b);
  const edges = [0, ...cuts, series.length];
  return cuts.map((at, i) => ({
    at,
    before: meanOf(valuesOf(series.slice(edges[i], at))),
    after: meanOf(valuesOf(series.slice(at, edges[i + 2]))),
  }));
}

function cutsIn(series: readonly Measured[], from: number, to: number): number[] {
  const tries = to - from - 2 * MIN_RUNS_OF_LEVEL + 1;
  if (tries < 1) return [];
  let best = { at: -1, t: 0 };
  for (let at = from + MIN_RUNS_OF_LEVEL; at <= to - MIN_RUNS_OF_LEVEL; at++) {
    const t = distance(series.slice(from, at), series.slice(at, to));
    if (t > best.t) best = { at, t };
  }
  // The largest of several differences is large by chance more often than one.
  const limit = twoSidedT(1 - MAX_FALSE_ALARMS / tries, to - from - 2);
  if (best.t <= limit) return [];
  return [...cutsIn(series, from, best.at), best.at, ...cutsIn(series, best.at, to)];
}

/** How many standard errors two means are apart. */
function distance(a: readonly Measured[], b: readonly Measured[]): number {
  const squares = squaresOf(valuesOf(a)) + squaresOf(valuesOf(b));
  const own = meanOf([...a, ...b].map(({ variance }) => variance));
  const variance = Math.max(squares / (a.length + b.length - 2), own);
  const difference = Math.abs(meanOf(valuesOf(a)) - meanOf(valuesOf(b)));
  if (difference === 0) return 0;
  return difference / Math.sqrt(variance * (1 / a.length + 1 / b.length));
}

function valuesOf(series: readonly Measured[]): readonly number[] {
  return series.map(({ value }) => value);
}
