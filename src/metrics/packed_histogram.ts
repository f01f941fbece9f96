/**
 * Histograms as JSON, in snapshots that cross a wire and in saved runs: exact, in one line of text each.
 *
 * @module
 */
import { EMPTY_HISTOGRAM, type HistogramData, indexOfValue } from "./histogram.ts";

/** A histogram as JSON; times in µs. */
export interface PackedHistogram {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly sum: number;
  readonly sumOfSquares: number;
  /**
   * The buckets that are not empty, `GAP:COUNT` each: the first gap is the bucket's index, each further one the
   * distance to the bucket before. Empty for a histogram without values.
   */
  readonly buckets: string;
}

const BUCKETS = /^(?:\d{1,5}:\d{1,16}(?: \d{1,5}:\d{1,16})*)?$/;

/** Whether a value inside a snapshot or a run is a histogram. */
export function isHistogram(value: unknown): value is HistogramData {
  return typeof value === "object" && value !== null && "sumOfSquares" in value && "counts" in value;
}

/** A histogram as JSON. */
export function packHistogram(
  { count, min, max, sum, sumOfSquares, offset, counts }: HistogramData,
): PackedHistogram {
  let buckets = "";
  let last = 0;
  for (let i = 0; i < counts.length; i++) {
    if (!counts[i]) continue;
    buckets += `${buckets && " "}${offset + i - last}:${counts[i]}`;
    last = offset + i;
  }
  return { count, min, max, sum, sumOfSquares, buckets };
}

/** The histogram that was packed; `undefined` when its parts contradict each other. */
export function unpackHistogram({ buckets, ...sums }: PackedHistogram): HistogramData | undefined {
  if (sums.count === 0 && buckets === "") return EMPTY_HISTOGRAM;
  if (!BUCKETS.test(buckets) || !(sums.min <= sums.max && sums.max < 2 ** 32)) return undefined;
  const numbers = buckets.split(/[: ]/).map(Number);
  let last = 0;
  let count = 0;
  for (let i = 0; i < numbers.length; i += 2) {
    last += numbers[i]!;
    count += numbers[i + 1]!;
    if (numbers[i + 1] === 0 || (i > 0 && numbers[i] === 0)) return undefined;
  }
  const offset = indexOfValue(sums.min);
  // Nothing is allocated before extremes, counts and their places belong together.
  if (count !== sums.count || numbers[0] !== offset || last !== indexOfValue(sums.max)) return undefined;
  const counts = new Float64Array(last - offset + 1);
  let at = -offset;
  for (let i = 0; i < numbers.length; i += 2) counts[at += numbers[i]!] = numbers[i + 1]!;
  return { ...sums, offset, counts };
}
