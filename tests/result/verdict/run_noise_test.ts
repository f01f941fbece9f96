/** How much of a run is chance. */
import { assert, assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import { Random } from "../../../src/lib/random.ts";
import { metricFor } from "../../../src/metrics/catalog.ts";
import {
  blockNoise,
  noiseKindOf,
  noiseOf,
  stepNoiseOf,
  type Weighted,
} from "../../../src/result/verdict/run_noise.ts";
import type { TimelinePoint } from "../../../src/result/series/timeline_point.ts";
import { histogramOf, stepOf, tailedHistogram } from "../../_support/outcomes.ts";

/** Windows of the same weight. */
function even(values: readonly number[]): readonly Weighted[] {
  return values.map((value) => ({ value, weight: 1 }));
}

/** Standard normal values. */
function normal(random: Random): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += random.fraction();
  return sum;
}

Deno.test("blockNoise() of independent values is the variance of their mean", () => {
  const random = new Random(5);
  let sum = 0;
  for (let run = 0; run < 400; run++) {
    const series = Array.from({ length: 30 }, () => 100 + 10 * normal(random));
    sum += blockNoise(even(series))!.variance;
  }
  // 10 % of the mean, over 30 values.
  assertAlmostEquals(Math.sqrt(sum / 400), 0.1 / Math.sqrt(30), 0.002);
});

Deno.test("blockNoise() sees that neighbouring seconds are alike", () => {
  const random = new Random(6);
  let blocks = 0;
  let truth = 0;
  for (let run = 0; run < 400; run++) {
    let drift = 0;
    const series = Array.from({ length: 60 }, () => 100 + (drift = 0.6 * drift + 5 * normal(random)));
    const mean = series.reduce((sum, value) => sum + value, 0) / series.length;
    blocks += blockNoise(even(series))!.variance / 400;
    truth += (mean / 100 - 1) ** 2 / 400;
  }
  const independent = (5 / 0.8 / 100) ** 2 / 60;
  assertGreater(truth, 2.5 * independent);
  assertGreater(blocks, 0.5 * truth);
  assertLess(blocks, 1.2 * truth);
});

Deno.test("blockNoise() is always the same, and knows nothing of fewer than four windows", () => {
  assertEquals(blockNoise(even([1, 2, 3])), undefined);
  assertEquals(blockNoise(even([0, 0, 0, 0])), undefined);
  assertEquals(blockNoise(even([0, 0, 0, 0]), true)?.variance, 0);
  assertEquals(blockNoise(even([1, 2, 3, 4])), blockNoise(even([1, 2, 3, 4])));
});

Deno.test("blockNoise() counts a second with few requests for little", () => {
  const steady = Array.from({ length: 12 }, (_, i) => ({ value: 100 + i % 3, weight: 1000 }));
  const stalled = [...steady, { value: 900, weight: 1 }];
  assertLess(blockNoise(stalled)!.variance, 2 * blockNoise(steady)!.variance);
  assertGreater(
    blockNoise([...steady, { value: 900, weight: 1000 }])!.variance,
    100 * blockNoise(steady)!.variance,
  );
});

Deno.test("noiseKindOf() has no idea how extremes and counts scatter", () => {
  const extremes = ["min_latency", "max_latency", "stdev_latency", "duration", "p100"];
  for (const key of [...extremes, "total_requests", "total_errors", "total_bytes"]) {
    assertEquals(noiseKindOf(metricFor(key)!), "unknown", key);
  }
  assertEquals(noiseKindOf(metricFor("p99.9")!), "far_tail");
  assertEquals(noiseKindOf(metricFor("service_p50")!), "center");
});

function seconds(count: number): readonly TimelinePoint[] {
  return Array.from({ length: count }, (_, i) => ({
    fromMs: i * 1000,
    toMs: (i + 1) * 1000,
    requests: 100,
    errors: 0,
    users: 1,
    bodyBytes: 100,
    meanMs: 2,
    p50Ms: 2,
    p95Ms: 4,
    p99Ms: 8,
  }));
}

Deno.test("noiseOf() is never less than the number of samples allows", () => {
  const stats = { counts: stepOf({ latency: tailedHistogram(1000, 2) }), durationMs: 10_000 };
  const timeline = seconds(10);
  const at = (key: string) => noiseOf(metricFor(key)!, { stats, timeline })!.variance;
  assertAlmostEquals(at("rps"), 0, 1e-9);
  assertGreater(at("p99"), at("p95"));
  assertGreater(at("p95"), 0);
  // One error more than none in a thousand.
  assertAlmostEquals(Math.sqrt(at("error_rate")), 0.1, 0.01);
});

Deno.test("stepNoiseOf() of a rare step is larger than the run's", () => {
  const run = { counts: stepOf({ latency: tailedHistogram(1000, 2) }), durationMs: 10_000 };
  const stats = { counts: stepOf({ latency: histogramOf(2, 2, 3, 3, 4, 9) }), durationMs: 10_000 };
  const timeline = seconds(10);
  const own = stepNoiseOf(metricFor("rps")!, { stats, run, timeline });
  const whole = noiseOf(metricFor("rps")!, { stats: run, timeline });
  assert(own && whole);
  assertGreater(own.variance, 50 * whole.variance);
});
