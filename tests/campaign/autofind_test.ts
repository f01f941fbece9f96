/**
 * The search for the largest load: the steps it takes, when it ends, and what it finds at servers of known
 * capacity.
 */
import { assert, assertEquals, assertGreater, assertLess, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { autofind, type AutofindSearch } from "../../src/campaign/autofind.ts";
import type { RunPlan } from "../../src/plan/run_plan.ts";
import type { AutofindResult } from "../../src/result/autofind_result.ts";
import type { AutofindStep } from "../../src/result/autofind_step.ts";
import type { RunResult } from "../../src/result/run_result.ts";
import { planFor } from "../_support/plan.ts";
import { resultOf } from "../_support/step_results.ts";

const SEARCH: AutofindSearch = {
  by: "users",
  start: 10,
  max: 10_000,
  multiplier: 2,
  stepDurationMs: 30_000,
  limits: { maxErrorRatePercent: 1, maxP95Ms: 5000 },
  thinkMs: 1000,
  thinkJitter: 0.5,
  maxConnections: 500,
};
const BASE = planFor("http://127.0.0.1/", { kind: "duration", connections: 10, durationMs: 10_000 });

/** Runs a search against made-up runs; fails when it does not end. */
function search(
  run: (load: number, plan: RunPlan) => RunResult,
  changes: Partial<AutofindSearch> = {},
  base: RunPlan = BASE,
): { readonly found: AutofindResult; readonly loads: readonly number[]; readonly plans: readonly RunPlan[] } {
  const campaign = autofind(base, { ...SEARCH, ...changes });
  const plans: RunPlan[] = [];
  const loads: number[] = [];
  let next = campaign.next();
  while (!next.done) {
    assertLess(plans.length, 200, "the search does not end");
    const { load } = next.value;
    const amount = load.kind === "users" ? load.users : load.kind === "rate" ? load.targetRate! : NaN;
    plans.push(next.value);
    loads.push(amount);
    next = campaign.next(run(amount, next.value));
  }
  return { found: next.value, loads, plans };
}

/** A server that is fast up to a number of users and fails beyond. */
function breaksAbove(limit: number): (load: number, plan: RunPlan) => RunResult {
  return (load, plan) => resultOf(plan, load <= limit ? { succeeded: 100 } : { succeeded: 90, failed: 10 });
}

Deno.test("autofind() grows until a step fails and then halves the gap: 160, 320, 240, 280, 300", () => {
  const { found, loads } = search(breaksAbove(290));
  assertEquals(loads, [10, 20, 40, 80, 160, 320, 240, 280, 300]);
  assertEquals(found.best, 280);
  assertEquals(found.steps.map(({ verdict }) => verdict === "passed"), [
    ...[true, true, true, true, true],
    ...[false, true, true, false],
  ]);
  assertEquals([found.reachedMax, found.interrupted], [false, false]);
});

Deno.test("autofind() finds nothing when the first step fails", () => {
  const { found, loads } = search(breaksAbove(5));
  assertEquals(loads, [10]);
  assertEquals("best" in found, false);
});

Deno.test("autofind() tries the largest load itself and says when it passed", () => {
  const passing = search(breaksAbove(Infinity), { max: 100 });
  assertEquals(passing.loads, [10, 20, 40, 80, 100]);
  assertEquals([passing.found.best, passing.found.reachedMax], [100, true]);
  const failing = search(breaksAbove(95), { max: 100 });
  assertEquals(failing.loads, [10, 20, 40, 80, 100, 90, 95]);
  assertEquals([failing.found.best, failing.found.reachedMax], [95, false]);
});

Deno.test("autofind() grows by at least 1 and cuts fractions off", () => {
  const { loads } = search(breaksAbove(Infinity), { start: 1, max: 8, multiplier: 1.5 });
  assertEquals(loads, [1, 2, 3, 4, 6, 8]);
});

Deno.test("autofind() ends within a tenth below the limit, whatever limit, start and factor are", () => {
  const whole = (min: number, max: number) => fc.integer({ min, max });
  fc.assert(fc.property(
    whole(1, 12_000),
    whole(1, 500),
    fc.double({ min: 1.01, max: 10, noNaN: true }),
    (limit, start, multiplier) => {
      const { found } = search(
        (load, plan) => resultOf(plan, { succeeded: 1, failed: load > limit ? 1 : 0 }),
        {
          start,
          multiplier: Math.max(multiplier, 1.2),
        },
      );
      if (limit < start) return assertEquals(found.best, undefined);
      const { best = NaN } = found;
      assert(
        best <= limit && Math.min(limit, 10_000) - best <= Math.max(0, Math.floor(best / 10)),
        `${best}`,
      );
    },
  ));
});

Deno.test("autofind() stops at an interrupted step and neither judges nor counts it", () => {
  const { found, loads } = search((load, plan) =>
    resultOf(plan, { succeeded: 100, result: { interrupted: load === 40 } })
  );
  assertEquals(loads, [10, 20, 40]);
  assertEquals([found.best, found.interrupted, found.steps.at(-1)?.verdict], [20, true, "interrupted"]);
});

Deno.test("autofind() fails a step without a single request", () => {
  const { found } = search((_, plan) => resultOf(plan, { succeeded: 0 }));
  assertEquals(found.best, undefined);
  assertEquals(found.steps[0]!.reasons, ["no request ended"]);
});

Deno.test("autofind() keeps the whole plan but for load and grace", () => {
  const base = planFor("https://127.0.0.1/?a=1", BASE.load, {
    client: { keepAlive: false, tls: { verify: false, caCerts: ["PEM"] } },
    step: { method: "POST", headers: [["Authorization", "Basic x"]], body: { kind: "text", text: "b" } },
    plan: { seed: 7, warmupMs: 50, verbosity: 3 },
    cacheBust: true,
  });
  const { plans } = search(breaksAbove(5), {}, base);
  const load = {
    kind: "users",
    users: 10,
    durationMs: 30_000,
    rampUpMs: 0,
    thinkMs: 1000,
    thinkJitter: 0.5,
  } as const;
  assertEquals(plans, [{ ...base, load, gracefulStopMs: 5000 }]);
  const patient = search(breaksAbove(5), {}, { ...base, gracefulStopMs: 60_000 });
  assertEquals(patient.plans[0]!.gracefulStopMs, 60_000);
});

Deno.test("autofind() by rate runs an open loop at a constant rate", () => {
  const { plans } = search(breaksAbove(5), { by: "rate" });
  assertEquals(plans[0]!.load, {
    kind: "rate",
    pacer: { kind: "constant", rate: 10 },
    durationMs: 30_000,
    maxConnections: 500,
    targetRate: 10,
  });
});

Deno.test("autofind() hands every judged step to its callback, in order", () => {
  const seen: AutofindStep[] = [];
  const campaign = autofind(BASE, { ...SEARCH, max: 20 }, { onStep: (step) => void seen.push(step) });
  const first = campaign.next();
  assertEquals(seen.length, 0);
  const second = campaign.next(resultOf(first.value as RunPlan, { succeeded: 1 }));
  assertEquals(seen.map(({ load }) => load), [10]);
  campaign.next(resultOf(second.value as RunPlan, { succeeded: 1 }));
  assertEquals(seen.map(({ load }) => load), [10, 20]);
});

Deno.test("autofind() finds the users that a server of known capacity sustains", () => {
  // The interactive response time law: with capacity C, u users and a pause Z, R = max(S, u/C − Z).
  const capacity = 100;
  const pauseSec = SEARCH.thinkMs / 1000;
  const { found } = search((users, plan) => {
    const seconds = Math.max(0.05, users / capacity - pauseSec);
    const served = Math.round(users / (seconds + pauseSec) * 30);
    return resultOf(plan, { succeeded: served, latencyMs: seconds * 1000 });
  });
  const truth = capacity * (SEARCH.limits.maxP95Ms / 1000 + pauseSec);
  assertLessOrEqual(found.best!, truth, `${found.best} of ${truth}`);
  assertGreater(found.best!, truth / 1.11, `${found.best} of ${truth}`);
});

Deno.test("autofind() by rate finds the rate that a server of known capacity sustains", () => {
  const capacity = 730;
  const { found } = search((rate, plan) => {
    const served = Math.min(rate, capacity) * 30;
    // Beyond the capacity a line grows; with a low error rate and an endless limit only the rate gives it away.
    return resultOf(plan, { succeeded: served, dropped: rate * 30 - served, latencyMs: 20 });
  }, { by: "rate" });
  const truth = capacity / 0.95;
  assertLessOrEqual(found.best!, truth, `${found.best} of ${truth}`);
  assertGreater(found.best!, capacity / 1.11, `${found.best} of ${truth}`);
});

Deno.test("autofind() looks for the knee: p95 may grow to four times that of the first step, and to 10 ms", () => {
  const at = (slowMs: (load: number) => number) =>
    search((load, plan) => resultOf(plan, { succeeded: load, latencyMs: slowMs(load) }), {
      by: "rate",
      stepDurationMs: 1000,
      kneeFactor: 4,
      max: 5000,
    }).found;
  const slow = at((load) => load <= 700 ? 30 : 150);
  assertEquals([slow.limits.maxP95Ms, slow.kneeFactor], [120, 4]);
  assert(slow.best! <= 700 && slow.firstFailed! > 700);
  const fast = at((load) => load <= 700 ? 0.3 : 9);
  assertEquals([fast.limits.maxP95Ms, fast.best, fast.reachedMax], [10, 5000, true]);
});
