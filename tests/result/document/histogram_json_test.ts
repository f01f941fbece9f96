import { assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { histogramFromJson, histogramJson } from "../../../src/result/document/histogram_json.ts";
import { EMPTY_HISTOGRAM, rankOf, valueAtRank } from "../../../src/metrics/histogram.ts";
import { histogramOf } from "../../_support/outcomes.ts";

Deno.test("histogramJson() is sparse, ascending and starts at each bucket's lowest value", () => {
  assertEquals(histogramJson(histogramOf(1, 1, 0.005, 5000)), [[5, 1], [1000, 2], [4997120, 1]]);
  assertEquals(histogramJson(EMPTY_HISTOGRAM), []);
});

Deno.test("histogramFromJson() gives every percentile again within 0.1 %", () => {
  fc.assert(fc.property(
    fc.array(fc.integer({ min: 0, max: 3_600_000 }), { minLength: 1, maxLength: 50 }),
    fc.double({ min: 0.001, max: 100, noNaN: true }),
    (ms, percentile) => {
      const data = histogramOf(...ms);
      const again = histogramFromJson(histogramJson(data));
      assertEquals(histogramJson(again), histogramJson(data));
      const rank = rankOf(percentile, data.count);
      const [expected, actual] = [valueAtRank(data, rank), valueAtRank(again, rank)];
      assertLessOrEqual(Math.abs(actual - expected), expected * 0.001, `${actual} is not ${expected}`);
    },
  ));
});

Deno.test("histogramFromJson() adds up pairs that fall into one bucket", () => {
  assertEquals(histogramFromJson([[1_000_000, 2], [1_000_001, 3]]).counts[0], 5);
  assertEquals(histogramFromJson([]), EMPTY_HISTOGRAM);
});
