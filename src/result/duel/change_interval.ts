/**
 * How far B's value is from A's, and where the true change may lie.
 *
 * Of a value that is a mean over time (throughput, CPU per request), every pair says `b − ratio · a`, whose mean is zero
 * at the true ratio (Fieller 1954). Of a percentile it says how many more of its requests than should took longer: of A's,
 * than A's percentile; of B's, than that times the ratio (as Woodruff 1952 for one percentile). Both are about all
 * requests together, and a pair that a busy machine spoilt counts for no more than its requests, which logarithms of
 * ratios would not do. Of a share in percent it is the difference.
 *
 * @module
 */
import { anytimeInterval } from "../../lib/statistics/anytime_t.ts";
import { type ZeroInterval, zeroInterval } from "../../lib/statistics/zero_interval.ts";
import type { DuelBlock, DuelMeasure, DuelPair, DuelTail, Side } from "./duel_block.ts";

/** A change: of ratios, as logarithms; of shares, in points. */
export interface DuelChange {
  /** Of all pairs together. */
  readonly mean: number;
  /** Where the truth is; absent: not known yet. */
  readonly interval?: ZeroInterval;
  /** In each pair, or in each few that have enough requests together. */
  readonly pairs: readonly number[];
}

/** Some pairs, side by side. */
type Group = Readonly<Record<Side, readonly DuelBlock[]>>;

/** Ratios of more than this, and its reciprocal, are not looked at. */
const MAX_LOG_RATIO = Math.log(10_000);

/** What the pairs tell of a measure; `undefined`: too few of them have it. */
export function changeOf(
  measure: DuelMeasure,
  pairs: readonly DuelPair[],
  alpha: number,
): DuelChange | undefined {
  const groups = groupsOf(measure, pairs);
  if (groups.length === 0) return undefined;
  if (measure.scale === "points") return pointsChange(measure, groups, alpha);
  const whole = { a: groups.flatMap(({ a }) => a), b: groups.flatMap(({ b }) => b) };
  const logs = groups.flatMap((group) => logRatio(measure, group) ?? []);
  return measure.tail
    ? tailChange(measure, measure.tail, { groups, whole, logs, alpha })
    : meanChange(measure, { groups, logs, alpha });
}

function meanChange(
  measure: DuelMeasure,
  { groups, logs, alpha }: {
    readonly groups: readonly Group[];
    readonly logs: readonly number[];
    readonly alpha: number;
  },
): DuelChange | undefined {
  const values = groups.map(({ a, b }) => [measure.read(a)!.value, measure.read(b)!.value] as const);
  const [sumA, sumB] = [0, 1].map((side) => values.reduce((sum, pair) => sum + pair[side]!, 0));
  if (!(sumA! > 0 && sumB! > 0)) return undefined;
  const mean = Math.log(sumB! / sumA!);
  const interval = zeroInterval((log) => values.map(([a, b]) => b - Math.exp(log) * a), {
    from: mean,
    within: MAX_LOG_RATIO,
    alpha,
  });
  return { mean, ...(interval && { interval }), pairs: logs };
}

function tailChange(
  measure: DuelMeasure,
  { share, beyond }: DuelTail,
  { groups, whole, logs, alpha }: {
    readonly groups: readonly Group[];
    readonly whole: Group;
    readonly logs: readonly number[];
    readonly alpha: number;
  },
): DuelChange | undefined {
  const mean = logRatio(measure, whole);
  if (mean === undefined) return undefined;
  const us = measure.read(whole.a)!.value * 1e6;
  const perGroup = {
    a: beyond(whole.a, us).of / groups.length,
    b: beyond(whole.b, us).of / groups.length,
  };
  const tooMany = (side: Side, bound: number) =>
    groups.map((group) => {
      const { count, of } = beyond(group[side], bound);
      return (count - share * of) / perGroup[side];
    });
  const ofA = tooMany("a", us);
  const interval = zeroInterval(
    (log) => tooMany("b", us * Math.exp(log)).map((ofB, i) => ofB - ofA[i]!),
    {
      from: mean,
      within: MAX_LOG_RATIO,
      alpha,
      minVariance: share * (1 - share) * (1 / perGroup.a + 1 / perGroup.b),
    },
  );
  return { mean, ...(interval && { interval }), pairs: logs };
}

function pointsChange(measure: DuelMeasure, groups: readonly Group[], alpha: number): DuelChange {
  const read = groups.map(({ a, b }) => ({ a: measure.read(a)!, b: measure.read(b)! }));
  const pairs = read.map(({ a, b }) => b.value - a.value);
  const least = read.reduce((sum, { a, b }) => sum + (a.minVariance ?? 0) + (b.minVariance ?? 0), 0);
  const { mean, reach } = anytimeInterval(pairs, alpha, least / pairs.length);
  return {
    mean,
    ...(Number.isFinite(reach) && { interval: { low: mean - reach, high: mean + reach } }),
    pairs,
  };
}

/** The pairs that have the measure, or as few together as have enough requests. */
function groupsOf(measure: DuelMeasure, pairs: readonly DuelPair[]): readonly Group[] {
  const groups: Group[] = [];
  let a: readonly DuelBlock[] = [];
  let b: readonly DuelBlock[] = [];
  for (const pair of pairs) {
    [a, b] = [[...a, pair.a], [...b, pair.b]];
    const [before, after] = [measure.read(a), measure.read(b)];
    if (before === undefined || after === undefined) continue;
    if (Math.min(before.samples, after.samples) < measure.minSamples) continue;
    groups.push({ a, b });
    [a, b] = [[], []];
  }
  return groups;
}

function logRatio(measure: DuelMeasure, { a, b }: Group): number | undefined {
  const [before, after] = [measure.read(a)?.value ?? 0, measure.read(b)?.value ?? 0];
  return before > 0 && after > 0 ? Math.log(after / before) : undefined;
}
