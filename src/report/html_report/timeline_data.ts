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

/** What is drawn over time, one entry a window. */
export interface TimelineColumns {
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
}

/** Columns of equal length, one entry a window. */
export interface TimelineData extends TimelineColumns {
  /** Start and end of each window, in s since the run's start. */
  readonly fromSec: readonly number[];
  readonly toSec: readonly number[];
  /** Some percentiles are `null` since only a lower bound of them is known. */
  readonly hasBounds: boolean;
  /** What a baseline did in the same time, by column; absent without one. */
  readonly baseline?: TimelineColumns;
  /** Measured windows behind each entry; above 1 the percentiles are the largest of them. */
  readonly windowsPerPoint: number;
}

/** The columns of a run's windows, and what a baseline did in them. */
export function timelineData(
  timeline: readonly TimelinePoint[],
  before: readonly TimelinePoint[] = [],
): TimelineData {
  const windows = withoutStub(timeline);
  const windowsPerPoint = Math.max(1, Math.ceil(windows.length / MAX_POINTS));
  const points = thinned(windows, windowsPerPoint);
  return {
    fromSec: points.map((point) => Math.round(point.fromMs) / 1000),
    toSec: points.map((point) => Math.round(point.toMs) / 1000),
    ...columnsOf(points),
    ...(before.length > 1 && { baseline: columnsOf(beside(points, before)) }),
    hasBounds: points.some(({ atLeast }) => atLeast !== undefined),
    windowsPerPoint,
  };
}

/** The values of windows; of one that is not there, none. */
function columnsOf(points: readonly (TimelinePoint | undefined)[]): TimelineColumns {
  const column = (read: (point: TimelinePoint) => number | undefined): Series =>
    points.map((point) => {
      const value = point && read(point);
      return value === undefined || !Number.isFinite(value) ? null : rounded(value);
    });
  // Whole microseconds, as results are saved: a saved run is shown with the same digits.
  const times = (read: (point: TimelinePoint) => number | undefined) =>
    column((point) => {
      const ms = read(point);
      return ms === undefined ? undefined : Math.round(ms * 1000) / 1000;
    });
  const perSecond = (count: number | undefined, { fromMs, toMs }: TimelinePoint) =>
    count === undefined ? undefined : count / (toMs - fromMs) * 1000;
  const has = (key: keyof TimelinePoint) => points.some((point) => point?.[key] !== undefined);
  return {
    rate: column((point) => perSecond(point.requests, point)),
    errors: column((point) => perSecond(point.errors, point)),
    users: column((point) => point.users),
    inFlight: column((point) => point.inFlight),
    ...(has("startDelayP99Ms") && { startDelay: times((point) => point.startDelayP99Ms) }),
    ...(has("iterations") && { iterations: column((point) => perSecond(point.iterations ?? 0, point)) }),
    received: column((point) => perSecond(point.bodyBytes, point)),
    sent: column((point) => perSecond(point.bytesSent, point)),
    p50: times((point) => exactPercentile(point, "p50")),
    p95: times((point) => exactPercentile(point, "p95")),
    p99: times((point) => exactPercentile(point, "p99")),
  };
}

/** A baseline in the windows of a run: all of it that falls into each; nothing after its end. */
function beside(
  points: readonly TimelinePoint[],
  before: readonly TimelinePoint[],
): readonly (TimelinePoint | undefined)[] {
  const windows = withoutStub(before);
  const bounds = (list: readonly TimelinePoint[]) => list.map(({ fromMs, toMs }) => [fromMs, toMs] as const);
  return windowsBeside(bounds(points), bounds(windows)).map(([from, to]) =>
    from === to ? undefined : windows.slice(from, to).reduce(joined)
  );
}

/**
 * For each window of a run, which of the others lie beside it, from and to (without it): those whose middle is in it, or
 * the one that its own middle is in.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(windowsBeside([[0, 2000], [2000, 4000]], [[0, 1000], [1000, 2000]]), [[0, 2], [2, 2]]);
 * assertEquals(windowsBeside([[0, 500], [500, 1000]], [[0, 1000]]), [[0, 1], [0, 1]]);
 * ```
 */
export function windowsBeside(
  windows: readonly Window[],
  others: readonly Window[],
): readonly (readonly [from: number, to: number])[] {
  const middle = ([from, to]: Window) => (from + to) / 2;
  let at = 0;
  return windows.map((window) => {
    while (at < others.length && others[at]![1] <= window[0]) at++;
    let first = at;
    while (first < others.length && middle(others[first]!) < window[0]) first++;
    let end = first;
    while (end < others.length && middle(others[end]!) < window[1]) end++;
    if (end > first) return [first, end];
    const [fromMs, toMs] = others[at] ?? [Infinity, Infinity];
    return fromMs <= middle(window) && middle(window) < toMs ? [at, at + 1] : [first, first];
  });
}

/** Start and end of a window, in ms. */
export type Window = readonly [fromMs: number, toMs: number];

function thinned(windows: readonly TimelinePoint[], perPoint: number): readonly TimelinePoint[] {
  const points: TimelinePoint[] = [];
  for (let i = 0; i < windows.length; i += perPoint) {
    points.push(windows.slice(i, i + perPoint).reduce(joined));
  }
  return points;
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
