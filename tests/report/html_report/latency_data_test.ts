/** The page's latency charts: every request once, and the percentiles of the tables. */
import { assert, assertEquals, assertLess } from "@std/assert";
import { servicePercentileOf } from "../../../src/metrics/catalog.ts";
import { percentileOf } from "../../../src/metrics/stats.ts";
import { curveData, histogramBars } from "../../../src/report/html_report/latency_data.ts";
import { overallStats } from "../../../src/result/run_result.ts";
import { shopOutcome } from "../../_support/html_outcome.ts";
import { histogramOf, stepOf, tailedHistogram } from "../../_support/outcomes.ts";

Deno.test("curveData() passes through the percentiles of the tables", () => {
  const { counts } = overallStats(shopOutcome(60).result);
  const curve = curveData(counts)!;
  const [latency] = curve.lines;
  for (const [percentile, at] of [[50, 2], [90, 10], [95, 20], [99, 100], [99.9, 1000]] as const) {
    const value = latency!.values[curve.x.indexOf(at)]!;
    const exact = percentileOf(counts, percentile)!.ms;
    assertLess(Math.abs(value - exact) / exact, 0.001, `p${percentile}`);
  }
});

Deno.test("curveData() shows the part without answers apart, up to the longest wait", () => {
  const counts = stepOf({
    latency: tailedHistogram(900, 2),
    unanswered: histogramOf(...new Array(100).fill(5000)),
  });
  const { x, lines: [latency, atLeast] } = curveData(counts)!;
  const at = (line: typeof latency, position: number) => line!.values[x.indexOf(position)];
  assertEquals([at(latency, 2) === null, at(atLeast, 2)], [false, null]);
  assertEquals([at(latency, 100), at(atLeast, 100)], [null, 5000]);
  assertEquals(atLeast!.values.at(-1), 5000);
});

Deno.test("curveData() never falls", () => {
  for (const line of curveData(overallStats(shopOutcome(30).result).counts)!.lines) {
    const values = line.values.filter((value) => value !== null);
    assertEquals(values, [...values].sort((a, b) => a - b));
  }
});

Deno.test("histogramBars() counts every request once", () => {
  const { counts } = overallStats(shopOutcome(30).result);
  const bars = histogramBars(counts)!;
  const sums = bars.bars.map((
    { key, values },
  ) => [key, values.reduce<number>((sum, value) => sum + (value ?? 0), 0)]);
  assertEquals(sums, [
    ["latency", counts.latency.count],
    ["failed", counts.failedLatency.count],
    ["at_least", counts.unanswered.count],
  ]);
  assert(bars.bars.every(({ values }) => values.every((value) => Number.isInteger(value) && value! >= 0)));
});

Deno.test("histogramBars() gives a single bar when all values are equal", () => {
  const bars = histogramBars(stepOf({ latency: histogramOf(2, 2, 2, 2) }))!;
  assertEquals(bars.edgesMs, [2, 2]);
  assertEquals(bars.bars.map(({ values }) => values), [[4]]);
});

Deno.test("histogramBars() puts values where they belong on both kinds of axis", () => {
  const linear = histogramBars(stepOf({ latency: histogramOf(10, 10, 20) }))!;
  assertEquals([linear.isLogarithmic, linear.bars[0]!.values[0], linear.bars[0]!.values.at(-1)], [
    false,
    2,
    1,
  ]);
  const logarithmic = histogramBars(stepOf({ latency: histogramOf(1, 10, 10, 100) }))!;
  assertEquals(logarithmic.isLogarithmic, true);
  const middle = logarithmic.edgesMs.findLastIndex((edge) => edge <= 10.001);
  const near = logarithmic.bars[0]!.values.slice(middle - 1, middle + 1);
  assertEquals(near.reduce<number>((sum, value) => sum + (value ?? 0), 0), 2);
});

Deno.test("curveData() ranks unanswered requests behind the service times too", () => {
  const counts = stepOf({
    latency: tailedHistogram(900, 2),
    serviceLatency: tailedHistogram(900, 1),
    unanswered: histogramOf(...new Array(100).fill(5000)),
  });
  const { x, lines } = curveData(counts)!;
  const service = lines.find(({ key }) => key === "service")!;
  assertLess(Math.abs(service.values[x.indexOf(2)]! - servicePercentileOf(counts, 50)!.ms), 0.01);
  assertEquals(service.values[x.indexOf(100)], null);
});

Deno.test("a baseline is a line of its own, scaled to the run's requests among the bars", () => {
  const counts = stepOf({ latency: tailedHistogram(900, 2) });
  const before = stepOf({ latency: tailedHistogram(300, 2) });
  const curve = curveData(counts, before)!;
  assertEquals(curve.x, curveData(counts)!.x);
  assertEquals(curve.lines.map(({ key }) => key), ["latency", "baseline"]);
  assertEquals(curve.lines[1]!.values[0] !== null, true);
  const bars = histogramBars(counts, before)!;
  assertEquals(bars.edgesMs, histogramBars(counts)!.edgesMs);
  const sum = bars.bars.at(-1)!.values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
  assertLess(Math.abs(sum - 900), 900 * 0.05);
  assertEquals(histogramBars(counts, stepOf({}))!.bars.length, 1);
});
