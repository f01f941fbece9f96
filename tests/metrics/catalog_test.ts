/** The metrics that thresholds and comparisons may name. */
import { SHOWN_COUNTERS } from "../../src/metrics/measures.ts";
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { formatMetricValue, isResolved, metricFor, METRICS } from "../../src/metrics/catalog.ts";
import { EMPTY_STEP_STATS } from "../../src/metrics/snapshot.ts";
import type { Stats } from "../../src/metrics/stats.ts";
import { histogramOf, stepOf } from "../_support/outcomes.ts";

const MIXED: Stats = {
  counts: stepOf({
    latency: histogramOf(1, 2, 3, 4, 5, 6, 7, 8),
    serviceLatency: histogramOf(0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4),
    unanswered: histogramOf(100, 100),
    failedLatency: histogramOf(0.1, 0.1),
    bodyBytes: 4096,
  }),
  durationMs: 2000,
};

const NOTHING: Stats = { counts: EMPTY_STEP_STATS, durationMs: 0 };

const VALUES: readonly (readonly [key: string, value: number, isAtLeast: boolean])[] = [
  ["rps", 6, false],
  ["error_rate", 100 / 3, false],
  ["total_requests", 12, false],
  ["total_errors", 4, false],
  ["total_bytes", 4096, false],
  ["transfer_rate", 2048, false],
  ["duration", 2, false],
  ["min_latency", 0.001, false],
  ["max_latency", 0.1, true],
  ["avg_latency", 0.0045, false],
  ["median_latency", 0.005, false],
  ["p50", 0.005, false],
  ["p90", 0.1, true],
  ["p99.99", 0.1, true],
  ["service_p50", 0.0025, false],
  ["service_p99", 0.1, true],
  ["p70.5", 0.008, false],
];

for (const [key, value, isAtLeast] of VALUES) {
  Deno.test(`metricFor("${key}") reads base units and knows bounds`, () => {
    const metric = metricFor(key);
    assertAlmostEquals(metric?.read(MIXED) ?? NaN, value, Math.abs(value) * 1e-3);
    assertEquals(metric?.isAtLeast(MIXED), isAtLeast);
  });
}

Deno.test("stdev_latency is the sample deviation, and needs two values", () => {
  const metric = metricFor("stdev_latency")!;
  assertAlmostEquals(metric.read(MIXED) ?? NaN, 0.0024494897, 1e-9);
  assertEquals(metric.read({ counts: stepOf({ latency: histogramOf(1) }), durationMs: 1 }), undefined);
});

Deno.test("every ratio and latency of a run that measured nothing is undefined", () => {
  const ofSteps = SHOWN_COUNTERS.filter(({ scope }) => scope === "step").map(({ key }) => key);
  const counts = new Set<string>(["total_requests", "total_errors", "total_bytes", "duration", ...ofSteps]);
  for (const metric of METRICS) {
    assertEquals(metric.read(NOTHING), counts.has(metric.key) ? 0 : undefined, metric.key);
    assertEquals(metric.isAtLeast(NOTHING), false, metric.key);
  }
});

Deno.test("a run without any answer has no mean, and only bounds as percentiles", () => {
  const refused = { counts: stepOf({ unanswered: histogramOf(0.3, 0.3) }), durationMs: 10 };
  assertEquals(metricFor("avg_latency")?.read(refused), undefined);
  assertEquals(metricFor("p95")?.read(refused), 0.0003);
  assertEquals(metricFor("p95")?.isAtLeast(refused), true);
  assertEquals(metricFor("max_latency")?.isAtLeast(refused), true);
});

Deno.test("service percentiles are not measured in a closed loop", () => {
  const closed = { counts: stepOf({ latency: histogramOf(1) }), durationMs: 10 };
  assertEquals(metricFor("service_p50")?.read(closed), undefined);
});

Deno.test("metricFor() resolves aliases and spellings to one key", () => {
  const rows = [
    ["mean_latency", "avg_latency"],
    ["requests_per_sec", "rps"],
    ["p50_latency", "p50"],
    ["p99.90", "p99.9"],
    ["p100", "p100"],
    ["p0.1", "p0.1"],
    ["service_p95", "service_p95"],
  ] as const;
  for (const [name, key] of rows) assertEquals(metricFor(name)?.key, key);
});

Deno.test("metricFor() knows no other names", () => {
  for (
    const name of [
      "",
      "p",
      "p0",
      "p0.0",
      "p101",
      "p100.1",
      "p-5",
      "p5.",
      "p99.9999",
      "P99",
      "p05",
      "p1e1",
      "p 50",
    ]
  ) {
    assertEquals(metricFor(name), undefined, name);
  }
  for (const name of ["rps ", "latency", "toString", "__proto__", "service_", "service_rps"]) {
    assertEquals(metricFor(name), undefined, name);
  }
});

Deno.test("METRICS has every key once, and metricFor() finds it", () => {
  assertEquals(new Set(METRICS.map((metric) => metric.key)).size, METRICS.length);
  for (const metric of METRICS) assertEquals(metricFor(metric.key), metric);
});

Deno.test("isResolved() asks for enough samples above the median", () => {
  const rows = [
    [50, 1, true],
    [50, 0, false],
    [90, 9, false],
    [90, 10, true],
    [99, 99, false],
    [99, 100, true],
    [99.9, 999, false],
    [99.9, 1000, true],
    [99.99, 9999, false],
    [99.99, 10_000, true],
  ] as const;
  for (const [percentile, samples, expected] of rows) {
    assertEquals(isResolved(percentile, samples), expected, `p${percentile} of ${samples}`);
  }
});

Deno.test("formatMetricValue() writes each unit", () => {
  const rows = [
    [0.245, "s", "245.00ms"],
    [0, "%", "0.00%"],
    [523.454, "1/s", "523.45"],
    [1536, "B", "1.50KB"],
    [1536, "B/s", "1.50KB/s"],
    [12345, "1", "12,345"],
  ] as const;
  for (const [value, unit, text] of rows) assertEquals(formatMetricValue(value, unit), text);
});
