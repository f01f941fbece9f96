/**
 * What pairs of short runs tell about the difference of two sides.
 *
 * Each pair gives a number for each metric: the logarithm of B's value over A's, or, of shares in percent, the difference.
 * What both sides of a pair share, such as a busy neighbour, cancels out in it, and since the order within pairs is drawn,
 * what comes of being first cancels out between them. Percentiles need requests beyond them: pairs that have too few are
 * put together, so that of these fewer numbers remain. Their mean has an interval that holds at any time
 * (`anytime_t.ts`), with an error probability of 1 − confidence for all metrics together (Bonferroni).
 *
 * @module
 */
import { anytimeInterval } from "../../lib/statistics/anytime_t.ts";
import { rounded } from "../../lib/json/present.ts";
import type { ChangeVerdict, MetricChange, RuleVerdict } from "../comparison.ts";
import type { FailRule } from "../verdict/fail_rule.ts";
import { judgeRule } from "../verdict/judge_rule.ts";
import { pathOf } from "../run_parts.ts";
import type { DuelBlock, DuelMeasure, DuelPair, DuelValue, Side } from "./duel_block.ts";
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
  const changes = new Map(metrics.map((metric) => [metric.metric, changeOf(metric)]));
  return {
    metrics,
    rules: rules.map((rule) =>
      judgeRule(rule, {
        about: rule.about && changes.get(pathOf(rule.about.metric.key, rule.about.part)),
        headline: [...changes.values()],
      })
    ),
    isKnown: metrics.some(({ isKnown }) => isKnown) &&
      metrics.every(({ isKnown, a, b }) => isKnown || (a === undefined && b === undefined)),
  };
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
  const differences = a === undefined || b === undefined ? [] : differencesOf(measure, pairs);
  const values = differences.map(({ value }) => value);
  const least = differences.reduce((sum, { minVariance }) => sum + minVariance, 0) / (values.length || 1);
  const { mean, reach } = anytimeInterval(values, alpha, least);
  const isTold = Number.isFinite(reach) &&
    (scale === "points" || reach <= MAX_REACH || reach < Math.abs(mean));
  const shown = (value: number) => rounded(scale === "points" ? value : (Math.exp(value) - 1) * 100, 4);
  const [low, high] = [shown(mean - reach), shown(mean + reach)];
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
    ...(values.length > 0 && { change: shown(mean) }),
    ...(isTold && { low, high }),
    verdict: isTold && !isBound ? verdictOf(measure, low, high) : "unknown",
    isKnown: isTold && !isBound && (high - low) / 2 <= precision,
    pairs: values.map(shown),
  };
}

/** The differences of the pairs, or of as few together as have enough requests. */
function differencesOf(
  measure: DuelMeasure,
  pairs: readonly DuelPair[],
): readonly { readonly value: number; readonly minVariance: number }[] {
  const differences: { value: number; minVariance: number }[] = [];
  let a: readonly DuelBlock[] = [];
  let b: readonly DuelBlock[] = [];
  for (const pair of pairs) {
    [a, b] = [[...a, pair.a], [...b, pair.b]];
    const [before, after] = [measure.read(a), measure.read(b)];
    if (before === undefined || after === undefined) continue;
    if (Math.min(before.samples, after.samples) < measure.minSamples) continue;
    const value = differenceOf(measure, before, after);
    if (value === undefined) continue;
    differences.push({ value, minVariance: (before.minVariance ?? 0) + (after.minVariance ?? 0) });
    [a, b] = [[], []];
  }
  return differences;
}

function differenceOf({ scale }: DuelMeasure, a: DuelValue, b: DuelValue): number | undefined {
  if (scale === "points") return b.value - a.value;
  return a.value > 0 && b.value > 0 ? Math.log(b.value / a.value) : undefined;
}

function verdictOf({ better }: DuelMeasure, low: number, high: number): ChangeVerdict {
  if (low <= 0 && high >= 0) return "same";
  return low > 0 === (better === "higher") ? "better" : "worse";
}

/** A metric as rules of comparisons read it: A is the baseline. */
function changeOf(metric: DuelMetric): MetricChange {
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
