/**
 * The one list of metric names. Thresholds, comparison, exporters and job summaries all read it, over a whole run, one
 * window or one step alike. Values leave in base units: seconds, bytes, percent. What is compared with what is left to
 * the readers.
 *
 * @module
 */
import { formatBytes, formatCount, formatPercent, formatRate, formatTime } from "../lib/number_format.ts";
import { meanOf, stdevOf } from "./histogram.ts";
import { SHOWN_COUNTERS, SHOWN_TIMES, type ShownCounter, type ShownTimes } from "./measures.ts";
import { FURTHER_RATES } from "./further_rates.ts";
import type { StepStats } from "./snapshot.ts";
import {
  bytesPerSecond,
  endedOf,
  errorRatePercent,
  errorsOf,
  type Percentile,
  percentileOf,
  type Ranked,
  rankedTimes,
  requestsPerSecond,
  samplesOf,
  samplesToResolve,
  shownCount,
  type Stats,
  successesPerSecond,
  successRatePercent,
} from "./stats.ts";

/** What a metric is counted in; `1` is a plain count. */
export type Unit = "s" | "%" | "1/s" | "B" | "B/s" | "1";

/** One named number of a run, a window or a step. */
export interface Metric {
  /** The name in thresholds, rules and exports. */
  readonly key: string;
  readonly unit: Unit;
  /** Which way is an improvement. */
  readonly better: "lower" | "higher";
  /** The value in `unit`; `undefined` when it was not measured. A lower bound when `isAtLeast` says so. */
  read(stats: Stats): number | undefined;
  /** The true value is what `read` gives or more, because it falls among requests that were never answered. */
  isAtLeast(stats: Stats): boolean;
}

/** The percentiles that reports list. */
export const REPORTED_PERCENTILES = [50, 75, 90, 95, 99, 99.9, 99.99] as const;

/**
 * The percentile of latencies that a metric is; `undefined`: it is none.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(["p99.9", "median_latency", "rps"].map(percentileIn), [99.9, 50, undefined]);
 * ```
 */
export function percentileIn(key: string): number | undefined {
  const text = /^p([\d.]+)$/.exec(key)?.[1];
  return text === undefined ? key === "median_latency" ? 50 : undefined : Number(text);
}

/**
 * Whether so many samples say anything about a percentile: p99.9 of 200 would only be their largest value under another
 * name. The median is always said.
 */
export function isResolved(percentile: number, samples: number): boolean {
  return samples > 0 && (percentile <= 50 || samples >= samplesToResolve(percentile));
}

/** What percentiles of the service latency rank: what was sent, timed from there; `undefined` in a closed loop. */
export function serviceRanked(
  { serviceLatency, serviceUnanswered, unanswered }: StepStats,
): Ranked | undefined {
  return serviceLatency && { latency: serviceLatency, unanswered: serviceUnanswered ?? unanswered };
}

/** A percentile of the service latency (open loop); ranks as in {@linkcode percentileOf}. */
export function servicePercentileOf(counts: StepStats, percentile: number): Percentile | undefined {
  const ranked = serviceRanked(counts);
  return ranked && percentileOf(ranked, percentile);
}

/** The same, where what was sent is enough to tell. */
export function resolvedServicePercentile(counts: StepStats, percentile: number): Percentile | undefined {
  const ranked = serviceRanked(counts);
  return ranked && isResolved(percentile, samplesOf(ranked)) ? percentileOf(ranked, percentile) : undefined;
}

/** The longest latency: a bound as soon as one request was never answered. */
export function maxLatencyOf(counts: StepStats): Percentile | undefined {
  return percentileOf(counts, 100);
}

/** The percentiles of further distributions that have metrics of their own. */
const TIMES_PERCENTILES = [50, 90, 95, 99] as const;

/** Every metric with a name of its own; {@linkcode metricFor} knows further percentiles. */
export const METRICS: readonly Metric[] = [
  plain("rps", "1/s", "higher", requestsPerSecond),
  plain("success_rps", "1/s", "higher", successesPerSecond),
  plain("success_rate", "%", "higher", ({ counts }) => successRatePercent(counts)),
  plain("error_rate", "%", "lower", ({ counts }) => errorRatePercent(counts)),
  plain("total_requests", "1", "higher", ({ counts }) => endedOf(counts)),
  plain("total_errors", "1", "lower", ({ counts }) => errorsOf(counts)),
  plain("dropped", "1", "lower", ({ counts }) => counts.dropped?.count),
  plain("delayed", "1", "lower", ({ counts }) => counts.serviceLatency && counts.run?.delayed),
  ...SHOWN_COUNTERS.map(counter),
  plain("total_bytes", "B", "higher", ({ counts }) => counts.bodyBytes),
  plain("transfer_rate", "B/s", "higher", bytesPerSecond),
  plain("duration", "s", "lower", ({ durationMs }) => durationMs / 1000),
  plain("min_latency", "s", "lower", ({ counts: { latency } }) => seconds(latency.count, latency.min)),
  ranked("max_latency", maxLatencyOf),
  plain("avg_latency", "s", "lower", ({ counts: { latency } }) => seconds(latency.count, meanOf(latency))),
  ranked("median_latency", (counts) => percentileOf(counts, 50)),
  plain("stdev_latency", "s", "lower", ({ counts: { latency } }) => seconds(latency.count, stdevOf(latency))),
  ...REPORTED_PERCENTILES.map(latencyPercentile),
  ...REPORTED_PERCENTILES.map(servicePercentile),
  ...SHOWN_TIMES.flatMap(timesMetrics),
  ...FURTHER_RATES.map(({ key, unit, read }) => plain(key, unit, "higher", read)),
];

