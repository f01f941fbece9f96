/** Latency histograms in text. */
import { assert, assertEquals } from "@std/assert";
import { histogramLines, shortHistogram } from "../../../src/report/terminal/histogram_lines.ts";
import { histogramOf } from "../../_support/outcomes.ts";

function countsIn(lines: readonly string[]): readonly number[] {
  return lines.map((line) => Number(/([\d,]+) +[\d.]+%$/.exec(line)?.[1]?.replace(",", "")));
}

Deno.test("histogramLines() of equal values is one line", () => {
  assertEquals(histogramLines(histogramOf(5, 5, 5)), ["    All requests: 5.00ms"]);
});

Deno.test("histogramLines() spreads values over twenty equal ranges", () => {
  const lines = histogramLines(
    histogramOf(...Array.from({ length: 20 }, (_, i) => 100 + 10 * i + 5), 100, 300),
  );
  assertEquals(lines.length, 20);
  assertEquals(countsIn(lines), [2, ...new Array(18).fill(1), 2]);
  assertEquals(lines[0], `   100.00ms -  110.00ms  ${"#".repeat(40)}       2   9.1%`);
});

Deno.test("histogramLines() gives the slowest hundredth a range of its own where it would squeeze the others", () => {
  const values = [...Array.from({ length: 1000 }, (_, i) => 100 + i / 10), 5_000, 9_000];
  const lines = histogramLines(histogramOf(...values));
  assertEquals(lines.length, 20);
  assert(countsIn(lines).slice(0, 19).every((count) => count >= 40));
  assert(/^ +199\.\d\dms - +9\.00s/.test(lines[19]!), lines[19]);
});

Deno.test("histogramLines() loses no value, even in ranges narrower than a µs", () => {
  for (const values of [[0.001, 0.002], [0.0013, 0.0019, 5], [1, 3_600_000], [0, 0.001, 0.001]]) {
    const sum = countsIn(histogramLines(histogramOf(...values))).reduce((a, b) => a + b, 0);
    assertEquals(sum, values.length);
  }
});

Deno.test("histogramLines() scales bars to the fullest range and cuts them off", () => {
  const lines = histogramLines(histogramOf(...new Array(100).fill(1), ...new Array(49).fill(21)));
  assertEquals(lines.map((line) => (line.match(/#/g) ?? []).length), [40, ...new Array(18).fill(0), 19]);
});

Deno.test("shortHistogram() puts ranges with few values together, and loses none", () => {
  const values = [...new Array(960).fill(1), 3, 5, 7, ...new Array(30).fill(9), 11, 13, 15, 17, 19, 20, 21];
  const lines = shortHistogram(histogramOf(...values), 10);
  assertEquals(countsIn(lines), [960, 3, 30, 7]);
  assertEquals(lines[1]!.slice(0, 23), "     3.00ms -    9.00ms");
});
