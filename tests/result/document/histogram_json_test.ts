/** Histograms in JSON give their percentiles back. */
import { assertEquals } from "@std/assert";
import { histogramJson } from "../../../src/result/document/histogram_json.ts";
import { EMPTY_HISTOGRAM } from "../../../src/metrics/histogram.ts";
import { histogramOf } from "../../_support/outcomes.ts";

Deno.test("histogramJson() is sparse, ascending and starts at each bucket's lowest value", () => {
  assertEquals(histogramJson(histogramOf(1, 1, 0.005, 5000)), [[5, 1], [1000, 2], [4997120, 1]]);
  assertEquals(histogramJson(EMPTY_HISTOGRAM), []);
});
