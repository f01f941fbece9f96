/**
 * Many saved runs in the order of their starts: what each measured, and where that has changed by more than chance.
 *
 * @module
 */
import { type Metric, metricFor } from "../../metrics/catalog.ts";
import { targetText } from "../describe_run.ts";
import type { Outcome } from "../outcome.ts";
import { overallStats } from "../run_result.ts";
import { noiseKindOf, noiseOf } from "../verdict/run_noise.ts";
import { changePoints } from "./change_points.ts";

/** A saved run. */
export interface SavedOutcome {
  /** The file's name. */
  readonly source: string;
  readonly outcome: Outcome;
}

/** One run of the history. */
export interface HistoryRun {
  readonly source: string;
  readonly startedAtMs: number;
  readonly target: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** A change of a metric. */
export interface HistoryChange {
  /** Index of the first run with the new level. */
  readonly at: number;
  /** Levels in the metric's unit. */
  readonly before: number;
  readonly after: number;
  readonly isBetter: boolean;
}

/** What one metric did over all runs. */
export interface HistoryMetric {
  readonly metric: Metric;
  readonly label: string;
  /** By run, in the metric's unit; absent: not measured, or known only as a lower bound. */
  readonly values: readonly (number | undefined)[];
  readonly changes: readonly HistoryChange[];
}

/** The history of some runs. */
export interface RunHistory {
  readonly runs: readonly HistoryRun[];
  readonly metrics: readonly HistoryMetric[];
  /** The runs are not of the same target. */
  readonly isMixed: boolean;
}

/** What is told of each run, in order. */
const METRICS = [
  ["rps", "Requests per second"],
  ["p50", "p50 latency"],
  ["p95", "p95 latency"],
  ["p99", "p99 latency"],
  ["error_rate", "Error rate"],
] as const;

/** Changes of an error rate below this many percentage points are not worth a word. */
const MIN_POINTS = 0.05;
/** The same for others, relative. */
const MIN_CHANGE = 0.01;

/** The history of saved runs, whatever their order. */
export function historyOf(saved: readonly SavedOutcome[]): RunHistory {
  const ordered = [...saved].sort((a, b) => a.outcome.result.startedAtMs - b.outcome.result.startedAtMs);
  const runs = ordered.map(({ source, outcome: { result, tags } }) => ({
    source,
    startedAtMs: result.startedAtMs,
    target: targetText(result.plan),
    tags,
  }));
  return {
    runs,
    metrics: METRICS.map(([key, label]) => historyMetric(metricFor(key)!, label, ordered)),
    isMixed: new Set(runs.map(({ target }) => target)).size > 1,
  };
}

function historyMetric(metric: Metric, label: string, ordered: readonly SavedOutcome[]): HistoryMetric {
  const isPoints = noiseKindOf(metric) === "errors";
  const values = ordered.map(({ outcome }) => {
    const stats = overallStats(outcome.result);
    const value = metric.read(stats);
    return value === undefined || metric.isAtLeast(stats) ? undefined : value;
  });
  const known = values.flatMap((value, at) => {
    if (value === undefined || (!isPoints && value <= 0)) return [];
    const { result } = ordered[at]!.outcome;
    const noise = noiseOf(metric, { stats: overallStats(result), timeline: result.timeline });
    // Relative noise is that of the logarithm.
    return [{ at, value: isPoints ? value : Math.log(value), variance: noise?.variance ?? 0 }];
  });
  const level = (value: number) => isPoints ? value : Math.exp(value);
  const changes = changePoints(known).map((change) => ({
    at: known[change.at]!.at,
    before: level(change.before),
    after: level(change.after),
    isBetter: change.after > change.before === (metric.better === "higher"),
  }));
  return {
    metric,
    label,
    values,
    changes: changes.filter(({ before, after }) =>
      Math.abs(after - before) >= (isPoints ? MIN_POINTS : MIN_CHANGE * before)
    ),
  };
}
