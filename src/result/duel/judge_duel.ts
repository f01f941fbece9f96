/**
 * What pairs of short runs tell about the difference of two sides.
 *
 * What both sides of a pair share, such as a busy neighbour, cancels out in it, and since the order within pairs is drawn,
 * what comes of being first cancels out between them. The change over all pairs has an interval that holds at any time
 * (`change_interval.ts`, `anytime_t.ts`), with an error probability of 1 − confidence for all metrics together
 * (Bonferroni).
 *
 * @module
 */
import { rounded } from "../../lib/json/present.ts";
import type { ChangeVerdict, MetricChange, RuleVerdict } from "../comparison.ts";
import type { FailRule } from "../verdict/fail_rule.ts";
import { isUntold, judgeRule } from "../verdict/judge_rule.ts";
import { pathOf } from "../run_parts.ts";
import { changeOf } from "./change_interval.ts";
import type { DuelBlock, DuelMeasure, DuelPair, Side } from "./duel_block.ts";
import type { DuelMetric } from "./duel_result.ts";

/** How a duel is judged. */
export interface DuelJudging {
  readonly measures: readonly DuelMeasure[];
  readonly rules: readonly FailRule[];
  /** In percent. */
  readonly confidence: number;
  /** In percent, of shares in percentage points. */
  readonly precision: number;
}

/** An interval that is wider, as a logarithm, and holds no change says nothing. */
const MAX_REACH = Math.log(1.5);

/** Where a change lies, in percent or points, or as a logarithm; an absent end is not known. */
type DuelInterval = Pick<DuelMetric, "low" | "high">;

/** What is known by now. */
export interface DuelJudgement {
  readonly metrics: readonly DuelMetric[];
  readonly rules: readonly RuleVerdict[];
  /** Every metric that can be known is. */
  readonly isKnown: boolean;
}

/** Judges all pairs so far. */
export function judgeDuel(pairs: readonly DuelPair[], judging: DuelJudging): DuelJudgement {
  const { measures, rules, confidence, precision } = judging;
  const alpha = (1 - confidence / 100) / Math.max(measures.length, 1);
  const all = { a: pairs.map(({ a }) => a), b: pairs.map(({ b }) => b) };
  const metrics = measures.map((measure) => judgeMeasure(measure, { pairs, all, alpha, precision }));
  const changes = new Map(metrics.map((metric) => [metric.metric, metricChange(metric)]));
  return {
    metrics,
    rules: rules.map((rule) =>
      judgeDuelRule(rule, {
        about: rule.about && changes.get(pathOf(rule.about.metric.key, rule.about.part)),
        headline: [...changes.values()],
      })
    ),
    isKnown: metrics.some(({ isKnown }) => isKnown) &&
      metrics.every(({ isKnown, a, b }) => isKnown || (a === undefined && b === undefined)),
  };
}

/**
 * A rule, as comparisons judge it, but that what is not known yet does not fire: chance alone can take a value of few
 * pairs anywhere.
 */
function judgeDuelRule(rule: FailRule, changes: Parameters<typeof judgeRule>[1]): RuleVerdict {
  const judged = judgeRule(rule, changes);
  const { about, headline } = changes;
  const unknown = (about ? [about] : headline).filter((change) =>
    change.verdict === "unknown" && change.baseline !== undefined && change.current !== undefined &&
    !isUntold(change)
  );
  const measured = headline.filter(({ baseline, current }) =>
    baseline !== undefined && current !== undefined
  );
  if (!about && judged.passed && measured.length === 0) {
    return { ...judged, isKnown: false, reason: "nothing was measured on both sides" };
  }
  if (unknown.length === 0 || (!about && !judged.passed)) return judged;
  const names = unknown.map(({ metric }) => metric).join(", ");
  if (!about && unknown.length < measured.length) {
    return { ...judged, reason: `${judged.reason}; not known yet: ${names}` };
  }
  return { ...judged, passed: true, isKnown: false, reason: `how ${names} changed is not known yet` };
}

interface Numbers {
  readonly pairs: readonly DuelPair[];
  /** The same, side by side. */
  readonly all: Readonly<Record<Side, readonly DuelBlock[]>>;
  readonly alpha: number;
  readonly precision: number;
}

function judgeMeasure(measure: DuelMeasure, { pairs, all, alpha, precision }: Numbers): DuelMetric {
  const { scale, better, unit, key } = measure;
  const [a, b] = pairs.length === 0 ? [] : [
    measure.read(all.a),
    measure.read(all.b),
  ];
  const change = a === undefined || b === undefined ? undefined : changeOf(measure, pairs, alpha);
  const shown = (value: number) => rounded(scale === "points" ? value : (Math.exp(value) - 1) * 100, 4);
  const { low, high } = change?.interval && isTelling(change.interval, scale) ? change.interval : {};
  const interval: DuelInterval = {
    ...(low !== undefined && { low: shown(low) }),
    ...(high !== undefined && { high: shown(high) }),
  };
  const isBound = a?.isAtLeast || b?.isAtLeast;
  return {
    metric: key,
    unit,
    better,
    scale,
    ...(a && { a: nineDigits(a.value) }),
    ...(b && { b: nineDigits(b.value) }),
    ...(a?.isAtLeast && { isAAtLeast: true }),
    ...(b?.isAtLeast && { isBAtLeast: true }),
    ...(change && { change: shown(change.mean) }),
    ...interval,
    verdict: isBound ? "unknown" : verdictOf(measure, interval),
    isKnown: !isBound && reachOf(interval) <= precision,
    pairs: change?.pairs.map(shown) ?? [],
  };
}

/** Whether an interval is narrow enough to say something, or far enough from no change. */
function isTelling({ low = -Infinity, high = Infinity }: DuelInterval, scale: DuelMeasure["scale"]): boolean {
  return scale === "points" || (high - low) / 2 <= MAX_REACH || low > 0 || high < 0;
}

function reachOf({ low = -Infinity, high = Infinity }: DuelInterval): number {
  return (high - low) / 2;
}

function verdictOf(
  { better }: DuelMeasure,
  { low = -Infinity, high = Infinity }: DuelInterval,
): ChangeVerdict {
  if (low <= 0 && high >= 0) return high - low < Infinity ? "same" : "unknown";
  return low > 0 === (better === "higher") ? "better" : "worse";
}

/** A metric as rules of comparisons read it: A is the baseline. */
function metricChange(metric: DuelMetric): MetricChange {
  const { a, b, change, isAAtLeast, isBAtLeast, low, high, unit, verdict, scale } = metric;
  const isCompared = a !== undefined && b !== undefined && !isAAtLeast && !isBAtLeast;
  return {
    metric: metric.metric,
    unit,
    ...(a !== undefined && { baseline: a }),
    ...(b !== undefined && { current: b }),
    ...(isBAtLeast && { isAtLeast: true }),
    ...(isAAtLeast && { isBaselineAtLeast: true }),
    ...(isCompared && {
      delta: b - a,
      ...(a !== 0 && { percent: scale === "ratio" && change !== undefined ? change : (b / a - 1) * 100 }),
    }),
    ...(low !== undefined && high !== undefined && { low, high }),
    verdict,
  };
}

function nineDigits(value: number): number {
  return Number(value.toPrecision(9));
}
