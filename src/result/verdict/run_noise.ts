/**
 * How much of a number is chance: the standard error of a run's metrics, from its windows of a second.
 *
 * How percentiles scatter is read from the seconds' own percentiles, and is, as that of error rates, never taken to be less
 * than the number of samples allows.
 *
 * Neighbouring seconds are alike, and a machine that is slower for a while is slower in another run, too. Both are one
 * matter here: the part of the seconds' variance that moves slowly, which is what it has beyond that of steps from one to
 * the next (von Neumann 1941), is taken to be that of whole runs, as if a run saw none of it pass. Of noise that is as
 * strong in every octave of time, as that of computers mostly is, that is about what the next run has. Few seconds hardly
 * show it, so that a part of all scatter beyond that of samples is taken to be slow in any case.
 *
 * @module
 */
import { percentileIn } from "../../metrics/catalog.ts";
import { meanOf, squaresOf } from "../../lib/statistics/mean.ts";
import { type HistogramData, rankOf, valueAtRank } from "../../metrics/histogram.ts";
import type { Metric } from "../../metrics/catalog.ts";
import { attemptsOf, errorsOf, samplesOf, type Stats } from "../../metrics/stats.ts";
import { exactPercentile, type TimelinePoint } from "../series/timeline_point.ts";

/** What a metric is read from, second by second, and how it scatters. */
export type NoiseKind = "throughput" | "errors" | "center" | "tail" | "far_tail" | "unknown";

/** The scatter of one run's metric. */
export interface Noise {
  /** Variance: relative to the value, or, of error rates, in squared percentage points. */
  readonly variance: number;
  /** How well the variance is known. */
  readonly degreesOfFreedom: number;
}

/** A window's value, and how much of the run it is. */
export interface Weighted {
  readonly value: number;
  /** Above 0. */
  readonly weight: number;
}

/** Fewer windows say nothing about the noise. */
const MIN_WINDOWS = 4;

/**
 * How much more than throughput and median the tail differs from run to run without showing it. A run that is slower as a
 * whole has all of its latencies scaled, those of full queues by more; what is rare may be in one run and not in the other.
 */
export const NOISE_FACTORS = { throughput: 1, center: 1, tail: 1.5, far_tail: 2 } as const;

/** Relative standard deviations of a second's values in a run too short to tell: more is no chance. */
const MAX_NOISE = { throughput: 0.25, center: 0.25, tail: 1.5, far_tail: 2 } as const;

/** How a metric scatters; `unknown` for extremes, and for counts, which follow from the run's length. */
export function noiseKindOf({ key }: Metric): NoiseKind {
  if (["rps", "success_rps", "transfer_rate"].includes(key)) {
    return "throughput";
  }
  if (["error_rate", "success_rate"].includes(key)) return "errors";
  if (["avg_latency", "median_latency"].includes(key)) return "center";
  const percentile = percentileOfKey(key);
  if (percentile === undefined) return "unknown";
  return percentile <= 50 ? "center" : percentile <= 95 ? "tail" : percentile < 100 ? "far_tail" : "unknown";
}

/** Standard errors by which seconds that are not alike may look so by chance. */
const CHANCE = 1.5;
/** Of the scatter that no small number of samples explains, the part that is slow though few seconds do not show it. */
const SLOW_SHARE = 0.4;
/** Seconds that are more alike tell no more. */
const MAX_ALIKE = 0.95;

/** Seconds that are further from the median, in standard deviations as the middle half has them, count as so far. */
const FAR_OUT = 2;

/**
 * The variance of a metric from one run to the next, as far as runs tell it by themselves: by how slowly their seconds
 * move, beyond what seconds that are not alike do by chance, and by how much more they scatter than their samples; 0 when
 * they do neither, or are too few. A single second far out is no movement.
 */
