/** Histograms in few bytes come back as they were, or are refused. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { EMPTY_HISTOGRAM } from "../../src/metrics/histogram.ts";
import { packHistogram, unpackHistogram } from "../../src/metrics/packed_histogram.ts";
import { histogramOf } from "../_support/outcomes.ts";

Deno.test("a packed histogram comes back with every bucket and exact sums", () => {
  fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 5e6, noNaN: true })), (values) => {
    const data = histogramOf(...values);
    const again = unpackHistogram(JSON.parse(JSON.stringify(packHistogram(data))));
    assert(again);
    const { counts, ...sums } = again;
    const { counts: expected, ...expectedSums } = data;
    assertEquals([...Array.from(counts)], [...Array.from(expected)]);
    assertEquals(sums, expectedSums);
  }));
  assertEquals(unpackHistogram(packHistogram(EMPTY_HISTOGRAM)), EMPTY_HISTOGRAM);
});

Deno.test("counts that do not add up and buckets that do not exist are no histogram", () => {
  const packed = packHistogram(histogramOf(1, 2, 3));
  for (
    const wrong of [
      { count: 4 },
      { min: packed.max + 1 },
      { max: packed.max * 2 },
      { buckets: `${packed.buckets} 99999:0` },
      { count: 4, buckets: `${packed.buckets} 99999:1` },
      { buckets: "x" },
      { buckets: "" },
    ]
  ) assertEquals(unpackHistogram({ ...packed, ...wrong }), undefined);
});
