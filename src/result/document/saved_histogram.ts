/**
 * Histograms inside a saved run: exact, in one line of text a histogram.
 *
 * @module
 */
import { EMPTY_HISTOGRAM, type HistogramData, indexOfValue } from "../../metrics/histogram.ts";
import { type Check, fields, isAmount, isCount } from "./document_checks.ts";

/** A histogram as JSON; times in µs. */
export interface SavedHistogram {
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
const HIGHEST_INDEX = indexOfValue(2 ** 32 - 1);

/** Whether a value inside a run is a histogram. */
export function isHistogram(value: object): value is HistogramData {
  return "sumOfSquares" in value && "counts" in value && typeof value.counts === "object";
}

/** A histogram as JSON. */
export function saveHistogram(data: HistogramData): SavedHistogram {
  const { count, min, max, sum, sumOfSquares, offset, counts } = data;
  const buckets: string[] = [];
  let last = 0;
  for (let i = 0; i < counts.length; i++) {
    if (!counts[i]) continue;
    buckets.push(`${offset + i - last}:${counts[i]}`);
    last = offset + i;
  }
  return { count, min, max, sum, sumOfSquares, buckets: buckets.join(" ") };
}

/** The histogram that was saved; the JSON must have passed {@linkcode isSavedHistogram}. */
export function restoreHistogram({ buckets, ...sums }: SavedHistogram): HistogramData {
  const pairs = pairsOf(buckets);
  const first = pairs[0];
  if (first === undefined) return EMPTY_HISTOGRAM;
  const offset = first[0];
  const counts = new Float64Array(pairs.at(-1)![0] - offset + 1);
  for (const [index, count] of pairs) counts[index - offset] = count;
  return { ...sums, offset, counts };
}

const hasFields = fields({
  count: isCount,
  min: isAmount,
  max: isAmount,
  sum: isAmount,
  sumOfSquares: isAmount,
  buckets: (text) => typeof text === "string" && BUCKETS.test(text),
});

/** Whether JSON is a saved histogram whose buckets hold what its count says. */
export const isSavedHistogram: Check = (value) => {
  if (!hasFields(value)) return false;
  const { count, min, max, buckets } = value as SavedHistogram;
  const pairs = pairsOf(buckets);
  return min <= max && pairs.reduce((sum, [, n]) => sum + n, 0) === count &&
    (pairs.at(-1)?.[0] ?? 0) <= HIGHEST_INDEX && pairs.every(([, n]) => n > 0);
};

function pairsOf(buckets: string): readonly (readonly [index: number, count: number])[] {
  let index = 0;
  return buckets === "" ? [] : buckets.split(" ").map((pair) => {
    const [gap, count] = pair.split(":").map(Number) as [number, number];
    return [index += gap, count] as const;
  });
}
