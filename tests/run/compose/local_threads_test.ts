/** How many threads a plan gets: no more than connections, and no more than there is to start. */
import { assertEquals } from "@std/assert";
import type { LoadSpec, RunPlan } from "../../../src/plan/run_plan.ts";
import { localThreads } from "../../../src/run/compose/local_threads.ts";
import { planFor } from "../../_support/plan.ts";

const LOADS: readonly (readonly [load: LoadSpec, asked: number, threads: number])[] = [
  [{ kind: "duration", connections: 10, durationMs: 1000 }, 4, 4],
  [{ kind: "duration", connections: 3, durationMs: 1000 }, 4, 3],
  [{ kind: "requests", unit: "requests", connections: 10, amount: 1 }, 4, 1],
  [{ kind: "requests", unit: "requests", connections: 10, amount: 3 }, 4, 3],
  [{ kind: "requests", unit: "iterations", connections: 10, amount: 1000 }, 4, 4],
];

const arrivals = (rate: number, kind: "constant" | "step"): LoadSpec => ({
  kind: "rate",
  pacer: kind === "constant" ? { kind, rate } : { kind, levels: [rate], durationMs: 1000 },
  durationMs: 1000,
  maxConnections: 100,
});

Deno.test("few arrivals a second have one thread, unless more are asked for", () => {
  Object.defineProperty(navigator, "hardwareConcurrency", { value: 4, configurable: true });
  const threadsOf = (load: LoadSpec, threads?: number, plan: Partial<RunPlan> = {}) =>
    localThreads(planFor("http://h/", load, { plan }), { threads, master: false });
  assertEquals([1, 500, 501].map((rate) => threadsOf(arrivals(rate, "constant"))), [1, 1, 4]);
  assertEquals(threadsOf(arrivals(100, "constant"), 3), 3);
  assertEquals(threadsOf(arrivals(100, "step")), 4);
  const module = { files: [] } as unknown as NonNullable<RunPlan["module"]>;
  assertEquals(threadsOf(arrivals(100, "constant"), undefined, { module }), 4);
});

Deno.test("a thread has at least one connection and one thing to start", () => {
  for (const [load, threads, expected] of LOADS) {
    const plan = planFor("http://h/", load);
    assertEquals(localThreads(plan, { threads, master: false }), expected, JSON.stringify(load));
    assertEquals(localThreads(plan, { threads, master: true }), 1);
  }
});
