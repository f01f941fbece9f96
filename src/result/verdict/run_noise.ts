/**
 * How much of a number is chance: the standard error of a run's metrics, from its windows of a second.
 *
 * Neighbouring seconds are alike, so they are resampled in blocks (Künsch 1989; circular blocks: Politis and Romano
 * 1992). Of a mean, what resampling for ever would give has a closed form, and that is computed: no random numbers, and
 * the same verdict every time. How percentiles scatter is read from the seconds' own percentiles, and is, as that of error
 * rates, never taken to be less than the number of samples allows.
 *
 * A machine that is slower for a while is slower in another run, too. How much so is read from how much slower than their
 * neighbours a run's seconds are on the whole: what their variance has beyond that of steps from one to the next, which
 * von Neumann (1941) took as the measure of slow movement. Of noise that is as strong in every octave of time, as that of
 * computers mostly is, that is about what the next run has.
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

/** How much more than throughput and median the tail scatters. */
export const NOISE_FACTORS = { throughput: 1, center: 1, tail: 2, far_tail: 4 } as const;

/** Relative standard deviation of a second's throughput or median in a run too short to tell: more is no chance. */
const MAX_NOISE = 0.25;

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

/** Seconds that are further from the median, in standard deviations as the middle half has them, count as so far. */
const FAR_OUT = 2;

/**
 * The variance of a metric from one run to the next, as far as a run tells it by itself: by how slowly its seconds move;
 * 0 when they move by chance alone, or are too few. A single second far out is no movement.
 */
export function driftOf(metric: Metric, timeline: readonly TimelinePoint[]): number {
  const isAbsolute = noiseKindOf(metric) === "errors";
  const seconds = (seriesOf(metric, timeline) ?? []).map(({ value }) => value);
  if (seconds.length < MIN_WINDOWS || (!isAbsolute && seconds.some((value) => value <= 0))) return 0;
  const values = clipped(isAbsolute ? seconds : seconds.map(Math.log));
  const n = values.length;
  let steps = 0;
  values.forEach((value, i) => {
    if (i > 0) steps += (value - values[i - 1]!) ** 2;
  });
  return Math.max(0, squaresOf(values) / (n - 1) - steps / (2 * (n - 1)));
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
  const blocks = series && blockNoise(series, noiseKindOf(metric) === "errors");
  if (blocks === undefined) return undefined;
  // Users who wait for responses send much more evenly than by chance.
  const least = noiseKindOf(metric) === "throughput" ? 0 : samplingVariance(metric, stats);
  return { ...blocks, variance: Math.max(blocks.variance, least) };
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
  const perSecond = (MAX_NOISE * NOISE_FACTORS[kind]) ** 2;
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
 * The variance of a series' weighted mean, by circular blocks of `length` windows, the cube root of their number:
 *
 * ```text
 * variance = n/(n − length) · 1/(n² · length) · Σ (sum of the pulls in the block that begins at i)²
 * pull     = (value − mean) · weight / mean weight      how far a window moves the mean, times n
 * ```
 *
 * relative to the squared mean unless `isAbsolute`. The first factor makes up for the few blocks of a short run.
 */
export function blockNoise(series: readonly Weighted[], isAbsolute = false): Noise | undefined {
  const n = series.length;
  if (n < MIN_WINDOWS) return undefined;
  const weight = meanOf(series.map((window) => window.weight));
  const mean = series.reduce((sum, window) => sum + window.value * window.weight, 0) / n / weight;
  if (mean === 0) return isAbsolute ? { variance: 0, degreesOfFreedom: n - 1 } : undefined;
  const pulls = series.map((window) => (window.value - mean) * window.weight / weight);
  const length = Math.max(1, Math.floor(Math.cbrt(n)));
  let squares = 0;
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let k = 0; k < length; k++) sum += pulls[(i + k) % n]!;
    squares += sum ** 2;
  }
  const variance = n / (n - length) * squares / (n * n * length);
  return { variance: isAbsolute ? variance : variance / mean ** 2, degreesOfFreedom: n / length - 1 };
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
