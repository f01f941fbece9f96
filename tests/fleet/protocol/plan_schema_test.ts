/** Plans on the wire: all fields arrive, and what no worker should take is refused. */
import { assertEquals } from "@std/assert";
import * as v from "valibot";
import { runPlanSchema } from "../../../src/fleet/protocol/plan_schema.ts";
import type { RunPlan } from "../../../src/plan/run_plan.ts";
import { planFor } from "../../_support/plan.ts";
import { FULL_PLAN, LOADS } from "../_full_plan.ts";

function sent(plan: unknown): RunPlan {
  return v.parse(runPlanSchema, JSON.parse(JSON.stringify(plan)));
}

/** Every object in a value, by its path. */
function* objectsIn(value: unknown, path: readonly string[] = []): Generator<readonly string[]> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) yield path;
  for (const [key, part] of Object.entries(value)) yield* objectsIn(part, [...path, key]);
}

function at(value: unknown, path: readonly string[]): Record<string, unknown> {
  return path.reduce((part, key) => (part as Record<string, unknown>)[key], value) as Record<string, unknown>;
}

Deno.test("a plan with every field set arrives as it was sent", () => {
  assertEquals(sent(FULL_PLAN), FULL_PLAN);
});

Deno.test("every kind of load arrives as it was sent", () => {
  for (const load of LOADS) assertEquals(sent({ ...FULL_PLAN, load }).load, load);
  const plain = planFor("http://127.0.0.1:9/", LOADS[0]!);
  assertEquals(sent(plain), plain);
});

Deno.test("a plan with an unknown field anywhere is refused", () => {
  for (const path of objectsIn(FULL_PLAN)) {
    // Names there are the user's own.
    if (["scenario.env", "scenario.vars", "vars"].includes(path.join("."))) continue;
    const plan = structuredClone(FULL_PLAN);
    at(plan, path).surplus = 1;
    assertEquals(v.safeParse(runPlanSchema, plan).success, false, path.join("."));
  }
});

Deno.test("a plan with a body in a file is refused", () => {
  const body = { kind: "file", path: "/etc/passwd", bytes: 1 } as const;
  const plan = planFor("http://127.0.0.1:9/", LOADS[0]!, { step: { body } });
  assertEquals(v.safeParse(runPlanSchema, plan).success, false);
});

Deno.test("names that objects have anyway travel as data", () => {
  const { env } = sent(FULL_PLAN).scenario;
  assertEquals(Object.getOwnPropertyNames(env!).sort(), ["TOKEN", "__proto__"].sort());
});

Deno.test("a step of a plan that names no kind is an HTTP step; one of an unknown kind is refused", () => {
  const plan = structuredClone(FULL_PLAN);
  const step = at(plan, ["scenario", "flows", "0", "steps", "0"]);
  delete step["kind"];
  assertEquals(sent(plan), FULL_PLAN);
  step["kind"] = "telegraph";
  assertEquals(v.safeParse(runPlanSchema, plan).success, false);
});
