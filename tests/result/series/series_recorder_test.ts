/** Series of a run's parts, made of windows. */
import { assertEquals, assertLess, assertLessOrEqual } from "@std/assert";
import {
  EMPTY_SNAPSHOT,
  type Snapshot,
  type SpanStats,
  type StepStats,
} from "../../../src/metrics/snapshot.ts";
import { EMPTY_HISTOGRAM } from "../../../src/metrics/histogram.ts";
import { MAX_STEP_SERIES, OTHER_STEPS } from "../../../src/result/series/run_series.ts";
import { SeriesRecorder } from "../../../src/result/series/series_recorder.ts";
import { histogramOf, stepOf } from "../../_support/outcomes.ts";

function windowOf(second: number, steps: readonly StepStats[], changes: Partial<Snapshot> = {}): Snapshot {
  return { ...EMPTY_SNAPSHOT, fromMs: second * 1000, toMs: second * 1000 + 1000, steps, ...changes };
}

function good(step: number, ...ms: number[]): StepStats {
  return { ...stepOf({ latency: histogramOf(...ms), statuses: { "200": ms.length } }), step };
}

function bad(step: number, count: number): StepStats {
  const failed = stepOf({
    failedLatency: histogramOf(...Array.from({ length: count }, () => 1)),
    statuses: { "503": count },
    failures: { "HTTP 503": count },
  });
  return { ...failed, step };
}

Deno.test("series tell which step failed in which second, and when that began and ended", () => {
  const recorder = new SeriesRecorder();
  for (let second = 0; second < 4; second++) {
    recorder.add(windowOf(second, [good(0, 2, 2), second === 1 || second === 2 ? bad(1, 3) : good(1, 4)]));
  }
  const series = recorder.series();
  assertEquals(series.windows, [[0, 1000], [1000, 2000], [2000, 3000], [3000, 4000]]);
  assertEquals(series.steps.map(({ step, requests, errors, p95Ms }) => [step, requests, errors, p95Ms]), [
    [0, [2, 2, 2, 2], [0, 0, 0, 0], [2, 2, 2, 2]],
    [1, [1, 3, 3, 1], [0, 3, 3, 0], [4, null, null, 4]],
  ]);
  assertEquals(series.statuses, [
    { name: "200", counts: [3, 2, 2, 3] },
    { name: "503", counts: [0, 3, 3, 0] },
  ]);
  assertEquals(series.errors, [{ name: "HTTP 503", counts: [0, 3, 3, 0] }]);
  assertEquals(series.periods, [{ step: 1, error: "HTTP 503", count: 6, firstMs: 1000, lastMs: 3000 }]);
});

Deno.test("series of a run that goes on count its last windows once, whenever they are asked for", () => {
  const recorder = new SeriesRecorder();
  recorder.add(windowOf(0, [good(0, 1)]));
  const more = [windowOf(1, [good(0, 1, 1), bad(2, 1)])];
  const once = recorder.series(more);
  assertEquals(recorder.series(more), once);
  assertEquals(once.steps.map(({ step, requests }) => [step, requests]), [[0, [1, 2]], [2, [0, 1]]]);
  recorder.add(windowOf(1, [good(0, 1)]));
  assertEquals(recorder.series().steps[0]!.requests, [1, 1]);
  assertEquals(recorder.series().periods, []);
});

Deno.test("series have a window of ten seconds after ten minutes, with exact percentiles", () => {
  const recorder = new SeriesRecorder();
  for (let second = 598; second < 620; second++) recorder.add(windowOf(second, [good(0, 1, 1, 1, second)]));
  const { windows, steps } = recorder.series();
  assertEquals(windows.slice(0, 2), [[598_000, 599_000], [599_000, 600_000]]);
  assertEquals(windows.slice(2), [[600_000, 610_000], [610_000, 620_000]]);
  assertEquals(steps[0]!.requests, [4, 4, 40, 40]);
  assertEquals(steps[0]!.p50Ms, [1, 1, 1, 1]);
  assertEquals(steps[0]!.p99Ms.slice(2), [609, 619]);
});

Deno.test("series of more steps than have their own hold the others together", () => {
  const recorder = new SeriesRecorder();
  const steps = Array.from({ length: MAX_STEP_SERIES + 50 }, (_, step) => good(step, 1));
  recorder.add(windowOf(0, steps));
  recorder.add(windowOf(1, steps));
  const series = recorder.series();
  assertEquals(series.steps.length, MAX_STEP_SERIES + 1);
  assertEquals(series.steps.at(-1)!.step, OTHER_STEPS);
  assertEquals(series.steps.at(-1)!.requests, [50, 50]);
});

Deno.test("series hold groups and flows", () => {
  const recorder = new SeriesRecorder();
  const span: SpanStats = {
    kind: "group",
    name: "checkout",
    succeeded: 2,
    failed: 1,
    latency: histogramOf(5, 7),
    failedLatency: histogramOf(1),
    unanswered: EMPTY_HISTOGRAM,
  };
  recorder.add(windowOf(0, [good(0, 1)], { spans: [span] }));
  const { spans } = recorder.series();
  assertEquals(spans, [{
    kind: "group",
    name: "checkout",
    requests: [3],
    errors: [1],
    p50Ms: [5],
    p95Ms: [7],
    p99Ms: [7],
  }]);
});

Deno.test("series of an hour with 20 steps are small", () => {
  const recorder = new SeriesRecorder();
  const steps = Array.from({ length: 20 }, (_, step) => good(step, 1.234, 5.678, 9.012 + step));
  for (let second = 0; second < 3600; second++) recorder.add(windowOf(second, steps));
  const series = recorder.series();
  assertLess(series.windows.length, 1000);
  // Eight bytes a number, and room to grow.
  const numbers = series.windows.length * (2 + 20 * 5);
  assertLess(numbers * 8 * 2, 4_000_000);
  assertLessOrEqual(JSON.stringify(series).length, 1_000_000);
});

Deno.test("series of gRPC calls are of their statuses", () => {
  const recorder = new SeriesRecorder();
  for (const [second, NOT_FOUND] of [1, 2].entries()) {
    const grpc = {
      ...{ ok: 3, notOk: NOT_FOUND, noStatus: 0, http200: 3 + NOT_FOUND },
      codes: { OK: 3, NOT_FOUND },
    };
    recorder.add(windowOf(second, [stepOf({ statuses: { "200": 3 + NOT_FOUND }, grpc })]));
  }
  assertEquals(recorder.series().statuses, [
    { name: "OK", counts: [3, 3] },
    { name: "NOT_FOUND", counts: [1, 2] },
  ]);
});
