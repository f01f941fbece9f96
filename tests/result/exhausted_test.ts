/** Runs that end because their data is used up. */
import { assertEquals } from "@std/assert";
import type { LoadSpec } from "../../src/plan/run_plan.ts";
import type { DataSet } from "../../src/plan/scenario.ts";
import { isExhausted, spentSets } from "../../src/result/exhausted.ts";
import { planFor } from "../_support/plan.ts";

const set = (name: string, strategy: DataSet["strategy"], rows: number): DataSet => ({
  name,
  strategy,
  fields: ["a"],
  rows: new Array(rows).fill(["1"]),
});
const SETS = [set("ten", "unique", 10), set("twenty", "sequential", 20), set("any", "loop", 5)];
const TIMED: LoadSpec = { kind: "duration", connections: 1, durationMs: 5000 };
const COUNTED: LoadSpec = { kind: "requests", unit: "iterations", amount: 50, connections: 1 };

for (
  const [title, load, warmupMs, { iterations, toMs }, expected] of [
    ["ended early", TIMED, 0, { iterations: 10, toMs: 900 }, ["ten"]],
    ["went on without the set", TIMED, 0, { iterations: 900, toMs: 5000 }, []],
    ["ended early, with rows drawn by a warm-up", TIMED, 1000, { iterations: 6, toMs: 900 }, ["ten"]],
    ["lasted as long as planned after a warm-up", TIMED, 1000, { iterations: 6, toMs: 5010 }, []],
    ["ended before its number of iterations", COUNTED, 0, { iterations: 10, toMs: 900 }, ["ten"]],
    ["did its number of iterations", COUNTED, 0, { iterations: 50, toMs: 900 }, []],
  ] as const
) {
  Deno.test(`spentSets() of a load that ${title}`, () => {
    const plain = planFor("http://a.test/", load, { plan: { warmupMs } });
    const plan = { ...plain, scenario: { ...plain.scenario, data: SETS } };
    const found = spentSets(plan, { iterations, toMs, started: iterations, steps: [] }).map(({ name }) =>
      name
    );
    assertEquals(found, [...expected]);
  });
}

Deno.test("isExhausted() of a load whose rows may have been drawn by its warm-up", () => {
  const plan = planFor("http://a.test/", TIMED);
  const done = { iterations: 6, started: 6, toMs: 900, steps: [] };
  assertEquals(isExhausted({ ...plan, scenario: { ...plan.scenario, data: SETS } }, done), true);
  assertEquals(isExhausted(plan, done), false);
});

Deno.test("isExhausted() of a load that has an amount and a time, once the amount is done", () => {
  const done = { iterations: 40, started: 50, toMs: 900, steps: [] };
  const both = (unit: "requests" | "iterations"): LoadSpec => ({ ...COUNTED, unit, durationMs: 5000 });
  assertEquals(isExhausted(planFor("http://a.test/", both("requests")), done), true);
  assertEquals(isExhausted(planFor("http://a.test/", both("iterations")), done), false);
});
