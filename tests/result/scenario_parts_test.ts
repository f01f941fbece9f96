/** The scenarios of a run with several: names, loads in words, and the time that their numbers are over. */
import { assertEquals } from "@std/assert";
import { EMPTY_SNAPSHOT } from "../../src/metrics/snapshot.ts";
import type { ScenarioPart, SingleLoad } from "../../src/plan/run_plan.ts";
import { plannedMs } from "../../src/result/exhausted.ts";
import { partNames, partStats } from "../../src/result/run_parts.ts";
import { loopsOf, namedScenarios } from "../../src/result/scenario_parts.ts";
import { histogramOf, stepOf } from "../_support/outcomes.ts";
import { planFor } from "../_support/plan.ts";

const CLOSED: SingleLoad = { kind: "duration", connections: 1, durationMs: 8000 };
const AMOUNT: SingleLoad = {
  kind: "requests",
  connections: 2,
  unit: "iterations",
  amount: 3,
  durationMs: 60_000,
};
const RAMP: SingleLoad = {
  kind: "rate",
  pacer: { kind: "linear", from: 5, to: 50, durationMs: 4000 },
  maxConnections: 40,
  targetRate: 5,
  rampTargetRate: 50,
  durationMs: 4000,
};
const STAGES: SingleLoad = {
  kind: "users",
  users: 9,
  durationMs: 3000,
  rampUpMs: 0,
  thinkMs: 0,
  thinkJitter: 0,
  stages: [[0, 0], [3000, 9]],
};

const PARTS: readonly ScenarioPart[] = [
  { name: "browse", load: CLOSED, startMs: 0, flows: 1 },
  { name: "few", load: AMOUNT, startMs: 1000, flows: 1 },
  { name: "climb", load: RAMP, startMs: 2000, flows: 1 },
  { name: "http://u:secret@a.test/", load: STAGES, startMs: 20_000, flows: 1 },
];

function seen(step: number, counts: { readonly lastHeardMs: number; readonly iterations?: number }) {
  return stepOf({ step, latency: histogramOf(5, 6), run: { ...EMPTY_SNAPSHOT, ...counts } });
}

function resultOf(durationMs: number) {
  const urls = PARTS.map((_, i) => `http://a.test/${i}`);
  return {
    plan: planFor(urls, { kind: "scenarios", parts: PARTS }),
    durationMs,
    total: {
      ...EMPTY_SNAPSHOT,
      toMs: durationMs,
      scenarios: [
        seen(0, { lastHeardMs: 7990 }),
        seen(1, { lastHeardMs: 1500, iterations: 3 }),
        seen(2, { lastHeardMs: 6100 }),
      ],
    },
  };
}

Deno.test("namedScenarios() tells each load, and counts over its own time", () => {
  const scenarios = namedScenarios(resultOf(8000));
  assertEquals(scenarios.map(({ name }) => name), ["browse", "few", "climb", "http://***@a.test/"]);
  assertEquals(scenarios.map(({ load }) => load), [
    "1 connection, 8.0s duration",
    "2 connections, 3 iterations or 60.0s duration, from 1s",
    "5 to 50/s, 4.0s duration, open loop, from 2s",
    "up to 9 virtual users, 3.0s, 9 at 3s, from 20s",
  ]);
  assertEquals(scenarios.map(({ isOpenLoop }) => isOpenLoop), [false, false, true, false]);
  // To the planned end, to the last response where there is so much to do, beyond the end while responses come; not begun.
  assertEquals(scenarios.map(({ stats }) => stats.durationMs), [8000, 500, 4100, 0]);
});

Deno.test("a run that was cut short cuts its scenarios short", () => {
  assertEquals(namedScenarios(resultOf(3000)).map(({ stats }) => stats.durationMs), [3000, 500, 1000, 0]);
});

Deno.test("the planned end is that of the last scenario that has not done all before", () => {
  const { plan, total } = resultOf(8000);
  assertEquals(plannedMs(plan, total), 23_000);
  const unfinished = { ...total, scenarios: [seen(1, { lastHeardMs: 1500, iterations: 2 })] };
  assertEquals(plannedMs(plan, unfinished), 61_000);
});

Deno.test("thresholds find scenarios by their names; what never ran has nothing", () => {
  const result = resultOf(8000);
  assertEquals(partNames(result).scenario, ["browse", "few", "climb", "http://***@a.test/"]);
  assertEquals(partStats(result, { kind: "scenario", name: "climb" })?.durationMs, 4100);
  assertEquals(partStats(result, { kind: "scenario", name: "http://u:secret@a.test/" }), undefined);
  assertEquals(partStats(result, { kind: "scenario", name: "other" }), undefined);
});

Deno.test("loopsOf() knows mixtures", () => {
  assertEquals(loopsOf(resultOf(1).plan), { hasOpen: true, hasClosed: true });
  assertEquals(loopsOf({ load: RAMP }), { hasOpen: true, hasClosed: false });
  assertEquals(loopsOf({ load: CLOSED }), { hasOpen: false, hasClosed: true });
});
