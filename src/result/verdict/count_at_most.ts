/**
 * How many values of a histogram are at most so large, for those who ask the same one again and again.
 *
 * @module
 */
import { type HistogramData, indexOfValue, lowestValueOf } from "../../metrics/histogram.ts";

/** Of each histogram that was asked: how many values its buckets hold, each with all before it. */
const sums = new WeakMap<HistogramData, Float64Array>();

/** Values of at most so many µs; of the bucket that holds the bound, the part below it. */
export function countAtMost(data: HistogramData, us: number): number {
  if (us >= data.max) return data.count;
  if (us < data.min) return 0;
  const bucket = indexOfValue(us) - data.offset;
  const upTo = sumsOf(data);
  const before = bucket === 0 ? 0 : upTo[bucket - 1]!;
  const [low, next] = [lowestValueOf(data.offset + bucket), lowestValueOf(data.offset + bucket + 1)];
  return before + (upTo[bucket]! - before) * (us - low) / (next - low);
}

function sumsOf(data: HistogramData): Float64Array {
  const known = sums.get(data);
  if (known !== undefined) return known;
  let sum = 0;
  const made = Float64Array.from(data.counts, (count) => sum += count);
  sums.set(data, made);
  return made;
}
