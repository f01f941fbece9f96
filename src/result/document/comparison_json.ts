/**
 * A comparison as public JSON, and back.
 *
 * @module
 */
import { present } from "../../lib/json/present.ts";
import type { Unit } from "../../metrics/catalog.ts";
import { type ChangeVerdict, type Comparison, isRegressed, type MetricChange } from "../comparison.ts";

/** A comparison in JSON; values in base units: seconds, bytes, percent. */
export interface ComparisonJson {
  /** The version of this part's shape. */
  readonly schema_version: 1;
  /** A rule fired. */
  readonly regressed: boolean;
  /** What the comparison alone ends with: 0 or 3. */
  readonly exit_code: 0 | 3;
  /** The baseline's files. */
  readonly baseline_sources: readonly string[];
  /** How many runs were pooled. */
  readonly baseline_runs: number;
  /** Of the intervals, in percent. */
  readonly confidence: number;
  /** Settings that differ, runs that were cut short. */
  readonly config_warnings: readonly string[];
  /**
   * The change of each metric; intervals in percent, of error rates in percentage points. Verdicts: `better`, `worse`,
   * `same` (within noise), `unknown`.
   */
  readonly metrics: readonly {
    readonly metric: string;
    readonly unit: string;
    readonly baseline?: number;
    readonly current?: number;
    readonly at_least?: boolean;
    readonly baseline_at_least?: boolean;
    readonly delta?: number;
    readonly change_percent?: number;
    readonly interval?: readonly [low: number, high: number];
    readonly verdict: string;
  }[];
  /** In the order given. */
  readonly rules: readonly {
    readonly expression: string;
    readonly passed: boolean;
    readonly reason: string;
  }[];
}

/** A comparison as its public document. */
export function toComparisonJson(comparison: Comparison): ComparisonJson {
  const regressed = isRegressed(comparison);
  return {
    schema_version: 1,
    regressed,
    exit_code: regressed ? 3 : 0,
    baseline_sources: comparison.sources,
    baseline_runs: comparison.sources.length,
    confidence: comparison.confidence,
    config_warnings: comparison.warnings,
    metrics: comparison.metrics.map((change) =>
      present<ComparisonJson["metrics"][number]>({
        metric: change.metric,
        unit: change.unit,
        baseline: change.baseline,
        current: change.current,
        at_least: change.isAtLeast,
        baseline_at_least: change.isBaselineAtLeast,
        delta: change.delta,
        change_percent: change.percent,
        interval: change.low === undefined || change.high === undefined
          ? undefined
          : [change.low, change.high],
        verdict: change.verdict,
      })
    ),
    rules: comparison.rules,
  };
}

/** The comparison that a document holds. */
export function comparisonOfJson(json: ComparisonJson): Comparison {
  return {
    sources: json.baseline_sources,
    confidence: json.confidence,
    warnings: json.config_warnings,
    metrics: json.metrics.map((
      { metric, unit, baseline, current, delta, change_percent, interval, verdict, ...bounds },
    ) =>
      present<MetricChange>({
        metric,
        unit: unit as Unit,
        baseline,
        current,
        isAtLeast: bounds.at_least,
        isBaselineAtLeast: bounds.baseline_at_least,
        delta,
        percent: change_percent,
        low: interval?.[0],
        high: interval?.[1],
        verdict: verdict as ChangeVerdict,
      })
    ),
    rules: json.rules,
  };
}
