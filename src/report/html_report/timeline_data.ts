/**
 * The run over time as columns for the charts, thinned out when it is long: counts add up, users and percentiles keep
 * the largest value, so that no spike disappears.
 *
 * @module
 */
import { exactPercentile, type TimelinePoint } from "../../result/series/timeline_point.ts";
import { rounded } from "./display.ts";

/** Points that a chart shows at most. */
export const MAX_POINTS = 1200;

/** One value a window; `null` where nothing was measured, or no more is known than a lower bound. */
export type Series = readonly (number | null)[];

/** Columns of equal length, one entry a window. */
export interface TimelineData {
  /** Start and end of each window, in s since the run's start. */
  readonly fromSec: readonly number[];
  readonly toSec: readonly number[];
  /** Requests and errors that ended, per second. */
  readonly rate: Series;
  readonly errors: Series;
  readonly users: Series;
  /** Requests in flight at most; `null` in files of earlier programs. */
  readonly inFlight: Series;
  /** Open loop: p99 of the start delay, in ms; absent in a closed loop. */
  readonly startDelay?: Series;
  /** Passes through flows per second; absent without a scenario. */
  readonly iterations?: Series;
  /** Bytes of response bodies, and bytes written for requests, per second. */
  readonly received: Series;
  readonly sent: Series;
  /** In ms. */
  readonly p50: Series;
  readonly p95: Series;
  readonly p99: Series;
  /** Some percentiles are `null` since only a lower bound of them is known. */
  readonly hasBounds: boolean;
  /** What a baseline did in the same time; absent without one. */
  readonly baseline?: {
    readonly rate: Series;
    readonly users: Series;
    readonly p95: Series;
  };
  /** Measured windows behind each entry; above 1 the percentiles are the largest of them. */
  readonly windowsPerPoint: number;
}

/** The columns of a run's windows. */
export function timelineData(
  timeline: readonly TimelinePoint[],
  before?: readonly TimelinePoint[],
): TimelineData {
  const windows = withoutStub(timeline);
  const windowsPerPoint = Math.max(1, Math.ceil(windows.length / MAX_POINTS));
  const points = thinned(windows, windowsPerPoint);
  const column = (read: (point: TimelinePoint) => number | undefined): Series =>
    points.map((point) => {
      const value = read(point);
      return value === undefined || !Number.isFinite(value) ? null : rounded(value);
    });
  const perSecond = (count: number, { fromMs, toMs }: TimelinePoint) => count / (toMs - fromMs) * 1000;
  return {
    fromSec: points.map((point) => Math.round(point.fromMs) / 1000),
    toSec: points.map((point) => Math.round(point.toMs) / 1000),
    rate: column((point) => perSecond(point.requests, point)),
    errors: column((point) => perSecond(point.errors, point)),
    users: column((point) => point.users),
    inFlight: column((point) => point.inFlight),
    ...(points.some(({ startDelayP99Ms }) => startDelayP99Ms !== undefined) && {
      startDelay: column((point) => point.startDelayP99Ms),
    }),
    ...(points.some(({ iterations }) => iterations !== undefined) && {
      iterations: column((point) => perSecond(point.iterations ?? 0, point)),
    }),
    received: column((point) => perSecond(point.bodyBytes, point)),
    sent: column((point) => point.bytesSent === undefined ? undefined : perSecond(point.bytesSent, point)),
    p50: column((point) => exactPercentile(point, "p50")),
    p95: column((point) => exactPercentile(point, "p95")),
    p99: column((point) => exactPercentile(point, "p99")),
    ...(before && before.length > 1 && { baseline: baselineOf(before, points, windowsPerPoint) }),
    hasBounds: points.some(({ atLeast }) => atLeast !== undefined),
    windowsPerPoint,
  };
}

function thinned(windows: readonly TimelinePoint[], perPoint: number): readonly TimelinePoint[] {
  const points: TimelinePoint[] = [];
  for (let i = 0; i < windows.length; i += perPoint) {
    points.push(windows.slice(i, i + perPoint).reduce(joined));
  }
  return points;
}

/** The baseline in the windows of the run: what it did in the middle of each; nothing after its end. */
function baselineOf(
  before: readonly TimelinePoint[],
  points: readonly TimelinePoint[],
  perPoint: number,
): NonNullable<TimelineData["baseline"]> {
  const windows = thinned(withoutStub(before), perPoint);
  let at = 0;
  const same = points.map(({ fromMs, toMs }) => {
    const middle = (fromMs + toMs) / 2;
    while (at < windows.length && windows[at]!.toMs <= middle) at++;
    const window = windows[at];
    return window !== undefined && window.fromMs <= middle ? window : undefined;
  });
  return {
    rate: same.map((point) => point ? rounded(point.requests / (point.toMs - point.fromMs) * 1000) : null),
    users: same.map((point) => point ? point.users : null),
    p95: same.map((point) => {
      const value = point && exactPercentile(point, "p95");
      return value === undefined ? null : rounded(value);
    }),
  };
}

/** A last window far shorter than the one before joins it: a handful of requests over some ms is no rate. */
function withoutStub(timeline: readonly TimelinePoint[]): readonly TimelinePoint[] {
  const last = timeline.at(-1);
  const previous = timeline.at(-2);
  if (!last || !previous || widthOf(last) >= widthOf(previous) / 4) return timeline;
  return [...timeline.slice(0, -2), joined(previous, last)];
}

function widthOf(point: TimelinePoint): number {
  return point.toMs - point.fromMs;
}

function joined(a: TimelinePoint, b: TimelinePoint): TimelinePoint {
  const largest = (key: "p50Ms" | "p95Ms" | "p99Ms" | "inFlight" | "startDelayP99Ms") => {
    const values = [a[key], b[key]].filter((value) => value !== undefined);
    return values.length > 0 ? { [key]: Math.max(...values) } : {};
  };
  const sum = (key: "bytesSent" | "iterations") => {
    const values = [a[key], b[key]].filter((value) => value !== undefined);
    return values.length > 0 ? { [key]: values.reduce((x, y) => x + y) } : {};
  };
  const atLeast = [...new Set([...a.atLeast ?? [], ...b.atLeast ?? []])];
  return {
    fromMs: a.fromMs,
    toMs: b.toMs,
    requests: a.requests + b.requests,
    errors: a.errors + b.errors,
    users: Math.max(a.users, b.users),
    bodyBytes: a.bodyBytes + b.bodyBytes,
    ...largest("p50Ms"),
    ...largest("p95Ms"),
    ...largest("p99Ms"),
    ...largest("inFlight"),
    ...largest("startDelayP99Ms"),
    ...sum("bytesSent"),
    ...sum("iterations"),
    ...(atLeast.length > 0 && { atLeast }),
  };
}
