/**
 * The latency distribution as text, in the percentile format of HdrHistogram (`outputPercentileDistribution`), which its
 * plotters and spreadsheets read. Values in ms. Requests without a whole answer rank behind all others, as everywhere.
 *
 * @module
 */
import { escapeTerminal } from "../lib/escape.ts";
import {
  highestValueOf,
  type HistogramData,
  meanOf,
  mergeHistograms,
  stdevOf,
} from "../metrics/histogram.ts";
import { targetText } from "../result/describe_run.ts";
import type { Outcome } from "../result/outcome.ts";
import { overallStats } from "../result/run_result.ts";
import type { Reporter } from "./reporter.ts";

/** Lines between one half of what is left and the next, as the reference program prints by default. */
const TICKS_PER_HALF = 5;

/** Writes the distribution; only the heading and the remarks when nothing was measured. */
export const hgrmReporter: Reporter = {
  name: "hgrm",
  render: (outcome) => {
    const { counts } = overallStats(outcome.result);
    const data = mergeHistograms(counts.latency, counts.unanswered);
    return [
      "       Value     Percentile TotalCount 1/(1-Percentile)",
      "",
      ...percentileLines(data),
      ...footer(data),
      ...remarks(outcome, counts.unanswered.count),
      "",
    ].join("\n");
  },
};

/**
 * A line for each step of the percentile that another bucket reaches. Between the median and the maximum the steps halve
 * with the distance that is left: `5 · 2^⌈log₂(100 / (100 − p))⌉` steps would make a whole.
 */
function percentileLines(data: HistogramData): readonly string[] {
  const lines: string[] = [];
  let seen = 0;
  let level = 0;
  for (let i = 0; i < data.counts.length; i++) {
    const count = data.counts[i]!;
    if (count === 0) continue;
    seen += count;
    const us = Math.min(highestValueOf(data.offset + i), data.max);
    while (100 * seen / data.count >= level) {
      lines.push(`${line(us, level, seen)} ${(100 / (100 - level)).toFixed(2).padStart(14)}`);
      if (seen === data.count) return [...lines, line(us, 100, seen)];
      level += 100 / (TICKS_PER_HALF * 2 ** (Math.floor(Math.log2(100 / (100 - level))) + 1));
    }
  }
  return lines;
}

function line(us: number, percent: number, count: number): string {
  return `${millis(us)} ${(percent / 100).toFixed(12)} ${String(count).padStart(10)}`;
}

function footer(data: HistogramData): readonly string[] {
  const total = `Total count    = ${String(data.count).padStart(12)}]`;
  if (data.count === 0) return [`#[${total}`];
  const mean = millis(meanOf(data) ?? 0);
  return [
    `#[Mean    = ${mean}, StdDeviation   = ${millis(stdevOf(data) ?? 0)}]`,
    `#[Max     = ${millis(data.max)}, ${total}`,
    // The layout of src/metrics/histogram.ts.
    `#[Buckets = ${"22".padStart(12)}, SubBuckets     = ${"2048".padStart(12)}]`,
  ];
}

/** Plotters skip lines that begin with `#`. */
function remarks({ result, tags }: Outcome, unanswered: number): readonly string[] {
  return [
    `Latency in ms: ${targetText(result.plan)}`,
    ...(unanswered > 0
      ? [`${unanswered} requests without a whole answer rank last, with the time they were waited for`]
      : []),
    ...Object.entries(tags).map(([key, value]) => `Tag ${key}=${value}`),
  ].map((text) => `# ${escapeTerminal(text)}`);
}

function millis(us: number): string {
  return (us / 1000).toFixed(3).padStart(12);
}
