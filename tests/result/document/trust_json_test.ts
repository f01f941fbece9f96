/** What JSON says of the load generator. */
import { assertEquals } from "@std/assert";
import { percentileSamples, trustJson } from "../../../src/result/document/trust_json.ts";
import { histogramOf, ordinaryOutcome, stepOf } from "../../_support/outcomes.ts";

Deno.test("percentileSamples() counts the samples from a percentile's rank on", () => {
  const of = (count: number) =>
    Object.fromEntries(
      percentileSamples(stepOf({ latency: histogramOf(...new Array(count).fill(1)) }))
        .map(({ percentile, samples }) => [percentile, samples]),
    );
  assertEquals(of(0), {});
  assertEquals(of(1), { 50: 1 });
  assertEquals(of(19), { 50: 10, 75: 5, 90: 2 });
  assertEquals(of(100), { 50: 51, 75: 26, 90: 11, 95: 6, 99: 2 });
  assertEquals(of(999)["99.9"], undefined);
  assertEquals(of(1000)["99.9"], 2);
});

Deno.test("trustJson() tells lag, CPU, clock, samples and connections", () => {
  const { threads, findings, ...rest } = trustJson(ordinaryOutcome().result);
  assertEquals(findings, []);
  assertEquals(rest, {
    sound: true,
    samples: 15_209,
    percentile_samples: { p50: 7605, p75: 3803, p90: 1521, p95: 761, p99: 153, "p99.9": 16, "p99.99": 2 },
    cpu_share: 0.0151,
    clock_resolution_sec: 4e-7,
    reconnects: 6,
  });
  assertEquals(threads.map(({ timer_lag: _, ...thread }) => thread), [
    { thread: 1, busy_share: 0.0153, core_wait_share: 0.002 },
    { thread: 2, busy_share: 0.0149, core_wait_share: 0.0007 },
  ]);
  assertEquals(threads[0]!.timer_lag!.max, 0.0015);
});
