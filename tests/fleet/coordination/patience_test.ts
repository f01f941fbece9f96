/** Nobody is waited for without end: each stage of a thread has its time, and is told by name. */
import { assertEquals } from "@std/assert";
import { Patience, type WaitLimits } from "../../../src/fleet/coordination/patience.ts";
import type { LoadSpec } from "../../../src/plan/run_plan.ts";
import { planFor } from "../../_support/plan.ts";
import { until } from "../../_support/wait.ts";

// A look counts as half a second, however soon it comes.
const LIMITS: WaitLimits = { readyMs: 5000, quietMs: 10_000, overMs: 3000, stopMs: 2000 };
const LOAD: LoadSpec = { kind: "duration", connections: 1, durationMs: 4000 };

function start(load: LoadSpec, threads = 1) {
  const over: (readonly [number, string])[] = [];
  const plan = planFor("http://h/", load, { client: { timeoutMs: 1000 }, plan: { gracefulStopMs: 1000 } });
  const patience = new Patience(plan, {
    threads,
    limits: LIMITS,
    onOver: (thread, reason) => over.push([thread, reason]),
    lookMs: 1,
  });
  return { over, patience };
}

Deno.test("a thread that never gets ready is given up, with twice the timeout for its connections", async () => {
  const { over, patience } = start(LOAD, 2);
  patience.ready(1);
  await until(() => over.length > 0);
  patience.close();
  assertEquals(over, [[0, "it was not ready within 7s"]]);
});

Deno.test("a thread that goes on after the plan's end is given up, whatever it says", async () => {
  const { over, patience } = start(LOAD);
  patience.ready(0);
  patience.started(0);
  await until(() => {
    patience.heard(0);
    return over.length > 0;
  });
  patience.close();
  assertEquals(over, [[0, "it did not end within 3s of the plan's end"]]);
});

Deno.test("a thread that reports nothing is given up, also where the plan has no end", async () => {
  const { over, patience } = start({ kind: "requests", unit: "requests", amount: 1e9, connections: 1 });
  patience.started(0);
  await until(() => over.length > 0);
  patience.close();
  assertEquals(over, [[0, "it reported nothing for 11s"]]);
});

Deno.test("after a stop a thread has the graceful stop and a little more; one that ended is waited for no longer", async () => {
  const { over, patience } = start({ kind: "duration", connections: 1, durationMs: 1e6 }, 2);
  patience.started(0);
  patience.end(1);
  patience.stopped();
  await until(() => over.length > 0);
  patience.close();
  assertEquals(over, [[0, "it did not end within 3s of the stop"]]);
});
