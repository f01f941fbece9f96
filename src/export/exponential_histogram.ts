/**
 * A latency histogram in OpenTelemetry's exponential form: bucket i counts values in (b^i, b^(i+1)] with
 * b = 2^(2^−scale). Source: OpenTelemetry metrics data model, "ExponentialHistogram".
 *
 * @module
 */
import { highestValueOf, type HistogramData } from "../metrics/histogram.ts";

/** What OpenTelemetry's SDKs use at most. */
const MAX_BUCKETS = 160;
/** Buckets 0.27 % wide: hardly wider than those that the values come from. */
const FINEST_SCALE = 8;
const COARSEST_SCALE = -10;

/** Values in ms. */
export interface ExponentialHistogram {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly scale: number;
  readonly zeroCount: number;
  /** `bucketCounts[i]` counts values of bucket `offset + i`. */
  readonly positive: { readonly offset: number; readonly bucketCounts: readonly number[] };
}

/**
 * The bucket of a value above 0 at a scale.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(bucketOf(4, 0), 1); // (2, 4]
 * assertEquals(bucketOf(4.1, 0), 2);
 * ```
 */
export function bucketOf(value: number, scale: number): number {
  const exact = Math.log2(value) * 2 ** scale;
  const nearest = Math.round(exact);
  // A power of the base ends its bucket; the logarithm of one may come out a hair too large.
  return (Math.abs(exact - nearest) < 1e-9 ? nearest : Math.ceil(exact)) - 1;
}

/** Counts by bucket, at the finest scale that takes 160 buckets at most; `undefined` without values. */
export function exponentialHistogram(data: HistogramData): ExponentialHistogram | undefined {
  if (data.count === 0) return undefined;
  const counted: [valueMs: number, count: number][] = [];
  let zeroCount = 0;
  for (let i = 0; i < data.counts.length; i++) {
    const count = data.counts[i] ?? 0;
    const us = Math.min(highestValueOf(data.offset + i), data.max);
    if (us <= 0) zeroCount += count;
    else if (count > 0) counted.push([us / 1000, count]);
  }
  const scale = scaleFor(counted[0]?.[0] ?? 1, counted.at(-1)?.[0] ?? 1);
  const offset = bucketOf(counted[0]?.[0] ?? 1, scale);
  const bucketCounts: number[] = [];
  for (const [value, count] of counted) {
    const position = bucketOf(value, scale) - offset;
    while (bucketCounts.length <= position) bucketCounts.push(0);
    bucketCounts[position]! += count;
  }
  return {
    ...{
      count: data.count,
      sum: data.sum / 1000,
      min: data.min / 1000,
      max: data.max / 1000,
      scale,
      zeroCount,
    },
    positive: { offset: bucketCounts.length === 0 ? 0 : offset, bucketCounts },
  };
}

function scaleFor(lowest: number, highest: number): number {
  let scale = FINEST_SCALE;
  while (scale > COARSEST_SCALE && bucketOf(highest, scale) - bucketOf(lowest, scale) >= MAX_BUCKETS) {
    scale--;
  }
  return scale;
}
