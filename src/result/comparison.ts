/**
 * What a comparison with a baseline found, as reports show it.
 *
 * @module
 */
import { present, rounded } from "../lib/json/present.ts";
import type { Unit } from "../metrics/catalog.ts";

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
  /** What the change is above with the comparison's confidence: in percent, of error rates in percentage points. */
  readonly low?: number;
  /** What it is below with the same confidence. */
  readonly high?: number;
  readonly verdict: ChangeVerdict;
  /** Why the runs do not tell whether the change is one of the server, in a clause; then the verdict is `unknown`. */
  readonly notJudged?: string;
}

/** A rule, judged. */
export interface RuleVerdict {
  /** As the user wrote it. */
  readonly expression: string;
  /** Also when it cannot be judged. */
  readonly passed: boolean;
  /** `false`: what was measured does not tell whether it holds. */
  readonly isKnown: boolean;
  /** One clause: the change, and why it passed or not. */
  readonly reason: string;
}

/** A run, or several, beside a baseline. */
export interface Comparison {
  /** The baseline's files. */
  readonly sources: readonly string[];
  /** How sure each bound of an interval is, in percent. */
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

/** Rules of which nobody knows whether they hold. */
export function rulesNotJudged({ rules }: Comparison): readonly RuleVerdict[] {
  return rules.filter(({ isKnown }) => !isKnown);
}

/** A change with the digits that JSON keeps, so that a report says the same before and after it was saved. */
export function roundedChange<T extends MetricChange>(change: T): T {
  const { baseline, current, delta, percent, low, high, ...others } = change;
  return present<MetricChange>({
    ...others,
    baseline: nineDigits(baseline),
    current: nineDigits(current),
    delta: nineDigits(delta),
    percent: percent === undefined ? undefined : rounded(percent, 3),
    low: low === undefined ? undefined : rounded(low, 3),
    high: high === undefined ? undefined : rounded(high, 3),
  }) as T;
}

/** More than is measured; none of what is infinite. */
function nineDigits(value: number | undefined): number | undefined {
  return value === undefined || !Number.isFinite(value) ? undefined : Number(value.toPrecision(9));
}
