/**
 * What responses said in `Server-Timing`, as every report shows it.
 *
 * @module
 */
import { isResolved } from "../metrics/catalog.ts";
import { meanOf, rankOf, valueAtRank } from "../metrics/histogram.ts";
import { present, rounded } from "../lib/json/present.ts";
import { namesIn } from "../lib/net/server_timing.ts";
import { addTiming, OTHER_TIMINGS, type ServerTimings, type TimingStats } from "../metrics/server_timings.ts";
import { EMPTY_STEP_STATS, type StepStats } from "../metrics/snapshot.ts";
import { namedSteps } from "./describe_run.ts";
import { overallStats, type RunResult } from "./run_result.ts";

/** What stands for the metrics beyond the most. */
export const OTHERS = "(others)";

/** One metric. Times in ms; absent: it had none, or too few for that. */
export interface ShownTiming {
  /** As servers call it, in ASCII; not escaped for any format. */
  readonly name: string;
  /** Latin-1 text; not escaped. */
  readonly description?: string;
  /** Responses that had it. */
  readonly count: number;
  /** Of those, how many with a duration. */
  readonly timed: number;
  readonly mean?: number;
  readonly min?: number;
  readonly p50?: number;
  readonly p95?: number;
  readonly p99?: number;
  readonly max?: number;
}

/** The metrics' keys, those on which most time was spent first, what was added up last. */
export function timingKeys(timings: ServerTimings = {}): readonly string[] {
  const spent = (key: string) => key === OTHER_TIMINGS ? -1 : timings[key]!.times.sum;
  return Object.keys(timings).sort((a, b) => spent(b) - spent(a) || (a < b ? -1 : 1));
}

/** The metrics in that order. */
export function shownTimings(timings: ServerTimings = {}): readonly ShownTiming[] {
  return timingKeys(timings).map((key) => shownTiming(key, timings[key]!));
}

/**
 * What was measured under a name, as if each response with it were a request: that of one description, as in
 * `cache (HIT)`, else that of all descriptions.
 */
export function timingCounts(timings: ServerTimings = {}, name: string): StepStats | undefined {
  const keys = Object.keys(timings).filter((key) => key !== OTHER_TIMINGS);
  const exact = keys.filter((key) => labelOfTiming(key) === name);
  const meant = exact.length > 0 && !exact.includes(name)
    ? exact
    : keys.filter((key) => namesIn(key).name === name);
  if (meant.length === 0) return undefined;
  const { count, times } = meant.map((key) => timings[key]!).reduce(addTiming);
  return { ...EMPTY_STEP_STATS, succeeded: count, latency: times };
}

/** Those of a run; and of its steps, where it has several. */
export function timingsOfRun(result: RunResult): {
  readonly all: readonly ShownTiming[];
  readonly steps: readonly { readonly step: string; readonly timings: readonly ShownTiming[] }[];
} {
  const steps = namedSteps(result);
  return {
    all: shownTimings(overallStats(result).counts.serverTimings),
    steps: steps.length < 2 ? [] : steps
      .map(({ name, stats }) => ({ step: name, timings: shownTimings(stats.counts.serverTimings) }))
      .filter(({ timings }) => timings.length > 0),
  };
}

/** Name and description in one: `cache (HIT)`. */
export function timingLabel({ name, description }: Pick<ShownTiming, "name" | "description">): string {
  return description === undefined ? name : `${name} (${description})`;
}

/** The same of a key. */
export function labelOfTiming(key: string): string {
  return key === OTHER_TIMINGS ? OTHERS : timingLabel(namesIn(key));
}

function shownTiming(key: string, { count, times }: TimingStats): ShownTiming {
  const names = key === OTHER_TIMINGS ? { name: OTHERS } : namesIn(key);
  const base = { ...names, count, timed: times.count };
  if (times.count === 0) return base;
  const at = (percentile: number) => valueAtRank(times, rankOf(percentile, times.count)) / 1000;
  return {
    ...base,
    mean: (meanOf(times) ?? 0) / 1000,
    min: times.min / 1000,
    p50: at(50),
    ...(isResolved(95, times.count) && { p95: at(95) }),
    ...(isResolved(99, times.count) && { p99: at(99) }),
    max: times.max / 1000,
  };
}

/** One metric of the server's. Times in seconds; absent: it had none, or too few for that. */
export interface ServerTimingJson {
  /** As the server calls it; `(others)`: metrics beyond the first 30, added up. */
  readonly name: string;
  /** Responses with the same name and another description are another metric. */
  readonly description?: string;
  /** Responses that had it. */
  readonly count: number;
  /** Of `count`, how many with a duration; absent: all. */
  readonly timed?: number;
  /** Arithmetic mean. */
  readonly mean?: number;
  /** Exact. */
  readonly min?: number;
  /** Nearest rank. */
  readonly p50?: number;
  /** Absent below 20 durations. */
  readonly p95?: number;
  /** Absent below 100 durations. */
  readonly p99?: number;
  /** Exact. */
  readonly max?: number;
}

/** The metrics, those on which most time was spent first; `undefined` without any. */
export function serverTimingJson(
  timings: ServerTimings | undefined,
): readonly ServerTimingJson[] | undefined {
  if (timings === undefined) return undefined;
  const seconds = (ms: number | undefined) => ms === undefined ? undefined : rounded(ms / 1000, 6);
  return shownTimings(timings).map((timing) =>
    present<ServerTimingJson>({
      name: timing.name,
      description: timing.description,
      count: timing.count,
      timed: timing.timed === timing.count ? undefined : timing.timed,
      mean: seconds(timing.mean),
      min: seconds(timing.min),
      p50: seconds(timing.p50),
      p95: seconds(timing.p95),
      p99: seconds(timing.p99),
      max: seconds(timing.max),
    })
  );
}
