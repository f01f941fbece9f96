/** How much of a run is chance. */
import { assert, assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import { Random } from "../../../src/lib/random.ts";
import { metricFor } from "../../../src/metrics/catalog.ts";
import {
  driftOf,
  meanNoise,
  noiseKindOf,
  noiseOf,
  stepNoiseOf,
  type Weighted,
} from "../../../src/result/verdict/run_noise.ts";
import type { TimelinePoint } from "../../../src/result/series/timeline_point.ts";
import { overallStats } from "../../../src/result/run_result.ts";
import { alikeNumbers, noiseOfSeed } from "../../_support/noise.ts";
import { histogramOf, stepOf, tailedHistogram } from "../../_support/outcomes.ts";
import { simulatedRun, STILL } from "../../_support/simulated_run.ts";

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

Deno.test("meanNoise() of independent values is the variance of their mean", () => {
  const random = new Random(5);
  let sum = 0;
  for (let run = 0; run < 400; run++) {
    const series = Array.from({ length: 30 }, () => 100 + 10 * normal(random));
    sum += meanNoise(even(series))!.variance;
  }
  // 10 % of the mean, over 30 values.
  assertAlmostEquals(Math.sqrt(sum / 400), 0.1 / Math.sqrt(30), 0.002);
});

Deno.test("driftOf() sees that neighbouring seconds are alike, and none in seconds that are not", () => {
  const noise = noiseOfSeed(6);
  const drift = (alike: number, seconds: number, sd: number) => {
    const stats = {
      counts: stepOf({ latency: histogramOf(...new Array<number>(4000).fill(20)) }),
      durationMs: 1,
    };
    let sum = 0;
    for (let run = 0; run < 100; run++) {
      const runs = [1, 2].map(() => ({
        stats,
        timeline: alikeNumbers(noise, seconds, alike).map((value, i): TimelinePoint => ({
          ...{ fromMs: i * 1000, toMs: i * 1000 + 1000, requests: 100, errors: 0, users: 1, bodyBytes: 0 },
          p50Ms: 20 * Math.exp(sd * value),
        })),
      }));
      sum += driftOf(metricFor("p50")!, runs) / 100;
    }
    return Math.sqrt(sum) / sd;
  };
  // Of the seconds' standard deviation.
  assertGreater(drift(0.8, 60, 0.05), 0.6);
  assertLess(drift(0.8, 60, 0.05), 1);
  assertGreater(drift(0.8, 8, 0.05), 0.4);
  // Scatter that no few samples explain is partly slow, whether it shows or not.
  assertAlmostEquals(drift(0, 60, 0.05), Math.sqrt(0.4), 0.05);
});

Deno.test("driftOf() of few requests in a second, which scatter by chance, is small", () => {
  const noise = noiseOfSeed(6);
  let sum = 0;
  for (let pair = 0; pair < 60; pair++) {
    const runs = [1, 2].map(() => simulatedRun(noise, { seconds: 8, ms: 20, machine: STILL }).result);
    sum += driftOf(
      metricFor("p50")!,
      runs.map((result) => ({ stats: overallStats(result), timeline: result.timeline })),
    ) / 60;
  }
  assertLess(Math.sqrt(sum), 0.01);
});

Deno.test("meanNoise() is always the same, and knows nothing of fewer than four windows", () => {
  assertEquals(meanNoise(even([1, 2, 3])), undefined);
  assertEquals(meanNoise(even([0, 0, 0, 0])), undefined);
  assertEquals(meanNoise(even([0, 0, 0, 0]), true)?.variance, 0);
  assertEquals(meanNoise(even([1, 2, 3, 4])), meanNoise(even([1, 2, 3, 4])));
});

Deno.test("meanNoise() counts a second with few requests for little", () => {
  const steady = Array.from({ length: 12 }, (_, i) => ({ value: 100 + i % 3, weight: 1000 }));
  const stalled = [...steady, { value: 900, weight: 1 }];
  assertLess(meanNoise(stalled)!.variance, 2 * meanNoise(steady)!.variance);
  assertGreater(
    meanNoise([...steady, { value: 900, weight: 1000 }])!.variance,
    100 * meanNoise(steady)!.variance,
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
