/** Thresholds: their grammar, and how they are judged. */
import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../src/lib/errors.ts";
import { Histogram } from "../../../src/metrics/histogram.ts";
import { EMPTY_STEP_STATS, type StepStats } from "../../../src/metrics/snapshot.ts";
import type { Stats } from "../../../src/metrics/stats.ts";
import { judge, parseThreshold } from "../../../src/result/verdict/threshold.ts";

/** Statistics over one second: answered and never answered requests by their times in ms. */
function statsOf(answeredMs: readonly number[], unansweredMs: readonly number[] = []): Stats {
  const latency = new Histogram();
  const unanswered = new Histogram();
  for (const ms of answeredMs) latency.record(ms * 1000);
  for (const ms of unansweredMs) unanswered.record(ms * 1000);
  const counts: StepStats = {
    ...EMPTY_STEP_STATS,
    succeeded: answeredMs.length,
    failed: unansweredMs.length,
    latency: latency.take(),
    unanswered: unanswered.take(),
  };
  return { counts, durationMs: 1000 };
}

Deno.test("parseThreshold() reads units into the metric's own", () => {
  const rows: [string, string, number][] = [
    ["p95 < 300ms", "p95", 0.3],
    ["p99.9<1s", "p99.9", 1],
    ["avg_latency <= 250us", "avg_latency", 0.00025],
    ["p50 < 2", "p50", 2],
    ["error_rate < 1%", "error_rate", 1],
    ["error_rate < .5", "error_rate", 0.5],
    ["rps > 100", "rps", 100],
    ["service_p95 < 10ms", "service_p95", 0.01],
  ];
  for (const [expression, key, bound] of rows) {
    const threshold = parseThreshold(expression);
    assertEquals([threshold.metric.key, threshold.bound], [key, bound], expression);
  }
  assertEquals(parseThreshold("p95 < 5").isUnitMissing, true);
  assertEquals(parseThreshold("p95 < 5s").isUnitMissing, false);
  for (
    const [given, shown] of [["p95 < 300", "p95 < 300 s"], ["error_rate < 1", "error_rate < 1%"], ["rps > 5"]]
  ) {
    const { expression, bound } = parseThreshold(given!);
    assertEquals(expression, shown ?? given);
    assertEquals(parseThreshold(expression).bound, bound);
  }
});

Deno.test("parseThreshold() takes step names with blanks and colons", () => {
  assertEquals(parseThreshold("step:GET /a: b p95 < 1s").part?.name, "GET /a: b");
});

Deno.test("parseThreshold() refuses what it cannot judge", () => {
  for (
    const bad of [
      "",
      "p95",
      "p95 == 1s",
      "p95 < -1s",
      "p95 < 5.",
      "nonsense < 1",
      "rps > 5ms",
      "p95 < 5%",
      "p101 < 1s",
    ]
  ) {
    assertThrows(() => parseThreshold(bad), UsageError);
  }
});

Deno.test("judge() compares with what was measured and shows it", () => {
  const stats = statsOf([100, 100, 100, 100]);
  assertEquals(judge(parseThreshold("p95 < 200ms"), stats).passed, true);
  assertEquals(judge(parseThreshold("p95 < 50ms"), stats), {
    expression: "p95 < 50ms",
    actual: "100.00ms",
    passed: false,
  });
  assertEquals(judge(parseThreshold("rps >= 4"), stats).passed, true);
});

Deno.test("judge() fails what was not measured", () => {
  assertEquals(judge(parseThreshold("p95 < 1s"), statsOf([])), { expression: "p95 < 1s", passed: false });
  assertEquals(judge(parseThreshold("error_rate < 1%"), undefined).passed, false);
});

Deno.test("judge() fails a percentile that is only known to be at least something", () => {
  const stats = statsOf([1, 1], [2, 2]);
  assertEquals(judge(parseThreshold("p99 < 10s"), stats), {
    expression: "p99 < 10s",
    actual: "≥ 2.00ms",
    passed: false,
  });
  assertEquals(judge(parseThreshold("p50 < 10s"), stats).passed, true);
});
