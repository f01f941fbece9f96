/**
 * The terminal report's latency sections: summary, percentiles, "served within" table, histogram and phases.
 *
 * @module
 */
import { formatCount, formatMeasured, formatTime, NOT_MEASURED } from "../../lib/number_format.ts";
import {
  isResolved,
  maxLatencyOf,
  REPORTED_PERCENTILES,
  resolvedServicePercentile,
  servicePercentileOf,
} from "../../metrics/catalog.ts";
import {
  highestValueOf,
  type HistogramData,
  lowestValueOf,
  meanOf,
  rankOf,
  stdevOf,
  valueAtRank,
} from "../../metrics/histogram.ts";
import type { Phase, StepStats } from "../../metrics/snapshot.ts";
import { type Percentile, percentileOf, samplesOf } from "../../metrics/stats.ts";
import { bar, BAR_WIDTH, type ReportContext, type Section } from "./layout.ts";

const SERVED_WITHIN = [50, 66, 75, 80, 90, 95, 98, 99] as const;
const BUCKETS = 20;
const SHORT_BUCKETS = 10;
/** Fewer values are told by their percentiles. */
const MIN_FOR_HISTOGRAM = 20;
/** Columns of a histogram's line besides its bar. */
const BESIDE_BAR = 41;
/** The slowest hundredth gets a range of its own when it makes the span this many times as long. */
const TAIL_FACTOR = 3;

const PHASE_LABELS: readonly (readonly [Phase, string])[] = [
  ["dns", "DNS Lookup"],
  ["connect", "TCP Connect"],
  ["tls", "TLS Handshake"],
  ["ttfb", "TTFB"],
  ["transfer", "Transfer"],
  ["total", "Total"],
];

/** Latency of successful requests; in an open loop the service latency beside it. */
export function latencyStatistics({ stats: { counts } }: ReportContext): Section {
  const samples = samplesOf(counts);
  if (samples === 0) return { title: "LATENCY STATISTICS", lines: [] };
  const served = SERVED_WITHIN.filter((p) => isResolved(p, samples));
  return {
    title: "LATENCY STATISTICS",
    lines: [
      ...summary(counts),
      "",
      "  Latency Percentiles:",
      ...REPORTED_PERCENTILES.filter((p) => isResolved(p, samples)).map((p) =>
        row(`p${p}`, percentileOf(counts, p), resolvedServicePercentile(counts, p))
      ),
      "",
      "  Percentage of requests served within a certain time:",
      ...served.map((p) => row(`${p}%`, percentileOf(counts, p))),
      `${row("100%", percentileOf(counts, 100))}  (longest request)`,
      ...(counts.latency.count > 0 ? ["", "  Latency Histogram:", ...histogramLines(counts.latency)] : []),
    ],
  };
}

/** The same once and on fewer lines: mean and extremes on one, a table of percentiles, ten ranges. */
export function shortLatency({ stats: { counts }, width }: ReportContext): Section {
  const samples = samplesOf(counts);
  if (samples === 0) return { title: "", lines: [] };
  const { latency, serviceLatency } = counts;
  const times = [
    `min ${formatTime(latency.min / 1000)}`,
    `mean ${formatTime((meanOf(latency) ?? 0) / 1000)}`,
    ...(latency.count > 1 ? [`stdev ${formatTime((stdevOf(latency) ?? 0) / 1000)}`] : []),
  ];
  return {
    title: "",
    lines: [
      ...(latency.count > 0 ? [`    ${times.join("  ")}`] : ["    No request succeeded"]),
      ...(serviceLatency ? [`    ${"".padEnd(10)}${"latency".padStart(12)}${"service".padStart(14)}`] : []),
      ...REPORTED_PERCENTILES.filter((p) => isResolved(p, samples)).map((p) =>
        row(`p${p}`, percentileOf(counts, p), resolvedServicePercentile(counts, p))
      ),
      row("Max", maxLatencyOf(counts), serviceLatency && servicePercentileOf(counts, 100)),
      ...(samples >= MIN_FOR_HISTOGRAM && latency.min < latency.max
        ? ["", ...histogramLines(latency, SHORT_BUCKETS, Math.min(BAR_WIDTH, width - BESIDE_BAR))]
        : []),
    ],
  };
}

/** Responses that count as errors, timed apart. */
export function errorStatusLatency({ stats: { counts: { failedLatency } } }: ReportContext): Section {
  const title = "ERROR-STATUS LATENCY";
  if (failedLatency.count === 0) return { title, lines: [] };
  const percentiles = [50, 95, 99].filter((p) => isResolved(p, failedLatency.count));
  return {
    title,
    lines: [
      `    ${"Count:".padEnd(10)}${formatCount(failedLatency.count).padStart(12)}`,
      row("Min:", exact(failedLatency.min)),
      row("Max:", exact(failedLatency.max)),
      row("Mean:", exact(meanOf(failedLatency))),
      ...percentiles.map((p) =>
        row(`p${p}`, exact(valueAtRank(failedLatency, rankOf(p, failedLatency.count))))
      ),
    ],
  };
}

