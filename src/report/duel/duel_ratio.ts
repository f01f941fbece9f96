/**
 * Large changes as ratios. An interval of a logarithm of a ratio is as wide to both sides as a factor, not as a
 * percentage: from ×45 to ×180 around ×90. What is small is shown in percent, where that makes no difference.
 *
 * @module
 */
import { formatCount } from "../../lib/number_format.ts";
import type { DuelMetric } from "../../result/duel/duel_result.ts";

/** Half an interval's width in percent up to which it is shown as `±`. */
const MAX_HALF_WIDTH = 20;

/** B's value over A's, for a change in percent. */
export function ratioOf(percent: number): number {
  return 1 + percent / 100;
}

/** Whether a change is so large, or known so roughly, that its percentages would mislead. */
export function isFar({ scale, low, high }: DuelMetric): boolean {
  if (scale !== "ratio") return false;
  if (low === undefined || high === undefined) return (low ?? 0) > 100 || (high ?? 0) < -50;
  return high > 100 || low < -50 || high - low > 2 * MAX_HALF_WIDTH;
}

/** `1.23`, `12.3`, `1,234`, `0.35`, `0.0023`: three digits, below 1 two. */
export function factorText(ratio: number): string {
  if (ratio >= 99.95) return formatCount(Math.round(ratio));
  if (ratio >= 9.995) return ratio.toFixed(1);
  if (ratio >= 0.0995) return ratio.toFixed(2);
  // Changes have four decimals of a percent.
  return ratio < 1e-6 ? "0.000001" : String(Number(ratio.toPrecision(2)));
}

/** `×90.0 (×42.3 to ×190)`. */
export function ratioText({ change = 0, low = 0, high = 0 }: DuelMetric): string {
  const [middle, from, to] = [change, low, high].map((percent) => `×${factorText(ratioOf(percent))}`);
  return `${middle} (${from} to ${to})`;
}

/** `90.0 times (42.3 to 190)`, `at least 42.3 times`, of the smaller value: how much larger the larger one is. */
export function timesText({ change = 0, low, high }: DuelMetric): string {
  const times = (percent: number) => factorText(change < 0 ? inverse(percent) : ratioOf(percent));
  if (low === undefined || high === undefined) return `at least ${times(low ?? high ?? 0)} times`;
  const [from, to] = change < 0 ? [high, low] : [low, high];
  return `${times(change)} times (${times(from)} to ${times(to)})`;
}

/** The factor between A and B that is not exceeded, whichever is larger: `1.80`. */
export function factorWithin({ low = 0, high = 0 }: DuelMetric): string {
  return factorText(Math.max(inverse(low), ratioOf(high)));
}

function inverse(percent: number): number {
  return 1 / Math.max(ratioOf(percent), 1e-6);
}
