/** What a worker is willing to take of a plan. */
import { assertEquals, assertGreater } from "@std/assert";
import { beyondLimits, orderBytes } from "../../../src/fleet/coordination/worker_limits.ts";
import type { LoadSpec, RunPlan } from "../../../src/plan/run_plan.ts";
import { planFor } from "../../_support/plan.ts";

const LIMITS = { threads: 2, users: 100, planBytes: 1000, durationMs: 60_000 };
const SHARES = [{ index: 0, of: 4 }, { index: 2, of: 4 }];

function beyond(load: LoadSpec, plan: Partial<RunPlan> = {}, shares = SHARES): readonly string[] {
  return beyondLimits({ plan: planFor("http://a.test/", load, { plan }), shares }, LIMITS);
}

Deno.test("a worker's own part of a plan counts, up to its limits", () => {
  assertEquals(beyond({ kind: "duration", connections: 200, durationMs: 50_000 }), []);
  assertEquals(beyond({ kind: "duration", connections: 204, durationMs: 50_000 }), [
    "102 connections are more than this worker's 100 (--max-connections)",
  ]);
});

Deno.test("warm-up, run and grace together count", () => {
  const load = { kind: "duration", connections: 1, durationMs: 50_000 } as const;
  assertEquals(beyond(load, { warmupMs: 9_000, gracefulStopMs: 1000 }), []);
  assertEquals(beyond(load, { warmupMs: 9_000, gracefulStopMs: 2000 }), [
    "1m1s are more than this worker's 1m (--max-duration)",
  ]);
});

Deno.test("more shares than the threads offered are refused", () => {
  const shares = [0, 1, 2].map((index) => ({ index, of: 3 }));
  assertEquals(beyond({ kind: "requests", unit: "requests", amount: 9, connections: 3 }, {}, shares), [
    "3 threads are more than the 2 of this worker (-t)",
  ]);
});

Deno.test("many small parts of an order count for more than their text", () => {
  assertEquals(orderBytes("x".repeat(500)), 500);
  assertGreater(orderBytes("[1,2,3]"), 7 * 2);
});
