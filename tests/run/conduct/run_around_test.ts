/** What is done once around a load: in order, whatever becomes of the load. */
import { assertEquals, assertRejects } from "@std/assert";
import type { RunOnce } from "../../../src/engine/run_steps_once.ts";
import { RunError } from "../../../src/lib/errors.ts";
import type { RunPlan } from "../../../src/plan/run_plan.ts";
import { runAround } from "../../../src/run/conduct/run_around.ts";
import { planFor } from "../../_support/plan.ts";

const LOAD = { kind: "requests", unit: "requests", amount: 1, connections: 1 } as const;
const PLAN: RunPlan = { ...planFor("http://a.test/", LOAD), once: {} };
const VALUES = { token: { json: '"secret"' } };

/** Something to do once that writes down when it is done. */
function noting(done: unknown[], changes: Partial<RunOnce> = {}): RunOnce {
  return {
    setUp: () => {
      done.push("setup");
      return Promise.resolve(VALUES);
    },
    tearDown: (values, signal) => {
      done.push(["teardown", values, signal.aborted]);
      return Promise.resolve();
    },
    ...changes,
  };
}

function around(
  once: RunOnce | undefined,
  run: (plan: RunPlan) => Promise<unknown>,
  warnings: string[] = [],
) {
  const stopping = new AbortController();
  stopping.abort();
  return runAround(PLAN, {
    once,
    signal: stopping.signal,
    setupTimeoutMs: 60_000,
    warn: (text) => warnings.push(text),
  }, run);
}

Deno.test("a plan without setup and teardown is run as it is, and never with what is done once", async () => {
  const plan = await around(undefined, (plan) => Promise.resolve(plan));
  const { once: _, ...rest } = PLAN;
  assertEquals(plan, rest);
});

Deno.test("setup comes first, its values travel in the plan, and teardown has them, too", async () => {
  const done: unknown[] = [];
  const result = await around(noting(done), (plan) => {
    done.push(["load", plan.vars, "once" in plan]);
    return Promise.resolve(7);
  });
  assertEquals(result, 7);
  // The interrupt that ended the load does not end teardown.
  assertEquals(done, ["setup", ["load", VALUES, false], ["teardown", VALUES, false]]);
});

Deno.test("a setup without values leaves the plan without", async () => {
  const once = noting([], { setUp: () => Promise.resolve({}) });
  assertEquals(await around(once, (plan) => Promise.resolve("vars" in plan)), false);
});

Deno.test("after a setup that failed there is neither load nor teardown", async () => {
  const done: unknown[] = [];
  const once = noting(done, { setUp: () => Promise.reject(new RunError("Setup failed: no such user")) });
  const load = () => {
    done.push("load");
    return Promise.resolve();
  };
  await assertRejects(() => around(once, load), RunError, "Setup failed: no such user");
  assertEquals(done, []);
});

Deno.test("a load that fails is followed by teardown, and its failure stays what is told", async () => {
  const done: unknown[] = [];
  await assertRejects(
    () => around(noting(done), () => Promise.reject(new RunError("Cannot connect"))),
    RunError,
    "Cannot connect",
  );
  assertEquals(done, ["setup", ["teardown", VALUES, false]]);
});

Deno.test("a teardown that fails is a warning: what was measured stands", async () => {
  const warnings: string[] = [];
  const once = noting([], { tearDown: () => Promise.reject(new RunError("Teardown failed: status 500")) });
  assertEquals(await around(once, () => Promise.resolve("measured"), warnings), "measured");
  assertEquals(warnings, ["Teardown failed: status 500"]);
});
