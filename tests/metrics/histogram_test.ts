/** Histograms: buckets without gaps, percentiles within their error, sums in any order. */
import {
  assertAlmostEquals,
  assertEquals,
  assertGreaterOrEqual,
  assertLessOrEqual,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import {
  EMPTY_HISTOGRAM,
  highestValueOf,
  Histogram,
  type HistogramData,
  indexOfValue,
  lowestValueOf,
  meanOf,
  mergeHistograms,
  rankOf,
  stdevOf,
  valueAtRank,
} from "../../src/metrics/histogram.ts";

const valuesUs = fc.array(fc.integer({ min: 0, max: 3_600_000_000 }), { minLength: 1, maxLength: 200 });

function recorded(values: readonly number[]): HistogramData {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram.take();
}

/** Counts as pairs, so that differently cut arrays compare equal. */
function countsOf(data: HistogramData): [number, number][] {
  return Array.from(data.counts, (count, i): [number, number] => [data.offset + i, count])
    .filter(([, count]) => count > 0);
}

Deno.test("indexOfValue() has buckets without gaps or overlaps", () => {
  for (let index = 0; index < 23_551; index++) {
    assertEquals(indexOfValue(lowestValueOf(index)), index);
    assertEquals(indexOfValue(highestValueOf(index)), index);
    assertEquals(highestValueOf(index) + 1, lowestValueOf(index + 1));
  }
});

Deno.test("a bucket is never wider than a thousandth of its values", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 2 ** 32 - 1 }), (us) => {
    const index = indexOfValue(us);
    assertLessOrEqual(highestValueOf(index) - lowestValueOf(index), us / 1000);
  }));
});

Deno.test("valueAtRank() is at most a thousandth above the sorted data, and exact at both ends", () => {
  fc.assert(fc.property(valuesUs, (values) => {
    const data = recorded(values);
    const sorted = values.toSorted((a, b) => a - b);
    sorted.forEach((expected, i) => {
      const actual = valueAtRank(data, i + 1);
      assertGreaterOrEqual(actual, expected, `${actual} for ${expected}`);
      assertLessOrEqual(actual, expected * 1.001, `${actual} for ${expected}`);
    });
    assertEquals(valueAtRank(data, 1), sorted[0]);
    assertEquals(valueAtRank(data, sorted.length), sorted.at(-1));
  }));
});

Deno.test("no value is below the minimum, where microseconds have fractions", () => {
  assertEquals([1, 2, 3].map((rank) => valueAtRank(recorded([5.2, 5.4, 5.6]), rank)), [5.2, 5.2, 5.6]);
});

Deno.test("valueAtRank() refuses ranks that do not exist", () => {
  assertThrows(() => valueAtRank(recorded([1]), 2), RangeError);
  assertThrows(() => valueAtRank(EMPTY_HISTOGRAM, 1), RangeError);
});

Deno.test("mergeHistograms() is associative, commutative and equals recording everything in one", () => {
  fc.assert(fc.property(valuesUs, valuesUs, valuesUs, (a, b, c) => {
    const left = mergeHistograms(mergeHistograms(recorded(a), recorded(b)), recorded(c));
    const right = mergeHistograms(recorded(c), mergeHistograms(recorded(b), recorded(a)));
    const whole = recorded([...a, ...b, ...c]);
    for (const merged of [left, right]) {
      assertEquals(countsOf(merged), countsOf(whole));
      assertEquals([merged.count, merged.min, merged.max], [whole.count, whole.min, whole.max]);
      assertAlmostEquals(merged.sum, whole.sum, 1e-3);
    }
  }));
});

Deno.test("EMPTY_HISTOGRAM is neutral", () => {
  const data = recorded([5, 7]);
  assertEquals(mergeHistograms(EMPTY_HISTOGRAM, data), data);
  assertEquals(mergeHistograms(data, EMPTY_HISTOGRAM), data);
});

Deno.test("take() starts again from nothing", () => {
  const histogram = new Histogram();
  histogram.record(9_999_999);
  histogram.take();
  histogram.record(3);
  assertEquals(countsOf(histogram.take()), [[3, 1]]);
  assertEquals(histogram.take(), EMPTY_HISTOGRAM);
});

Deno.test("record() keeps negative and enormous values within its range", () => {
  const data = recorded([-5, 1e12]);
  assertEquals([data.min, data.max], [0, 2 ** 32 - 1]);
});

Deno.test("meanOf() and stdevOf() are exact, and absent where there is nothing to average", () => {
  const data = recorded([2, 4, 4, 4, 5, 5, 7, 9]);
  assertEquals(meanOf(data), 5);
  assertAlmostEquals(stdevOf(data)!, Math.sqrt(32 / 7), 1e-9);
  assertEquals(meanOf(EMPTY_HISTOGRAM), undefined);
  assertEquals(stdevOf(recorded([1])), undefined);
});

Deno.test("rankOf() is the nearest rank without rounding errors", () => {
  const rows: [percentile: number, count: number, rank: number][] = [
    [50, 1, 1],
    [50, 2, 1],
    [50, 3, 2],
    [99.9, 1000, 999],
    [99.9, 3000, 2997],
    [7, 100, 7],
    [55, 100, 55],
    [100, 10, 10],
    [99.99, 10_000, 9999],
  ];
  for (const [percentile, count, rank] of rows) assertEquals(rankOf(percentile, count), rank);
});
