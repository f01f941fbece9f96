/**
 * Latency histograms in the layout of HdrHistogram (Gil Tene): values from 0 to 2^32 − 1 µs (71 minutes) with three
 * significant digits. Recording is one array increment; count, minimum, maximum and sums are exact.
 *
 * ```text
 * index 0 … 2047      one µs each
 * then 1024 a bucket  bucket b ≥ 1 holds 2^(b+10) … 2^(b+11) − 1 in steps of 2^b µs
 * ```
 *
 * @module
 */

const SUB_BUCKET_BITS = 11;
const HALF = 1 << (SUB_BUCKET_BITS - 1);
const SUB_BUCKET_MASK = (1 << SUB_BUCKET_BITS) - 1;
const HIGHEST_US = 2 ** 32 - 1;

/** A histogram as plain data. `counts[i]` counts values of index `offset + i`. All times in µs. */
export interface HistogramData {
  /** Values recorded, 0 or more. */
  readonly count: number;
  /** Exact; 0 when `count` is 0. */
  readonly min: number;
  /** Exact; 0 when `count` is 0, at most 2^32 − 1. */
  readonly max: number;
  /** Exact, for the mean. */
  readonly sum: number;
  /** In µs², for the standard deviation. */
  readonly sumOfSquares: number;
  /** Index of the bucket that `counts[0]` counts; 0 when `count` is 0. */
  readonly offset: number;
  /** Values by bucket, from the one of `min` to the one of `max`; zeros included. */
  readonly counts: ArrayLike<number>;
}

/** The histogram without values; neutral for {@linkcode mergeHistograms}. */
export const EMPTY_HISTOGRAM: HistogramData = {
  count: 0,
  min: 0,
  max: 0,
  sum: 0,
  sumOfSquares: 0,
  offset: 0,
  counts: [],
};

/** The index of a whole number of µs, at most 2^32 − 1. */
export function indexOfValue(us: number): number {
  const bucket = 32 - SUB_BUCKET_BITS - Math.clz32(us | SUB_BUCKET_MASK);
  return bucket * HALF + (us >>> bucket);
}

/** The smallest µs value that shares an index. */
export function lowestValueOf(index: number): number {
  if (index <= SUB_BUCKET_MASK) return index;
  const bucket = Math.floor(index / HALF) - 1;
  return ((index % HALF) + HALF) * 2 ** bucket;
}

/** The largest µs value that shares an index. */
export function highestValueOf(index: number): number {
  return lowestValueOf(index + 1) - 1;
}

/** A histogram that records. Grows with the largest value seen: 8 KB up to 2 ms, 92 KB at most. */
export class Histogram {
  #counts = new Uint32Array(2 * HALF);
  #count = 0;
  #min = Infinity;
  #max = 0;
  #sum = 0;
  #sumOfSquares = 0;

  /** Records one value in µs; fractions count in the sums. */
  record(us: number): void {
    const value = us < 0 ? 0 : us > HIGHEST_US ? HIGHEST_US : us;
    const index = indexOfValue(value);
    if (index >= this.#counts.length) this.#grow(index);
    this.#counts[index]!++;
    this.#count++;
    this.#sum += value;
    this.#sumOfSquares += value * value;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }

  /** Values recorded since the last {@linkcode take}. */
  get count(): number {
    return this.#count;
  }

  /** Hands over what was recorded and starts again from nothing. */
  take(): HistogramData {
    if (this.#count === 0) return EMPTY_HISTOGRAM;
    const from = indexOfValue(this.#min);
    const to = indexOfValue(this.#max) + 1;
    const data: HistogramData = {
      count: this.#count,
      min: this.#min,
      max: this.#max,
      sum: this.#sum,
      sumOfSquares: this.#sumOfSquares,
      offset: from,
      counts: this.#counts.slice(from, to),
    };
    this.#counts.fill(0, from, to);
    this.#count =
      this.#sum =
      this.#sumOfSquares =
      this.#max =
        0;
    this.#min = Infinity;
    return data;
  }

  #grow(index: number): void {
    const grown = new Uint32Array((Math.floor(index / HALF) + 1) * HALF);
    grown.set(this.#counts);
    this.#counts = grown;
  }
}

/** The values of both. Associative and commutative; {@linkcode EMPTY_HISTOGRAM} is neutral. */
export function mergeHistograms(a: HistogramData, b: HistogramData): HistogramData {
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  const offset = Math.min(a.offset, b.offset);
  const end = Math.max(a.offset + a.counts.length, b.offset + b.counts.length);
  const counts = new Float64Array(end - offset);
  // The longer one, most often a total, is copied whole; in the other, most often of a second, few counts are not 0.
  const [longer, shorter] = a.counts.length < b.counts.length ? [b, a] : [a, b];
  counts.set(longer.counts, longer.offset - offset);
  const shift = shorter.offset - offset;
  for (let i = 0; i < shorter.counts.length; i++) {
    const count = shorter.counts[i]!;
    if (count !== 0) counts[shift + i]! += count;
  }
  return {
    count: a.count + b.count,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    sum: a.sum + b.sum,
    sumOfSquares: a.sumOfSquares + b.sumOfSquares,
    offset,
    counts,
  };
}

/** The nearest-rank position of a percentile among `count` values, from 1; computed in thousandths of a percent. */
export function rankOf(percentile: number, count: number): number {
  const milli = BigInt(Math.round(percentile * 1000));
  const rank = (milli * BigInt(count) + 99_999n) / 100_000n;
  return Math.min(Math.max(Number(rank), 1), count);
}

/**
 * The value at a rank (1 is the smallest), in µs, at most 0.1 % too high; exact at both ends.
 * @throws {RangeError} when the histogram has no such rank.
 */
export function valueAtRank(data: HistogramData, rank: number): number {
  if (rank < 1 || rank > data.count) throw new RangeError(`No rank ${rank} among ${data.count} values`);
  if (rank === 1) return data.min;
  if (rank === data.count) return data.max;
  let seen = 0;
  for (let i = 0; i < data.counts.length; i++) {
    seen += data.counts[i]!;
    // Extremes may have fractions.
    if (seen >= rank) return Math.min(Math.max(highestValueOf(data.offset + i), data.min), data.max);
  }
  return data.max;
}

/**
 * The value below which a share of all values lies, in µs, read off between the edges of its bucket: for what is compared
 * with another so closely that whole buckets would be too coarse. `rank`: above 0 up to the number of values, with
 * fractions.
 */
export function valueBetweenRanks(data: HistogramData, rank: number): number {
  let seen = 0;
  for (let i = 0; i < data.counts.length; i++) {
    const count = data.counts[i]!;
    if (count > 0 && seen + count >= rank) {
      const low = lowestValueOf(data.offset + i);
      const width = lowestValueOf(data.offset + i + 1) - low;
      return Math.min(Math.max(low + width * (rank - seen) / count, data.min), data.max);
    }
    seen += count;
  }
  return data.max;
}

/** The arithmetic mean in µs, exact; `undefined` without values. */
export function meanOf(data: HistogramData): number | undefined {
  return data.count === 0 ? undefined : data.sum / data.count;
}

/** The sample standard deviation (n − 1) in µs; `undefined` below two values. */
export function stdevOf(data: HistogramData): number | undefined {
  if (data.count < 2) return undefined;
  const variance = (data.sumOfSquares - data.sum * data.sum / data.count) / (data.count - 1);
  return Math.sqrt(Math.max(variance, 0));
}
