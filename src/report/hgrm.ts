/**
 * The latency distribution as text, in the percentile format of HdrHistogram (`outputPercentileDistribution`), which its
 * plotters and spreadsheets read. Values in ms. Requests that were never answered rank behind all others, as everywhere;
 * the format cannot say "at least", so the lines end where they begin.
 *
 * @module
 */
import { escapeTerminal } from "../lib/escape.ts";
import { highestValueOf, type HistogramData, meanOf, stdevOf } from "../metrics/histogram.ts";
import { targetText } from "../result/describe_run.ts";
import type { Outcome } from "../result/outcome.ts";
import { samplesOf } from "../metrics/stats.ts";
import { overallStats } from "../result/run_result.ts";
import type { Reporter } from "./reporter.ts";

/** Lines between one half of what is left and the next, as the reference program prints by default. */
const TICKS_PER_HALF = 5;

/** Writes the distribution; only the heading and the remarks when nothing was measured. */
export const hgrmReporter: Reporter = {
  name: "hgrm",
  render: (outcome) => {
    const { counts } = overallStats(outcome.result);
    const samples = samplesOf(counts);
    return [
      "       Value     Percentile TotalCount 1/(1-Percentile)",
      "",
      ...percentileLines(counts.latency, samples),
      ...footer(counts.latency, samples),
      ...remarks(outcome, samples - counts.latency.count),
      "",
    ].join("\n");
  },
};

/**
 * The answered requests among `samples`. A line for each step of the percentile that another bucket reaches. Between the median and the maximum the steps halve
 * with the distance that is left: `5 · 2^⌈log₂(100 / (100 − p))⌉` steps would make a whole.
 */
function percentileLines(data: HistogramData, samples: number): readonly string[] {
  const lines: string[] = [];
  let seen = 0;
  let level = 0;
  for (let i = 0; i < data.counts.length; i++) {
    const count = data.counts[i]!;
    if (count === 0) continue;
    seen += count;
    const us = Math.min(highestValueOf(data.offset + i), data.max);
    while (100 * seen / samples >= level) {
      lines.push(`${line(us, level, seen)} ${(100 / (100 - level)).toFixed(2).padStart(14)}`);
      if (seen === samples) return [...lines, line(us, 100, seen)];
      level += 100 / (TICKS_PER_HALF * 2 ** (Math.floor(Math.log2(100 / (100 - level))) + 1));
    }
  }
  return lines;
}

function line(us: number, percent: number, count: number): string {
  return `${millis(us)} ${(percent / 100).toFixed(12)} ${String(count).padStart(10)}`;
}

/** Mean and deviation are those of answered requests; the maximum is left out where it is only a lower bound. */
function footer(data: HistogramData, samples: number): readonly string[] {
  const total = `Total count    = ${String(samples).padStart(12)}]`;
  if (data.count === 0) return [`#[${total}`];
  const mean = millis(meanOf(data) ?? 0);
  return [
    `#[Mean    = ${mean}, StdDeviation   = ${millis(stdevOf(data) ?? 0)}]`,
    data.count === samples ? `#[Max     = ${millis(data.max)}, ${total}` : `#[${total}`,
    // The layout of src/metrics/histogram.ts.
    `#[Buckets = ${"22".padStart(12)}, SubBuckets     = ${"2048".padStart(12)}]`,
  ];
}

/** Plotters skip lines that begin with `#`. */
function remarks({ result, tags }: Outcome, behind: number): readonly string[] {
  return [
    `Latency in ms: ${targetText(result.plan)}`,
    ...(behind > 0
      ? [`${behind} requests without a response rank last; their percentiles are not listed`]
      : []),
    ...Object.entries(tags).map(([key, value]) => `Tag ${key}=${value}`),
  ].map((text) => `# ${escapeTerminal(text)}`);
}

function millis(us: number): string {
  return (us / 1000).toFixed(3).padStart(12);
}
