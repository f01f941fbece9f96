/**
 * Latency distributions for the charts: the percentile curve after HdrHistogram (percentiles at 1/(1 − p), so that each
 * further nine takes the same room) and a histogram of few bars.
 *
 * @module
 */
import { highestValueOf, type HistogramData, lowestValueOf } from "../../metrics/histogram.ts";
import { serviceRanked } from "../../metrics/catalog.ts";
import { EMPTY_STEP_STATS, type StepStats } from "../../metrics/snapshot.ts";
import { type Ranked, samplesOf, valueAt, waitedInVain } from "../../metrics/stats.ts";
import { rounded } from "./display.ts";

/** Points of the curve for each further nine. */
const POINTS_PER_NINE = 30;
const MAX_BARS = 60;
/** From this ratio of largest to smallest value on, bars are equally wide on a logarithmic axis. */
const LOGARITHMIC_FROM = 8;

/** One line or one set of bars. */
export interface NamedSeries {
  readonly key: "latency" | "at_least" | "service" | "failed" | "baseline";
  readonly label: string;
  readonly values: readonly (number | null)[];
}

/** Lines over a common axis. `x` is 1/(1 − p): 2 is the median, 100 is p99. The last point of a line is its maximum. */
export interface CurveData {
  readonly x: readonly number[];
  /** In ms. */
  readonly lines: readonly NamedSeries[];
}

/** Bars over common bounds: bar i counts values from `edgesMs[i]` to `edgesMs[i + 1]`. */
export interface HistogramBars {
  readonly edgesMs: readonly number[];
  readonly isLogarithmic: boolean;
  readonly bars: readonly NamedSeries[];
}

/** The percentile curve, and a baseline's; `undefined` when nothing was measured. */
export function curveData(counts: StepStats, before?: StepStats): CurveData | undefined {
  const { latency, failedLatency } = counts;
  const all = samplesOf(counts);
  const service = serviceRanked(counts);
  const sources: readonly Line[] = [
    { key: "latency", label: "Latency", ranked: counts, from: 1, to: latency.count },
    { key: "at_least", label: "No response (at least)", ranked: counts, from: latency.count + 1, to: all },
    // Unanswered requests rank behind these too, as in the tables.
    ...(service
      ? [
        {
          key: "service",
          label: "Service time (from sending)",
          ranked: service,
          from: 1,
          to: service.latency.count,
        } as const,
      ]
      : []),
    {
      key: "failed",
      label: "Failed responses",
      ranked: { ...EMPTY_STEP_STATS, latency: failedLatency },
      from: 1,
      to: failedLatency.count,
    },
  ];
  const measured = sources.filter(({ from, to }) => from <= to);
  if (measured.length === 0) return undefined;
  const shown: readonly Line[] = [
    ...measured,
    ...(before && before.latency.count > 0
      ? [{ key: "baseline", label: "Baseline", ranked: before, from: 1, to: before.latency.count } as const]
      : []),
  ];
  const ends = measured.map(({ ranked }) => endOf(samplesOf(ranked)));
  const x = [...new Set([...nines(Math.max(...ends)), ...ends])].sort((a, b) => a - b);
  return {
    x: x.map(rounded),
    lines: shown.map(({ key, label, ranked, from, to }) => ({
      key,
      label,
      values: x.map((at) => {
        const count = samplesOf(ranked);
        if (at > endOf(count)) return null;
        const rank = at === endOf(count)
          ? count
          : Math.min(Math.max(Math.ceil(count * (1 - 1 / at) - 1e-9), 1), count);
        return rank < from || rank > to ? null : rounded(valueAt(ranked, rank).ms);
      }),
    })),
  };
}

/** A line before it is drawn: the ranks `from` to `to`. */
interface Line extends Pick<NamedSeries, "key" | "label"> {
  readonly ranked: Ranked;
  readonly from: number;
  readonly to: number;
}

