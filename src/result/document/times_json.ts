/**
 * A distribution in a JSON result: an object without keys where nothing was measured.
 *
 * @module
 */
import { rounded } from "../../lib/json/present.ts";
import { isResolved, REPORTED_PERCENTILES } from "../../metrics/catalog.ts";
import { type HistogramData, meanOf } from "../../metrics/histogram.ts";
import { type Percentile, percentileOf, type Ranked, samplesOf } from "../../metrics/stats.ts";

/** Times in seconds. Percentiles that so few values cannot tell are absent; without values, all is. */
export interface TimesJson {
  /** Those that were never answered included. */
  readonly count?: number;
  /** Exact. */
  readonly min?: number;
  /** A lower bound when `at_least` names it. */
  readonly max?: number;
  /** Over those that were answered. */
  readonly mean?: number;
  /** `p50` … `p99.99`. */
  readonly percentiles?: Readonly<Record<string, number>>;
  /** Names of percentiles, and `max`, whose true value is what is given or more. */
  readonly at_least?: readonly string[];
}

/** A distribution, with what was waited for in vain ranked behind. */
export function timesJson(ranked: Ranked): TimesJson {
  const { latency } = ranked;
  const samples = samplesOf(ranked);
  if (samples === 0) return {};
  const named: (readonly [string, Percentile])[] = REPORTED_PERCENTILES.filter((p) => isResolved(p, samples))
    .map((p) => [`p${p}`, percentileOf(ranked, p)!]);
  const longest = percentileOf(ranked, 100)!;
  const bounds = [...named, ["max", longest] as const].filter(([, { isAtLeast }]) => isAtLeast).map((
    [name],
  ) => name);
  return {
    count: samples,
    ...(latency.count > 0 && { min: seconds(latency.min / 1000), mean: seconds(meanMs(latency)) }),
    max: seconds(longest.ms),
    percentiles: Object.fromEntries(named.map(([name, { ms }]) => [name, seconds(ms)])),
    ...(bounds.length > 0 && { at_least: bounds }),
  };
}

function meanMs(data: HistogramData): number {
  return (meanOf(data) ?? 0) / 1000;
}

function seconds(ms: number): number {
  return rounded(ms / 1000, 6);
}
