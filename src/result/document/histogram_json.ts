/**
 * Histograms in the JSON result: sparse pairs, so that results can be compared and drawn again later at full resolution.
 *
 * @module
 */
import { type HistogramData, lowestValueOf } from "../../metrics/histogram.ts";

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
