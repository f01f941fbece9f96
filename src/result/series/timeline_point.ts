/**
 * The run second by second, all its parts together.
 *
 * @module
 */
import { rankOf, valueAtRank } from "../../metrics/histogram.ts";
import { type Snapshot, sumOfSteps } from "../../metrics/snapshot.ts";
import { endedOf, errorsOf, percentileOf } from "../../metrics/stats.ts";

/** The percentiles of a second. */
const TIMELINE_PERCENTILES = { p50: 50, p95: 95, p99: 99 } as const satisfies Record<
  TimelinePercentile,
  number
>;

/** One of their names. */
export type TimelinePercentile = "p50" | "p95" | "p99";

/** One second of the run, small enough to keep for hours. Absent values were not measured in that second. */
export interface TimelinePoint {
  /** Start of the window, in ms since the run's start. */
  readonly fromMs: number;
  /** End of the window, in ms since the run's start. */
  readonly toMs: number;
  /** Requests that ended in the window, errors included. */
  readonly requests: number;
  /** Of `requests`, the failed ones; besides, `unfilled`. */
  readonly errors: number;
  /** Steps that could not be filled in and were not sent: among `errors`, not among `requests`. Absent: none. */
  readonly unfilled?: number;
  /** Users (closed loop) or connections in use (open loop) at the end of the window. */
  readonly users: number;
  /** Answer bodies as they travelled. */
  readonly bodyBytes: number;
  /** Unanswered requests rank last, which can make it a lower bound. */
  readonly p50Ms?: number;
  /** Ranked as `p50Ms`; below 20 samples it is the largest. */
  readonly p95Ms?: number;
  /** Ranked as `p50Ms`; below 100 samples it is the largest. */
  readonly p99Ms?: number;
  /** Which percentiles are lower bounds; absent: none. */
  readonly atLeast?: readonly TimelinePercentile[];
  /** Over successful requests alone. */
  readonly meanMs?: number;
  /** Written for requests, heads and framing included. Absent, as the rest: files of earlier programs. */
  readonly bytesSent?: number;
  /** Requests in flight at most; of several threads, the sum of their maxima. */
  readonly inFlight?: number;
  /** Passes through a flow that ended; absent: none. */
  readonly iterations?: number;
  /** Open loop: p99 of the time from due to sent; absent where nothing was due. */
  readonly startDelayP99Ms?: number;
}

/** A window as a point of the timeline. */
export function timelinePoint(window: Snapshot): TimelinePoint {
  const counts = sumOfSteps(window);
  const unsent = counts.unfilled + counts.exceptions;
  const { startDelay } = window;
  const percentiles = Object.entries(TIMELINE_PERCENTILES).flatMap(([key, p]) => {
    const value = percentileOf(counts, p);
    return value ? [{ key: key as TimelinePercentile, ...value }] : [];
  });
  const bounds = percentiles.filter(({ isAtLeast }) => isAtLeast).map(({ key }) => key);
  return {
    fromMs: rounded(window.fromMs, 1e3),
    toMs: rounded(window.toMs, 1e3),
    requests: endedOf(counts),
    errors: errorsOf(counts),
    ...(unsent > 0 && { unfilled: unsent }),
    users: window.users,
    bodyBytes: counts.bodyBytes,
    ...Object.fromEntries(percentiles.map(({ key, ms }) => [`${key}Ms`, ms])),
    ...(bounds.length > 0 && { atLeast: bounds }),
    ...(counts.latency.count > 0 && {
      meanMs: rounded(counts.latency.sum / counts.latency.count / 1000, 1e6),
    }),
    bytesSent: counts.bytesSent,
    inFlight: window.maxInFlight,
    ...(window.iterations > 0 && { iterations: window.iterations }),
    ...(startDelay.count > 0 && {
      startDelayP99Ms: rounded(valueAtRank(startDelay, rankOf(99, startDelay.count)) / 1000, 1e3),
    }),
  };
}

/** A percentile of a second; `undefined` where it was not measured or is only a lower bound. */
export function exactPercentile(point: TimelinePoint, key: TimelinePercentile): number | undefined {
  return point.atLeast?.includes(key) ? undefined : point[`${key}Ms`];
}

/** To parts of a ms: finer digits say nothing, and would have to be saved. */
function rounded(ms: number, parts: number): number {
  return Math.round(ms * parts) / parts;
}