/**
 * The bars, and a baseline's as if it had had as many requests; `undefined` when nothing was measured. Equal values give a
 * single bar.
 */
export function histogramBars(counts: StepStats, before?: StepStats): HistogramBars | undefined {
  const sources = [
    { key: "latency", label: "Successful", data: counts.latency },
    { key: "failed", label: "Failed responses", data: counts.failedLatency },
    { key: "at_least", label: "No response (at least)", data: waitedInVain(counts) },
  ] as const;
  const shown = sources.filter(({ data }) => data.count > 0);
  if (shown.length === 0) return undefined;
  const lowUs = Math.max(Math.min(...shown.map(({ data }) => data.min)), 1);
  const highUs = Math.max(...shown.map(({ data }) => data.max), lowUs);
  const isLogarithmic = highUs / lowUs >= LOGARITHMIC_FROM;
  const bars = lowUs === highUs ? 1 : MAX_BARS;
  const edgesUs = Array.from({ length: bars + 1 }, (_, i) => {
    const part = i / bars;
    return isLogarithmic ? lowUs * (highUs / lowUs) ** part : lowUs + (highUs - lowUs) * part;
  });
  return {
    edgesMs: edgesUs.map((us) => Number((us / 1000).toPrecision(6))),
    isLogarithmic,
    bars: [
      ...shown.map(({ key, label, data }) => ({ key, label, values: countsBetween(data, edgesUs) })),
      ...(before && before.latency.count > 0 && counts.latency.count > 0
        ? [{
          key: "baseline" as const,
          label: "Baseline (scaled)",
          values: scaledCounts(before.latency, { edgesUs, count: counts.latency.count }),
        }]
        : []),
    ],
  };
}

/** Values between edges, as if there were so many of them in all; those beyond the edges are left out. */
function scaledCounts(
  data: HistogramData,
  { edgesUs, count }: { readonly edgesUs: readonly number[]; readonly count: number },
): readonly number[] {
  // The last edge is a value itself.
  const below = edgesUs.map((edge, i) => countBelow(data, i === edgesUs.length - 1 ? edge + 1 : edge));
  return below.slice(1).map((sum, i) => rounded((sum - below[i]!) / data.count * count));
}

/**
 * Values between neighbouring edges. A histogram's own bucket that an edge cuts is shared out evenly over its width;
 * rounding the running sum keeps counts whole and their total exact.
 */
function countsBetween(data: HistogramData, edgesUs: readonly number[]): readonly number[] {
  const below = edgesUs.map((edge, i) => {
    if (i === 0) return 0;
    return i === edgesUs.length - 1 ? data.count : Math.round(countBelow(data, edge));
  });
  return below.slice(1).map((count, i) => count - below[i]!);
}

function countBelow(data: HistogramData, us: number): number {
  let below = 0;
  for (let i = 0; i < data.counts.length; i++) {
    const count = data.counts[i]!;
    if (count === 0) continue;
    const from = Math.max(lowestValueOf(data.offset + i), data.min);
    const to = Math.min(highestValueOf(data.offset + i) + 1, data.max + 1);
    if (from >= us) break;
    below += to <= us ? count : count * (us - from) / (to - from);
  }
  return below;
}

/** Where a line ends: less than half a nine beyond the last percentile that the sample resolves. */
function endOf(count: number): number {
  return Math.max(count, 2) * 2.5;
}

/** Equally spaced on a logarithmic axis, from 1 to below `end`; the percentiles people name are among them. */
function nines(end: number): readonly number[] {
  const named = [2, 4, 10, 20, 100, 1000, 10_000, 100_000, 1_000_000].filter((at) => at < end);
  const spread = Array.from(
    { length: Math.ceil(Math.log10(end) * POINTS_PER_NINE) },
    (_, i) => 10 ** (i / POINTS_PER_NINE),
  );
  return [...named, ...spread.filter((at) => at < end)];
}
