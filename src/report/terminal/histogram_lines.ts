/**
 * Histograms of latencies as lines of text.
 *
 * @module
 */
import { formatCount, formatTime } from "../../lib/number_format.ts";
import {
  highestValueOf,
  type HistogramData,
  lowestValueOf,
  rankOf,
  valueAtRank,
} from "../../metrics/histogram.ts";
import { bar, BAR_WIDTH } from "./layout.ts";

const BUCKETS = 20;
const SHORT_BUCKETS = 10;
/** Ranges next to each other with less than this share of the requests each are shown as one. */
const SMALL_SHARE = 0.02;
/** The slowest hundredth gets a range of its own when it makes the span this many times as long. */
const TAIL_FACTOR = 3;

/** Values from one time to another. */
interface Range {
  readonly fromUs: number;
  readonly toUs: number;
  readonly count: number;
}

/** Twenty ranges from the smallest to the largest value: range, bar, count, percent. */
export function histogramLines(data: HistogramData): readonly string[] {
  return linesOf(data, rangesOf(data, BUCKETS), BAR_WIDTH);
}

/** At most ten ranges; those with few values are put together. */
export function shortHistogram(data: HistogramData, barWidth: number): readonly string[] {
  const isSmall = ({ count }: Range) => count / data.count < SMALL_SHARE;
  const ranges: Range[] = [];
  for (const range of rangesOf(data, SHORT_BUCKETS)) {
    const last = ranges.at(-1);
    if (last !== undefined && isSmall(last) && isSmall(range)) {
      ranges[ranges.length - 1] = { ...last, toUs: range.toUs, count: last.count + range.count };
    } else ranges.push(range);
  }
  return linesOf(data, ranges, barWidth);
}

/**
 * Ranges from the smallest to the largest value. They are equally wide, but where a few slow requests would squeeze all
 * others into the first ones, the last range takes the slowest hundredth whole.
 */
function rangesOf(data: HistogramData, buckets: number): readonly Range[] {
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
  const edges = Array.from({ length: buckets + 1 }, (_, i) => i < buckets ? data.min + i * width : data.max);
  return counts.map((count, i) => ({ fromUs: edges[i]!, toUs: edges[i + 1]!, count }));
}

function linesOf(data: HistogramData, ranges: readonly Range[], barWidth: number): readonly string[] {
  if (data.min === data.max) return [`    All requests: ${formatTime(data.min / 1000)}`];
  const largest = Math.max(...ranges.map(({ count }) => count));
  return ranges.map(({ fromUs, toUs, count }) => {
    const [from, to] = [fromUs, toUs].map((us) => formatTime(us / 1000).padStart(9));
    const percent = `${(count / data.count * 100).toFixed(1)}%`;
    return `  ${from} - ${to}  ${bar(count, largest, barWidth)}${formatCount(count).padStart(8)}${
      percent.padStart(7)
    }`;
  });
}
