/**
 * Runs as comparisons read them: one alone, or several pooled.
 *
 * @module
 */
import { addStats } from "../../metrics/stats.ts";
import type { Metric } from "../../metrics/catalog.ts";
import type { Stats } from "../../metrics/stats.ts";
import type { ConfigSnapshot } from "../outcome.ts";
import { type PartName, partStats } from "../run_parts.ts";
import { overallStats, type RunResult } from "../run_result.ts";

/** A run on one side of a comparison. */
export interface ComparedRun {
  /** The file's name, or what the run is called. */
  readonly source: string;
  readonly result: RunResult;
  readonly config: ConfigSnapshot;
  /** Another tool that measured it; absent: bench. */
  readonly tool?: string;
  /** Metrics of the whole run that are known; absent: all that `result` holds. */
  readonly measured?: ReadonlySet<string>;
}

/** A value of pooled runs, in the metric's unit. */
export interface Value {
  readonly value: number;
  readonly isAtLeast: boolean;
}

/** All runs as one: counts and durations added, histograms merged. */
export function pooled(runs: readonly ComparedRun[]): Stats {
  return runs.map(({ result }) => overallStats(result)).reduce(addStats);
}

/** The pooled statistics of the runs or of a part of them; `undefined` when the part is in none, or never ran. */
export function statsOf(runs: readonly ComparedRun[], part: PartName | undefined): Stats | undefined {
  if (part === undefined) return pooled(runs);
  const found = runs.flatMap(({ result }) => partStats(result, part) ?? []);
  return found.length === 0 ? undefined : found.reduce(addStats);
}

/** A metric of pooled runs; plain totals are those of an average run. */
export function valueOf(metric: Metric, stats: Stats | undefined, runs: number): Value | undefined {
  const value = stats && metric.read(stats);
  if (stats === undefined || value === undefined) return undefined;
  const isTotal = metric.unit === "1" || metric.unit === "B" || metric.key === "duration";
  return { value: isTotal ? value / runs : value, isAtLeast: metric.isAtLeast(stats) };
}