export function driftOf(
  metric: Metric,
  runs: readonly { readonly stats: Stats; readonly timeline: readonly TimelinePoint[] }[],
): number {
  const isAbsolute = noiseKindOf(metric) === "errors";
  const told = runs.flatMap(({ stats, timeline }) => {
    const seconds = (seriesOf(metric, timeline) ?? []).map(({ value }) => value);
    const isTelling = seconds.length >= MIN_WINDOWS && (isAbsolute || seconds.every((value) => value > 0));
    if (!isTelling) return [];
    const values = clipped(isAbsolute ? seconds : seconds.map(Math.log));
    return [{ values, sampling: samplingVariance(metric, stats) * values.length }];
  });
  if (told.length === 0) return 0;
  const all = meanOf(told.map(({ values }) => squaresOf(values) / (values.length - 1)));
  const fast = meanOf(told.map(({ values }) => squaresOfSteps(values) / (2 * (values.length - 1))));
  if (all === 0) return 0;
  const seen = 1 - fast / all;
  // The mean that was taken off makes neighbours look less alike than they are (Marriott and Pope 1954).
  const alike = seen + (1 + 3 * seen) / meanOf(told.map(({ values }) => values.length));
  const windows = told.reduce((sum, { values }) => sum + values.length, 0);
  const slow = all * Math.max(0, Math.min(alike, MAX_ALIKE) - CHANCE / Math.sqrt(windows));
  const others = Math.max(0, all - meanOf(told.map(({ sampling }) => sampling)));
  return Math.max(slow, SLOW_SHARE * others);
}

function squaresOfSteps(values: readonly number[]): number {
  return values.reduce((sum, value, i) => i === 0 ? 0 : sum + (value - values[i - 1]!) ** 2, 0);
}

