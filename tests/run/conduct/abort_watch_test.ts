/** A run ends at the moment when a threshold can no longer be met. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { watchThresholds } from "../../../src/run/conduct/abort_watch.ts";
import { appendSnapshot, EMPTY_SNAPSHOT, type Snapshot } from "../../../src/metrics/snapshot.ts";
import type { LoadSpec } from "../../../src/plan/run_plan.ts";
import { parseThreshold } from "../../../src/result/verdict/threshold.ts";
import { histogramOf, stepOf } from "../../_support/outcomes.ts";
import { planFor } from "../../_support/plan.ts";

const MINUTE: LoadSpec = { kind: "duration", connections: 10, durationMs: 60_000 };

interface Second {
  readonly good?: number;
  readonly slow?: number;
  readonly bad?: number;
}

/** Plays seconds to a watch; gives the number of the one that ended the run, from 1. */
function endOf(
  load: LoadSpec,
  claim: string,
  { seconds, gracefulStopMs }: { readonly seconds: readonly Second[]; readonly gracefulStopMs?: number },
): { readonly at: number | undefined; readonly reason: string | undefined } {
  const watch = watchThresholds(planFor("http://a.test/", load), {
    thresholds: [parseThreshold(claim)],
    gracefulStopMs,
  });
  let total: Snapshot = EMPTY_SNAPSHOT;
  for (const [i, { good = 0, slow = 0, bad = 0 }] of seconds.entries()) {
    const steps = [stepOf({
      latency: histogramOf(...new Array(good).fill(10), ...new Array(slow).fill(2000)),
      failedLatency: histogramOf(...new Array(bad).fill(1)),
    })];
    const window = {
      ...EMPTY_SNAPSHOT,
      fromMs: i * 1000,
      toMs: (i + 1) * 1000,
      users: 10,
      steps,
      ...(load.kind === "scenarios" && {
        scenarios: steps.map((step) => ({ ...step, run: { ...EMPTY_SNAPSHOT, users: 10 } })),
      }),
    };
    total = appendSnapshot(total, window);
    watch.observe({ atMs: window.toMs, window, total, threads: 1 });
    assertEquals(watch.signal.aborted, watch.aborted !== undefined);
    if (watch.aborted) return { at: i + 1, reason: watch.aborted.reason };
  }
  return { at: undefined, reason: undefined };
}

const repeat = (count: number, second: Second) => new Array<Second>(count).fill(second);

Deno.test("a run of n requests ends with the error that is one too many", () => {
  const load: LoadSpec = { kind: "requests", connections: 10, unit: "requests", amount: 1000 };
  const seconds = repeat(20, { good: 48, bad: 2 });
  // 1 % of 1,000 are 10 errors: reached in second 5, which "< 1%" does not allow.
  assertEquals(endOf(load, "error_rate < 1%", { seconds }).at, 5);
  assertEquals(endOf(load, "error_rate < 5%", { seconds }).at, undefined);
  assertMatch(endOf(load, "error_rate < 1%", { seconds }).reason!, /^4\.00% so far/);
});

Deno.test("a timed run ends when the rest, at the best pace so far, cannot make up for it", () => {
  // A tenth fails: after 6 of 60 seconds that is 1 % of all that can still come.
  const { at } = endOf(MINUTE, "error_rate < 1%", { seconds: repeat(60, { good: 90, bad: 10 }) });
  assert(at !== undefined && at >= 6 && at <= 8, String(at));
});

Deno.test("a bad beginning that can be made up for does not end a run", () => {
  const seconds = [...repeat(2, { good: 50, bad: 50 }), ...repeat(58, { good: 100 })];
  assertEquals(endOf(MINUTE, "error_rate < 2%", { seconds }).at, undefined);
});

Deno.test("with a grace, what was measured so far is enough from then on", () => {
  const seconds = [...repeat(2, { good: 50, bad: 50 }), ...repeat(58, { good: 100 })];
  assertEquals(endOf(MINUTE, "error_rate < 2%", { seconds, gracefulStopMs: 5000 }).at, 5);
  assertEquals(endOf(MINUTE, "rps > 200", { seconds, gracefulStopMs: 5000 }).at, 5);
  assertEquals(endOf(MINUTE, "rps > 200", { seconds }).at, undefined);
});

Deno.test("nothing measured yet ends no run", () => {
  assertEquals(endOf(MINUTE, "p95 < 1s", { seconds: repeat(3, {}), gracefulStopMs: 0 }).at, undefined);
});

Deno.test("a scenario that has not begun may still make up for everything", () => {
  const soon = { name: "now", load: { ...MINUTE, durationMs: 4000 } as const, startMs: 0, flows: 1 };
  const later = { ...soon, name: "later", startMs: 60_000 };
  const bad = { seconds: repeat(3, { bad: 100 }) };
  assertEquals(endOf({ kind: "scenarios", parts: [soon, later] }, "error_rate < 60%", bad).at, undefined);
  assert(endOf({ kind: "scenarios", parts: [soon] }, "error_rate < 10%", bad).at !== undefined);
});

Deno.test("an open loop knows how many arrivals are still to come", () => {
  const load: LoadSpec = {
    kind: "rate",
    pacer: { kind: "linear", from: 0, to: 200, durationMs: 10_000 },
    durationMs: 10_000,
    maxConnections: 10,
    targetRate: 0,
  };
  // 1,000 arrivals, most of them late in the run: 60 slow ones are more than 5 %.
  const seconds = [
    { good: 10 },
    { good: 30 },
    { slow: 50 },
    { good: 60, slow: 10 },
    ...repeat(6, { good: 140 }),
  ];
  assertEquals(endOf(load, "p95 < 1s", { seconds }).at, 4);
});