/** Where the time went, phase by phase. */
export function breakdown({ stats: { counts }, result: { total } }: ReportContext): Section {
  const { phases } = counts;
  const title = "LATENCY BREAKDOWN (averages)";
  if (phases === undefined) return { title, lines: [] };
  return {
    title,
    lines: [
      ...PHASE_LABELS.map(([phase, label]) => phaseLine(label, phases[phase])),
      "",
      `    ${"New Connections:".padEnd(20)}${formatCount(total.connects)}`,
      `    ${"Reused Connections:".padEnd(20)}${formatCount(total.reused)}`,
    ],
  };
}

/**
 * Twenty ranges, or as many as wanted, from the smallest to the largest value: range, bar, count, percent. They are equally wide, but where a
 * few slow requests would squeeze all others into the first ones, the last range takes the slowest hundredth whole.
 */
export function histogramLines(
  data: HistogramData,
  buckets = BUCKETS,
  barWidth = BAR_WIDTH,
): readonly string[] {
  if (data.min === data.max) return [`    All requests: ${formatTime(data.min / 1000)}`];
  const p99 = valueAtRank(data, rankOf(99, data.count));
  const hasTail = p99 > data.min && data.max - data.min > TAIL_FACTOR * (p99 - data.min);
  const equal = hasTail ? buckets - 1 : buckets;
  const width = ((hasTail ? p99 : data.max) - data.min) / equal;
  const counts = new Array<number>(buckets).fill(0);
  for (let i = 0; i < data.counts.length; i++) {
    const index = data.offset + i;
    // A recorded bucket stands at its middle, which may lie outside the exact extremes.
    const us = (lowestValueOf(index) + highestValueOf(index) + 1) / 2;
    const at = Math.min(Math.max(Math.floor((us - data.min) / width), 0), buckets - 1);
    counts[at] = (counts[at] ?? 0) + (data.counts[i] ?? 0);
  }
  const largest = Math.max(...counts);
  const edges = Array.from({ length: buckets + 1 }, (_, i) => i < buckets ? data.min + i * width : data.max);
  return counts.map((count, i) => {
    const [from, to] = [edges[i]!, edges[i + 1]!].map((us) => formatTime(us / 1000).padStart(9));
    const percent = `${(count / data.count * 100).toFixed(1)}%`;
    return `  ${from} - ${to}  ${bar(count, largest, barWidth)}${formatCount(count).padStart(8)}${
      percent.padStart(7)
    }`;
  });
}

function summary(counts: StepStats): readonly string[] {
  const { latency, serviceLatency: service } = counts;
  const heading = service ? [`    ${"".padEnd(10)}${"Latency".padStart(12)}${"Service".padStart(14)}`] : [];
  if (latency.count === 0) return ["    No request was answered successfully"];
  return [
    ...heading,
    row("Min:", exact(latency.min), service && exact(service.min)),
    row("Max:", maxLatencyOf(counts), service && servicePercentileOf(counts, 100)),
    row("Mean:", exact(meanOf(latency)), service && exact(meanOf(service))),
    row("Median:", percentileOf(counts, 50), servicePercentileOf(counts, 50)),
    ...(latency.count > 1
      ? [row("Stdev:", exact(stdevOf(latency)), service && exact(stdevOf(service)))]
      : []),
  ];
}

function row(label: string, value: Percentile | undefined, second?: Percentile | undefined): string {
  const beside = second === undefined ? "" : formatMeasured(second).padStart(14);
  return `    ${label.padEnd(10)}${formatMeasured(value).padStart(12)}${beside}`;
}

/** A value in µs that is no bound. */
function exact(us: number | undefined): Percentile | undefined {
  return us === undefined ? undefined : { ms: us / 1000, isAtLeast: false };
}

function phaseLine(label: string, data: HistogramData): string {
  const start = `    ${`${label}:`.padEnd(15)}`;
  if (data.count === 0) return `${start}${NOT_MEASURED.padStart(12)}  (not measured)`;
  const quantile = (p: number) => formatTime(valueAtRank(data, rankOf(p, data.count)) / 1000);
  const facts = [
    `min=${formatTime(data.min / 1000)}`,
    `max=${formatTime(data.max / 1000)}`,
    `p50=${quantile(50)}`,
    `p95=${quantile(95)}`,
  ];
  return `${start}${formatTime((meanOf(data) ?? 0) / 1000).padStart(12)}  (${facts.join(", ")})`;
}
