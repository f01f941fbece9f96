/**
 * A comparison as public JSON, and back.
 *
 * @module
 */
import { present } from "../../lib/json/present.ts";
import type { Unit } from "../../metrics/catalog.ts";
import {
  type ChangeVerdict,
  type Comparison,
  isRegressed,
  type MetricChange,
  type RuleVerdict,
} from "../comparison.ts";

/** A rule, judged. */
export interface RuleJson {
  /** As the user wrote it. */
  readonly expression: string;
  /** Also when `unknown`. */
  readonly passed: boolean;
  /** What was measured does not tell whether the rule holds; absent: it does. */
  readonly unknown?: boolean;
  /** The change, and why the rule holds or not. */
  readonly reason: string;
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
  /** Of each bound of an interval, in percent. */
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
    /** Why the runs do not tell whether the change is one of the server; absent: they do. */
    readonly not_judged?: string;
  }[];
  /** In the order given. */
  readonly rules: readonly RuleJson[];
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
        not_judged: change.notJudged,
      })
    ),
    rules: comparison.rules.map(ruleJson),
  };
}

/** A rule as documents have it, of comparisons and of duels. */
export function ruleJson({ expression, passed, isKnown, reason }: RuleVerdict): RuleJson {
  return { expression, passed, ...(!isKnown && { unknown: true }), reason };
}

/** The comparison that a document holds. */
export function comparisonOfJson(json: ComparisonJson): Comparison {
  return {
    sources: json.baseline_sources,
    confidence: json.confidence,
    warnings: json.config_warnings,
    metrics: json.metrics.map((
      { metric, unit, baseline, current, delta, change_percent, interval, verdict, not_judged, ...bounds },
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
        notJudged: not_judged,
      })
    ),
    rules: json.rules.map(({ unknown, ...rule }) => ({ ...rule, isKnown: unknown !== true })),
  };
}