const BY_KEY: ReadonlyMap<string, Metric> = new Map(METRICS.map((metric) => [metric.key, metric]));

const ALIASES: ReadonlyMap<string, string> = new Map([
  ["mean_latency", "avg_latency"],
  ["requests_per_sec", "rps"],
  ["p50_latency", "p50"],
]);

/**
 * The metric of a name: one of {@linkcode METRICS}, an alias (`mean_latency`, `requests_per_sec`, `p50_latency`), or any
 * percentile above 0 up to 100 with at most three decimals (`p99.5`, `service_p95`). `undefined`: no such metric.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(metricFor("p99.50")?.key, "p99.5");
 * assertEquals(metricFor("mean_latency")?.key, "avg_latency");
 * assertEquals(metricFor("p101"), undefined);
 * ```
 */
export function metricFor(key: string): Metric | undefined {
  const known = BY_KEY.get(ALIASES.get(key) ?? key);
  if (known) return known;
  const match = /^(?:(\w+)_)?p((?:0|[1-9]\d{0,2})(?:\.\d{1,3})?)$/.exec(key);
  const percentile = Number(match?.[2]);
  if (!match || percentile <= 0 || percentile > 100) return undefined;
  const [, series] = match;
  const shown = SHOWN_TIMES.find(({ key }) => key === series);
  if (series !== undefined && series !== "service" && shown === undefined) return undefined;
  const metric = shown
    ? timesPercentile(shown, percentile)
    : (series === undefined ? latencyPercentile : servicePercentile)(percentile);
  return BY_KEY.get(metric.key) ?? metric;
}

/** The counters that a report lists because they are above 0, as people read them. */
export function countersIn(
  counts: StepStats,
): readonly { readonly label: string; readonly value: string; readonly tone?: "bad" | "warning" }[] {
  return SHOWN_COUNTERS.flatMap((shown) => {
    const value = shownCount(shown, counts) ?? 0;
    if (shown.label === undefined || value === 0) return [];
    const unit = shown.unit === "ms" ? "s" : shown.unit;
    const text = formatMetricValue(shown.unit === "ms" ? value / 1000 : value, unit);
    return [{ label: shown.label, value: text, ...(shown.tone && { tone: shown.tone }) }];
  });
}

/**
 * A metric's value as people read it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(formatMetricValue(0.245, "s"), "245.00ms");
 * assertEquals(formatMetricValue(523.454, "1/s"), "523.45");
 * ```
 */
export function formatMetricValue(value: number, unit: Unit): string {
  switch (unit) {
    case "s":
      return formatTime(value * 1000);
    case "%":
      return formatPercent(value);
    case "1/s":
      return formatRate(value);
    case "B":
      return formatBytes(value);
    case "B/s":
      return `${formatBytes(value)}/s`;
    case "1":
      return formatCount(value);
  }
}

function plain(key: string, unit: Unit, better: Metric["better"], read: Metric["read"]): Metric {
  return { key, unit, better, read, isAtLeast: () => false };
}

function counter(shown: ShownCounter): Metric {
  return plain(shown.key, shown.unit === "ms" ? "s" : shown.unit, shown.better, ({ counts }) => {
    const value = shownCount(shown, counts);
    return value === undefined || shown.unit !== "ms" ? value : value / 1000;
  });
}

function ranked(key: string, percentile: (counts: StepStats) => Percentile | undefined): Metric {
  return {
    key,
    unit: "s",
    better: "lower",
    read: ({ counts }) => {
      const value = percentile(counts);
      return value && value.ms / 1000;
    },
    isAtLeast: ({ counts }) => percentile(counts)?.isAtLeast ?? false,
  };
}

function latencyPercentile(percentile: number): Metric {
  return ranked(`p${percentile}`, (counts) => percentileOf(counts, percentile));
}

function servicePercentile(percentile: number): Metric {
  return ranked(`service_p${percentile}`, (counts) => servicePercentileOf(counts, percentile));
}

/** A distribution's percentiles, its longest and its mean time. */
function timesMetrics(shown: ShownTimes): readonly Metric[] {
  const ranked = (counts: StepStats) => rankedTimes(shown, counts);
  return [
    ...TIMES_PERCENTILES.map((percentile) => timesPercentile(shown, percentile)),
    { ...timesPercentile(shown, 100), key: `${shown.key}_max` },
    plain(`${shown.key}_mean`, "s", "lower", ({ counts }) => {
      const data = ranked(counts)?.latency;
      return data && seconds(data.count, meanOf(data));
    }),
  ];
}

function timesPercentile(shown: ShownTimes, percentile: number): Metric {
  return ranked(`${shown.key}_p${percentile}`, (counts) => {
    const times = rankedTimes(shown, counts);
    return times && percentileOf(times, percentile);
  });
}

/** From µs; nothing when there are no values. */
function seconds(count: number, us: number | undefined): number | undefined {
  return count === 0 || us === undefined ? undefined : us / 1e6;
}
