/**
 * The terminal report's latency sections: summary, percentiles, "served within" table and phases.
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
import { type HistogramData, meanOf, rankOf, stdevOf, valueAtRank } from "../../metrics/histogram.ts";
import type { Phase, StepStats } from "../../metrics/snapshot.ts";
import { isFruitless, type Percentile, percentileOf, samplesOf } from "../../metrics/stats.ts";
import { histogramLines, shortHistogram } from "./histogram_lines.ts";
import { alignColumns } from "./columns.ts";
import { BAR_WIDTH, type ReportContext, type Section, tied } from "./layout.ts";

const SERVED_WITHIN = [50, 66, 75, 80, 90, 95, 98, 99] as const;
/** Fewer values are told by their percentiles. */
const MIN_FOR_HISTOGRAM = 20;
/** Columns of a histogram's line besides its bar. */
const BESIDE_BAR = 41;

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
      ...(latency.count > 0 ? [`    ${times.join("  ")}`] : [nothingText(counts)]),
      ...(serviceLatency ? [`    ${"".padEnd(10)}${"latency".padStart(12)}${"service".padStart(14)}`] : []),
      ...REPORTED_PERCENTILES.filter((p) => isResolved(p, samples)).map((p) =>
        row(`p${p}`, percentileOf(counts, p), resolvedServicePercentile(counts, p))
      ),
      row("Max", maxLatencyOf(counts), serviceLatency && servicePercentileOf(counts, 100)),
      ...(samples >= MIN_FOR_HISTOGRAM && latency.min < latency.max
        ? ["", ...shortHistogram(latency, Math.min(BAR_WIDTH, width - BESIDE_BAR))]
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

/** The same on one line. */
export function shortFailedLatency({ stats: { counts: { failedLatency } } }: ReportContext): Section {
  if (failedLatency.count === 0) return { title: "", lines: [] };
  const percentiles = [50, 95, 99].filter((p) => isResolved(p, failedLatency.count));
  const facts = [
    `count ${formatCount(failedLatency.count)}`,
    `min ${formatTime(failedLatency.min / 1000)}`,
    `mean ${formatTime((meanOf(failedLatency) ?? 0) / 1000)}`,
    ...percentiles.map((p) => `p${p} ${quantile(failedLatency, p)}`),
    `max ${formatTime(failedLatency.max / 1000)}`,
  ];
  return { title: "", lines: [`    ${tied(facts)}`] };
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

/** The phases as a table that fits a narrow terminal. */
export function shortBreakdown({ stats: { counts }, result: { total } }: ReportContext): Section {
  const { phases } = counts;
  if (phases === undefined) return { title: "", lines: [] };
  const rows = PHASE_LABELS.map(([phase, label]) => {
    const data = phases[phase];
    if (data.count === 0) return [label, NOT_MEASURED];
    const times = [meanOf(data) ?? 0, data.min].map((us) => formatTime(us / 1000));
    return [label, ...times, quantile(data, 50), quantile(data, 95), formatTime(data.max / 1000)];
  });
  const columns = [{ width: 13, isLeft: true as const }, ...new Array(5).fill({ width: 8 })];
  return {
    title: "",
    lines: [
      ...alignColumns([["", "mean", "min", "p50", "p95", "max"], ...rows], { columns, gap: " " })
        .map((line) => `  ${line}`),
      `  Connections: ${formatCount(total.connects)} new, ${formatCount(total.reused)} reused`,
    ],
  };
}

/** In place of times. */
function nothingText(counts: StepStats): string {
  return isFruitless(counts) ? "    No request succeeded" : "    No stream ended before the run";
}

function summary(counts: StepStats): readonly string[] {
  const { latency, serviceLatency: service } = counts;
  const heading = service ? [`    ${"".padEnd(10)}${"Latency".padStart(12)}${"Service".padStart(14)}`] : [];
  if (latency.count === 0) return [nothingText(counts)];
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
  const facts = [
    `min=${formatTime(data.min / 1000)}`,
    `max=${formatTime(data.max / 1000)}`,
    `p50=${quantile(data, 50)}`,
    `p95=${quantile(data, 95)}`,
  ];
  return `${start}${formatTime((meanOf(data) ?? 0) / 1000).padStart(12)}  (${facts.join(", ")})`;
}

function quantile(data: HistogramData, percentile: number): string {
  return formatTime(valueAtRank(data, rankOf(percentile, data.count)) / 1000);
}
