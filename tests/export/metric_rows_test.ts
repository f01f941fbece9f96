/** The metrics that every exporter sends: names, kinds and values. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { GroupRecorder } from "../../src/metrics/group_recorder.ts";
import { EXPORTED_METRICS, metricRows, prometheusName } from "../../src/export/metric_rows.ts";
import { EMPTY_STEP_STATS } from "../../src/metrics/snapshot.ts";
import { EMPTY_SNAPSHOT } from "../../src/metrics/snapshot.ts";
import type { Stats } from "../../src/metrics/stats.ts";
import { histogramOf, stepOf } from "../_support/outcomes.ts";
import { emptyFrame, ticks } from "./sample_run.ts";

function valuesOf(runIndex: number, windowIndex: number): Record<string, number> {
  const at = (index: number, part: "total" | "window") => ticks()[index]![part];
  const run = { counts: at(runIndex, "total").steps[0]!, durationMs: 2000 };
  const window = { counts: at(windowIndex, "window").steps[0]!, durationMs: 1000 };
  return Object.fromEntries(metricRows(run, window).map(({ key, value }) => [key, value]));
}

Deno.test("metricRows() counts over the run and measures over the window", () => {
  const values = valuesOf(1, 1);
  assertEquals(values["requests.total"], 1010);
  assertEquals(values["errors.total"], 10);
  assertEquals(values["duration_sec"], 2);
  assertEquals(values["requests_per_sec"], 505);
  assertEquals(values["success_rps"], 500);
  assertAlmostEquals(values["success_rate"]!, 500 / 505 * 100, 1e-9);
  assertEquals(values["transfer_bytes_per_sec"], 50_000);
  assertAlmostEquals(values["latency.p50"]!, 750, 1);
  assertAlmostEquals(values["latency.p95"]!, 975, 1);
  assertAlmostEquals(values["latency.p99"]!, 995, 1);
  assertAlmostEquals(values["latency.mean"]!, 750.5, 0.001);
  assertEquals(values["latency.max"], 1000);
});

Deno.test("metricRows() leaves out what was not measured", () => {
  assertEquals(emptyFrame().rows.map(({ key, value }) => [key, value]), [
    ["requests.total", 0],
    ["errors.total", 0],
    ["requests_per_sec", 0],
    ["success_rps", 0],
    ["transfer_bytes_per_sec", 0],
    ["duration_sec", 1],
  ]);
  const noTime = metricRows({ counts: EMPTY_STEP_STATS, durationMs: 0 }, {
    counts: EMPTY_STEP_STATS,
    durationMs: 0,
  });
  assertEquals(noTime.map(({ key }) => key), [
    "requests.total",
    "errors.total",
    "duration_sec",
  ]);
});

Deno.test("metricRows() leaves out percentiles that so few requests cannot tell", () => {
  const counts = { ...ticks()[0]!.total.steps[0]!, succeeded: 50 };
  const few = { counts: { ...counts, latency: { ...counts.latency, count: 50 } }, durationMs: 1000 };
  const keys = metricRows(few, few).map(({ key }) => key);
  assert(keys.includes("latency.p95"));
  assert(!keys.includes("latency.p99"));
});

Deno.test("metricRows() leaves out percentiles that are only lower bounds, and has dropped and delayed of an open loop", () => {
  const latency = histogramOf(...Array.from({ length: 60 }, (_, i) => i + 1));
  const stats = {
    counts: stepOf({ latency, unanswered: histogramOf(...new Array(40).fill(1)), serviceLatency: latency }),
    durationMs: 1000,
  };
  const values = (given: Stats) =>
    Object.fromEntries(metricRows(given, given).map(({ key, value }) => [key, value]));
  const closed = values(stats);
  assertEquals(Object.keys(closed).filter((key) => key.startsWith("latency.")), [
    "latency.p50",
    "latency.mean",
  ]);
  const open = values({
    ...stats,
    counts: {
      ...stats.counts,
      dropped: histogramOf(1, 2),
      run: { ...EMPTY_SNAPSHOT, delayed: 5, failedConnects: 3 },
    },
  });
  assertEquals(open["failed_connects.total"], 3);
  assertEquals([open["dropped.total"], open["delayed.total"], closed["dropped.total"]], [2, 5, undefined]);
});

Deno.test("prometheusName() gives the documented names", () => {
  assertEquals(EXPORTED_METRICS.map((metric) => prometheusName("bench", metric)), [
    "bench_requests_total",
    "bench_errors_total",
    "bench_dropped_total",
    "bench_delayed_total",
    "bench_failed_connects_total",
    "bench_requests_per_sec",
    "bench_success_rps",
    "bench_success_rate",
    "bench_transfer_bytes_per_sec",
    "bench_duration_sec",
    "bench_latency_p50_ms",
    "bench_latency_p95_ms",
    "bench_latency_p99_ms",
    "bench_latency_mean_ms",
    "bench_latency_max_ms",
  ]);
});

Deno.test("metricRows() of tokens have their rate and the goodput of the window", () => {
  const tokensOf = (tokens: number, judged: number, good: number) => {
    const group = new GroupRecorder("tokens");
    Object.assign(group.counts, { tokens, judged, good });
    return { counts: stepOf({ latency: histogramOf(1), tokens: group.take() }), durationMs: 2000 };
  };
  const rows = metricRows(tokensOf(100, 10, 9), tokensOf(40, 4, 3));
  const shown = rows.filter(({ key }) => /^(?:goodput|tokens)/.test(key));
  assertEquals(shown.map(({ key, kind, unit, value }) => [key, kind, unit, value]), [
    ["tokens.total", "counter", "{request}", 100],
    ["tokens_per_sec", "gauge", "1/s", 20],
    ["goodput", "gauge", "%", 75],
  ]);
  const plain = metricRows(tokensOf(100, 0, 0), tokensOf(40, 0, 0));
  assertEquals(plain.some(({ key }) => key === "goodput"), false);
});
