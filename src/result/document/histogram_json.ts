/**
 * Histograms in the JSON result: sparse pairs, so that results can be compared and drawn again later at full resolution.
 *
 * @module
 */
import { EMPTY_HISTOGRAM, type HistogramData, indexOfValue, lowestValueOf } from "../../metrics/histogram.ts";

/** Counts by bucket: the smallest µs of the bucket, and how many values fell into it. Ascending, without zeros. */
export type HistogramJson = readonly (readonly [lowestUs: number, count: number])[];

/** A histogram as sparse pairs. */
export function histogramJson(data: HistogramData): HistogramJson {
  const pairs: [number, number][] = [];
  for (let i = 0; i < data.counts.length; i++) {
    const count = data.counts[i] ?? 0;
    if (count > 0) pairs.push([lowestValueOf(data.offset + i), count]);
  }
  return pairs;
}

/** Sparse pairs as a histogram: extremes and sums from the buckets' lowest values, so at most 0.1 % too small. */
export function histogramFromJson(pairs: HistogramJson): HistogramData {
  const first = pairs[0];
  const last = pairs.at(-1);
  if (first === undefined || last === undefined) return EMPTY_HISTOGRAM;
  const offset = indexOfValue(first[0]);
  const counts = new Float64Array(indexOfValue(last[0]) - offset + 1);
  let count = 0;
  let sum = 0;
  let sumOfSquares = 0;
  for (const [us, n] of pairs) {
    counts[indexOfValue(us) - offset]! += n;
    count += n;
    sum += us * n;
    sumOfSquares += us * us * n;
  }
  return { count, min: first[0], max: last[0], sum, sumOfSquares, offset, counts };
}
