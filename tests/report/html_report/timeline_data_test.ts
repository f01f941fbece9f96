/** The page's charts over time: sums, gaps and bounds. */
import { assertEquals } from "@std/assert";
import { MAX_POINTS, timelineData } from "../../../src/report/html_report/timeline_data.ts";
import { timelineJson } from "../../../src/result/document/timeline_json.ts";
import type { TimelinePoint } from "../../../src/result/series/timeline_point.ts";

Deno.test("timelineData() adds counts up and keeps the largest percentiles when it thins out", () => {
  const seconds = 3 * MAX_POINTS;
  const timeline = Array.from(
    { length: seconds },
    (_, second) =>
      point(second, {
        requests: 30,
        errors: second === 100 ? 9 : 0,
        users: second,
        p99Ms: second === 500 ? 900 : 5,
      }),
  );
  const data = timelineData(timeline);
  assertEquals(data.windowsPerPoint, 3);
  assertEquals(data.fromSec.length, MAX_POINTS);
  assertEquals([data.fromSec[1], data.toSec[1]], [3, 6]);
  assertEquals(data.rate[0], 30);
  assertEquals(data.errors[33], 3);
  assertEquals(data.users[1], 5);
  assertEquals(Math.max(...data.p99.map((value) => value ?? 0)), 900);
});

Deno.test("timelineData() joins a last stub of a window to the one before", () => {
  const stub = { ...point(2, { requests: 1, p99Ms: 80 }), toMs: 2004 };
  const data = timelineData([point(0, { requests: 10 }), point(1, { requests: 10 }), stub]);
  assertEquals(data.toSec, [1, 2.004]);
  assertEquals(data.rate, [10, 10.96]);
  assertEquals(data.p99, [null, 80]);
});

Deno.test("timelineData() leaves a gap where nothing was answered", () => {
  const data = timelineData([point(0, { p50Ms: 2 }), point(1, {}), point(2, { p50Ms: 3 })]);
  assertEquals(data.p50, [2, null, 3]);
});

Deno.test("timelineData() shows a saved run with the digits of the run itself", () => {
  for (const ms of [51.355_12, 60.915_3, 0.000_51, 1186.814_9]) {
    const run = point(0, { p50Ms: ms, p99Ms: ms, startDelayP99Ms: ms });
    const { p99 = 0 } = timelineJson(run);
    const savedMs = p99 * 1000;
    const saved = { ...run, p50Ms: savedMs, p99Ms: savedMs, startDelayP99Ms: savedMs };
    assertEquals(timelineData([saved]), timelineData([run]), `${ms}`);
  }
});

function point(second: number, changes: Partial<TimelinePoint>): TimelinePoint {
  return {
    fromMs: second * 1000,
    toMs: second * 1000 + 1000,
    requests: 0,
    errors: 0,
    users: 1,
    bodyBytes: 0,
    ...changes,
  };
}

Deno.test("timelineData() leaves out percentiles that are only lower bounds, and says that there are some", () => {
  const hanging = point(1, { p50Ms: 2, p95Ms: 900, p99Ms: 900, atLeast: ["p95", "p99"] });
  const data = timelineData([point(0, { p50Ms: 2, p95Ms: 3, p99Ms: 4 }), hanging]);
  assertEquals([data.p50, data.p95, data.p99, data.hasBounds], [[2, 2], [3, null], [4, null], true]);
  assertEquals(timelineData([point(0, { p50Ms: 2 }), point(1, { p50Ms: 3 })]).hasBounds, false);
});

Deno.test("timelineData() puts a baseline beside a run, and nothing where it has ended", () => {
  const before = [point(0, { requests: 5, p50Ms: 1 }), point(1, { requests: 7, p50Ms: 3 })];
  const run = [0, 1, 2].map((second) => point(second, { requests: 10, p50Ms: 2 }));
  const { baseline } = timelineData(run, before);
  assertEquals([baseline!.rate, baseline!.p50], [[5, 7, null], [1, 3, null]]);
  assertEquals(timelineData(run).baseline, undefined);
  // Windows of other lengths: counts are added up, the largest percentile stays.
  const coarse = [{ ...point(0, { requests: 40, p50Ms: 2 }), toMs: 2000 }, { ...point(2, {}), toMs: 4000 }];
  assertEquals(timelineData(coarse, before).baseline!.rate, [6, null]);
  assertEquals(timelineData(coarse, before).baseline!.p50, [3, null]);
  assertEquals(timelineData(before, coarse).baseline!.rate, [20, 20]);
});