/** Values no further from their median than the bulk of them. */
function clipped(values: readonly number[]): readonly number[] {
  const median = medianOf(values);
  const far = FAR_OUT * 1.4826 * medianOf(values.map((value) => Math.abs(value - median)));
  return values.map((value) => Math.min(Math.max(value, median - far), median + far));
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

/** The scatter of a metric over the whole of a run; `undefined` when the run is too short to tell. */
export function noiseOf(
  metric: Metric,
  { stats, timeline }: { readonly stats: Stats; readonly timeline: readonly TimelinePoint[] },
): Noise | undefined {
  const series = seriesOf(metric, timeline);
  const seen = series && meanNoise(series, noiseKindOf(metric) === "errors");
  if (seen === undefined) return undefined;
  // Users who wait for responses send much more evenly than by chance.
  const least = noiseKindOf(metric) === "throughput" ? 0 : samplingVariance(metric, stats);
  return { ...seen, variance: Math.max(seen.variance, least) };
}

/**
 * The most that chance can do in a run too short to tell its noise: what lies beyond is told however short the run is,
 * what lies within stays unknown. `undefined` for what has no known scatter.
 */
export function maxNoiseOf(metric: Metric, stats: Stats): Noise | undefined {
  const kind = noiseKindOf(metric);
  if (kind === "unknown") return undefined;
  const sampling = samplingVariance(metric, stats);
  if (kind === "errors") return { variance: sampling, degreesOfFreedom: MIN_WINDOWS - 1 };
  const perSecond = MAX_NOISE[kind] ** 2;
  return {
    variance: perSecond * Math.max(1, 1000 / stats.durationMs) + sampling,
    degreesOfFreedom: Infinity,
  };
}

/**
 * The scatter of a metric of one step. Steps have no windows of their own: the whole run tells how much more than a pure
 * sample they scatter.
 */
export function stepNoiseOf(
  metric: Metric,
  { stats, run, timeline }: {
    readonly stats: Stats;
    readonly run: Stats;
    readonly timeline: readonly TimelinePoint[];
  },
): Noise | undefined {
  const whole = noiseOf(metric, { stats: run, timeline });
  const ideal = samplingVariance(metric, run);
  const own = samplingVariance(metric, stats);
  if (whole === undefined || ideal <= 0) return whole;
  if (noiseKindOf(metric) === "throughput") return { ...whole, variance: Math.max(whole.variance, own) };
  return { ...whole, variance: Math.max(whole.variance, own * whole.variance / ideal) };
}

/**
 * The variance of a series' weighted mean, were its windows independent:
 *
 * ```text
 * variance = n/(n − 1) · 1/n² · Σ pull²
 * pull     = (value − mean) · weight / mean weight      how far a window moves the mean, times n
 * ```
 *
 * relative to the squared mean unless `isAbsolute`. What windows share is in {@linkcode driftOf}.
 */
export function meanNoise(series: readonly Weighted[], isAbsolute = false): Noise | undefined {
  const n = series.length;
  if (n < MIN_WINDOWS) return undefined;
  const weight = meanOf(series.map((window) => window.weight));
  const mean = meanOf(series.map((window) => window.value * window.weight)) / weight;
  if (mean === 0) return isAbsolute ? { variance: 0, degreesOfFreedom: n - 1 } : undefined;
  const squares = series.reduce(
    (sum, window) => sum + ((window.value - mean) * window.weight / weight) ** 2,
    0,
  );
  const variance = squares / (n * (n - 1));
  return { variance: isAbsolute ? variance : variance / mean ** 2, degreesOfFreedom: n - 1 };
}

/**
 * A metric second by second, rates by their time, the others by their requests: a second in which little was answered
 * says as little. Windows shorter than half a second are left out. `undefined`: there is no series.
 */
function seriesOf(metric: Metric, timeline: readonly TimelinePoint[]): readonly Weighted[] | undefined {
  const windows = timeline.filter(({ fromMs, toMs }) => toMs - fromMs >= 500);
  const perSecond = (read: (point: TimelinePoint) => number) =>
    windows.map((point) => {
      const weight = (point.toMs - point.fromMs) / 1000;
      return { value: read(point) / weight, weight };
    });
  const measured = (read: (point: TimelinePoint) => number | undefined) =>
    windows.flatMap((point) => {
      const value = read(point);
      return value === undefined || point.requests === 0 ? [] : [{ value, weight: point.requests }];
    });
  switch (noiseKindOf(metric)) {
    case "throughput":
      return perSecond(({ requests, errors, unfilled = 0, bodyBytes }) =>
        metric.unit.startsWith("B")
          ? bodyBytes
          : metric.key === "success_rps"
          ? requests - (errors - unfilled)
          : requests
      );
    case "errors":
      return windows.flatMap(({ requests, errors, unfilled = 0 }) => {
        const weight = requests + unfilled;
        return weight === 0 ? [] : [{ value: errors / weight * 100, weight }];
      });
    case "center":
      return measured((point) => metric.key === "avg_latency" ? point.meanMs : exactPercentile(point, "p50"));
    case "tail":
      return measured((point) => exactPercentile(point, "p95"));
    case "far_tail":
      return measured((point) => exactPercentile(point, "p99"));
    case "unknown":
      return undefined;
  }
}

/** The variance that independent samples would have: counts, shares, and ranks around a percentile's. */
function samplingVariance(metric: Metric, { counts }: Stats): number {
  const attempts = attemptsOf(counts);
  switch (noiseKindOf(metric)) {
    case "throughput":
      return attempts > 0 ? 1 / attempts : 0;
    case "errors": {
      // One error more than there were, so that none in a hundred is not taken for never.
      const share = (errorsOf(counts) + 1) / (attempts + 2);
      return 1e4 * share * (1 - share) / (attempts + 2);
    }
    case "unknown":
      return 0;
    default:
      return rankVariance(metric, counts.latency, samplesOf(counts));
  }
}

/** Half the relative distance between the values one standard deviation of the rank apart, squared. */
function rankVariance({ key }: Metric, latency: HistogramData, samples: number): number {
  const share = (percentileOfKey(key) ?? 50) / 100;
  if (latency.count < 2) return 0;
  const spread = Math.sqrt(share * (1 - share) * samples);
  const at = (rank: number) => valueAtRank(latency, Math.min(Math.max(Math.round(rank), 1), latency.count));
  const rank = rankOf(share * 100, samples);
  const value = at(rank);
  return value > 0 ? ((at(rank + spread) - at(rank - spread)) / 2 / value) ** 2 : 0;
}

/** Of the service latency, too, which is noisy in the same way. */
function percentileOfKey(key: string): number | undefined {
  return percentileIn(key.replace(/^service_/, ""));
}
