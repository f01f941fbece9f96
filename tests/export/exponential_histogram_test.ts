/** Histograms as OpenTelemetry wants them. */
import { assert, assertAlmostEquals, assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { bucketOf, exponentialHistogram } from "../../src/export/exponential_histogram.ts";
import { EMPTY_HISTOGRAM, Histogram } from "../../src/metrics/histogram.ts";

function histogramOf(valuesUs: readonly number[]) {
  const histogram = new Histogram();
  for (const value of valuesUs) histogram.record(value);
  return exponentialHistogram(histogram.take());
}

Deno.test("exponentialHistogram() is absent without values", () => {
  assertEquals(exponentialHistogram(EMPTY_HISTOGRAM), undefined);
});

Deno.test("bucketOf() puts a power of the base at the end of its bucket", () => {
  for (let scale = -2; scale <= 8; scale++) {
    for (let index = -20; index <= 20; index++) {
      assertEquals(bucketOf(2 ** ((index + 1) / 2 ** scale), scale), index);
    }
  }
});

Deno.test("exponentialHistogram() keeps count, sum and extremes in ms, zeros apart", () => {
  const histogram = histogramOf([0, 0, 1000, 3000])!;
  assertEquals(histogram.count, 4);
  assertEquals(histogram.sum, 4);
  assertEquals([histogram.min, histogram.max, histogram.zeroCount], [0, 3, 2]);
  assertEquals(histogram.positive.bucketCounts.reduce((sum, count) => sum + count, 0), 2);
});

Deno.test("exponentialHistogram() of zeros alone has no buckets", () => {
  const histogram = histogramOf([0, 0])!;
  assertEquals([histogram.zeroCount, histogram.positive.bucketCounts.length], [2, 0]);
});

Deno.test("exponentialHistogram() puts every value into a bucket that holds it, in at most 160", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 2 ** 31 }), { minLength: 1, maxLength: 50 }), (values) => {
      const { scale, positive, count } = histogramOf(values)!;
      assertLessOrEqual(positive.bucketCounts.length, 160);
      assertEquals(positive.bucketCounts.reduce((sum, n) => sum + n, 0), count);
      const base = 2 ** (2 ** -scale);
      for (const us of values) {
        // The values' own buckets are 0.1 % wide, so a value near a bound may be one bucket further.
        const index = bucketOf(us / 1000, scale) - positive.offset;
        const near = [index - 1, index, index + 1].some((i) => (positive.bucketCounts[i] ?? 0) > 0);
        assert(near, `${us} µs in no bucket`);
      }
      assertAlmostEquals(Math.log2(base), 2 ** -scale, 1e-12);
    }),
  );
});
