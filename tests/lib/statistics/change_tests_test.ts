/** Steps, trends and periods are found where they are, and not where there is none. */
import { assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import { strongestPeriod, strongestStep, trendOf } from "../../../src/lib/statistics/change_tests.ts";
import { noiseOfSeed } from "../../_support/noise.ts";

const LENGTH = 40;
const series = (seed: number, valueAt: (i: number) => number) => {
  const { gauss } = noiseOfSeed(seed);
  return Array.from({ length: LENGTH }, (_, i) => valueAt(i) + gauss());
};

Deno.test("a step is found where it is", () => {
  const step = strongestStep(series(1, (i) => i < 25 ? 100 : 112))!;
  assertAlmostEquals(step.at, 25, 1);
  assertAlmostEquals(step.before, 100, 1);
  assertAlmostEquals(step.after, 112, 1);
  assertGreater(step.strength, 8);
  assertEquals(strongestStep([1, 1, 1, 1, 1]), undefined);
});

Deno.test("a trend is found with its two ends", () => {
  const trend = trendOf(series(2, (i) => 100 + i / 2))!;
  assertAlmostEquals(trend.from, 100, 1.5);
  assertAlmostEquals(trend.to, 119.5, 1.5);
  assertGreater(trend.strength, 7);
  assertEquals(trendOf([1, 2]), undefined);
});

Deno.test("a period is found with its length", () => {
  const period = strongestPeriod(series(3, (i) => 100 + 8 * Math.sin(2 * Math.PI * i / 8)))!;
  assertAlmostEquals(period.length, 8, 0.5);
  assertAlmostEquals(period.amplitude, 8, 1);
  assertGreater(period.share, 0.8);
});

Deno.test("numbers at random have none of these", () => {
  for (let seed = 10; seed < 60; seed++) {
    const still = series(seed, () => 100);
    assertLess(strongestStep(still)!.strength, 8);
    assertLess(trendOf(still)!.strength, 7);
    assertLess(strongestPeriod(still)!.share, 0.65);
  }
});
