/**
 * What a comparison with a baseline found, as reports show it, and its public JSON.
 *
 * @module
 */
import type { Unit } from "../../metrics/catalog.ts";
import { present, rounded } from "../document/stats_json.ts";

/**
 * Whether a change is more than chance; `unknown`: the runs are too short to tell, a value is missing, or the metric is
 * not judged, as extremes and counts are not.
 */
export type ChangeVerdict = "better" | "worse" | "same" | "unknown";

/** One metric in both. Absent values were not measured. */
export interface MetricChange {
  /** As rules write it. */
  readonly metric: string;
  readonly unit: Unit;
  /** In `unit`. */
  readonly baseline?: number;
  /** In `unit`. */
  readonly current?: number;
  /** The current value is only a lower bound: `delta` and `percent` are too. */
  readonly isAtLeast?: boolean;
  /** The baseline is only a lower bound: `delta` and `percent` are upper ones. */
  readonly isBaselineAtLeast?: boolean;
  /** Current minus baseline, in `unit`; absent where a lower bound does not even tell its direction. */
  readonly delta?: number;
  /** Of the baseline; absent when that is 0, or `delta` is absent. */
  readonly percent?: number;
  /** Where the change lies with the comparison's confidence: in percent, of error rates in percentage points. */
  readonly low?: number;
  /** See `low`. */
  readonly high?: number;
  readonly verdict: ChangeVerdict;
}

/** A rule, judged. */
export interface RuleVerdict {
  /** As the user wrote it. */
  readonly expression: string;
  readonly passed: boolean;
  /** One clause: the change, and why it passed or not. */
  readonly reason: string;
}

/** A run, or several, beside a baseline. */
export interface Comparison {
  /** The baseline's files. */
  readonly sources: readonly string[];
  /** How sure the intervals are, in percent. */
  readonly confidence: number;
  /** Why the two may not be comparable: other settings, a run cut short, a load generator that did not keep up. */
  readonly warnings: readonly string[];
  readonly metrics: readonly MetricChange[];
  readonly rules: readonly RuleVerdict[];
}

/** Whether a rule fired. */
export function isRegressed({ rules }: Comparison): boolean {
  return rules.some(({ passed }) => !passed);
}

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

/** A change with the digits that JSON keeps, so that a report says the same before and after it was saved. */
export function roundedChange(change: MetricChange): MetricChange {
  const { baseline, current, delta, percent, low, high, ...others } = change;
  return present<MetricChange>({
    ...others,
    baseline: nineDigits(baseline),
    current: nineDigits(current),
    delta: nineDigits(delta),
    percent: percent === undefined ? undefined : rounded(percent, 3),
    low: low === undefined ? undefined : rounded(low, 3),
    high: high === undefined ? undefined : rounded(high, 3),
  });
}

/** More than is measured; none of what is infinite. */
function nineDigits(value: number | undefined): number | undefined {
  return value === undefined || !Number.isFinite(value) ? undefined : Number(value.toPrecision(9));
}
