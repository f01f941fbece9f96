/** When a step of a search passes. */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { judgeStep } from "../../src/result/autofind_step.ts";
import type { LoadSpec } from "../../src/plan/run_plan.ts";
import { planFor } from "../_support/plan.ts";
import { resultOf, type StepFacts } from "../_support/step_results.ts";

const LIMITS = { maxErrorRatePercent: 1, maxP95Ms: 5000 };
const USERS: LoadSpec = {
  kind: "users",
  users: 20,
  durationMs: 10_000,
  rampUpMs: 0,
  thinkMs: 0,
  thinkJitter: 0,
};
const RATE: LoadSpec = {
  kind: "rate",
  pacer: { kind: "constant", rate: 20 },
  durationMs: 10_000,
  maxConnections: 100,
  targetRate: 20,
};

function judged(facts: StepFacts, load: LoadSpec = USERS, limits = LIMITS) {
  return judgeStep(resultOf(planFor("http://127.0.0.1/", load), facts), { load: 20, limits });
}

const TABLE: readonly [claim: string, facts: StepFacts, reasons: readonly string[]][] = [
  ["passes at exactly the limits", { succeeded: 99, failed: 1, latencyMs: 5000 }, []],
  ["fails above the error rate", { succeeded: 98, failed: 2 }, ["error rate 2% is above 1%"]],
  ["fails above the p95", { succeeded: 100, latencyMs: 8500 }, ["p95 8.50s is above 5s"]],
  ["fails without a request", { succeeded: 0 }, ["no request ended"]],
  ["fails when workers were lost", {
    succeeded: 100,
    result: { lost: [{ thread: "2", atMs: 1, reason: "gone" }] },
  }, ["1 of the load's workers were lost"]],
  ["names every limit that was broken", { succeeded: 90, failed: 10, latencyMs: 6000 }, [
    "error rate 10% is above 1%",
    "p95 6.00s is above 5s",
  ]],
];
for (const [claim, facts, reasons] of TABLE) {
  Deno.test(`judgeStep() ${claim}`, () => {
    const step = judged(facts);
    assertEquals(step.reasons, reasons);
    assertEquals(step.verdict, reasons.length === 0 ? "passed" : "failed");
  });
}

Deno.test("judgeStep() does not pass a p95 that falls among requests without a response", () => {
  const lenient = { maxErrorRatePercent: 50, maxP95Ms: 5000 };
  const step = judged({ succeeded: 90, unanswered: { count: 10, ms: 1000 } }, USERS, lenient);
  assertEquals([step.verdict, step.reasons], ["failed", ["p95 falls among requests without a response"]]);
});

Deno.test("judgeStep() does not pass a step of nothing but error answers", () => {
  const step = judged({ succeeded: 0, failed: 10 }, USERS, { ...LIMITS, maxErrorRatePercent: 100 });
  assertEquals([step.verdict, step.reasons], ["failed", ["p95 was not measured"]]);
});

Deno.test("judgeStep() does not judge an interrupted step, however bad", () => {
  const step = judged({ succeeded: 1, failed: 9, result: { interrupted: true } });
  assertEquals([step.verdict, step.reasons], ["interrupted", []]);
});

Deno.test("judgeStep() of a rate wants 95% of it served", () => {
  assertEquals(judged({ succeeded: 190 }, RATE).verdict, "passed");
  const step = judged({ succeeded: 189, dropped: 11 }, RATE);
  assertEquals([step.verdict, step.reasons], ["failed", ["only 18.9 of 20 per second were served"]]);
  assertEquals(step.openLoop, { achievedRate: 18.9, dropped: 11, delayed: 0 });
});

Deno.test("judgeStep() of a rate counts what the server falls behind as time, and not its last answers", () => {
  const facts = { succeeded: 200, result: { durationMs: 14_000 } };
  const steady = judged({ ...facts, latencyMs: 4000 }, RATE);
  assertEquals(steady.verdict, "passed");
  assertAlmostEquals(steady.openLoop!.achievedRate, 20, 0.01);
  const straggler = judged({ ...facts, latenciesMs: [...new Array(199).fill(10), 4000] }, RATE);
  assertEquals(straggler.verdict, "passed");
  assertAlmostEquals(straggler.openLoop!.achievedRate, 20, 0.01);
  const falling = judged({ ...facts, latenciesMs: Array.from({ length: 200 }, (_, k) => k * 20) }, RATE);
  assertAlmostEquals(falling.openLoop!.achievedRate, 200 / 13.98, 0.05);
  assertEquals(falling.verdict, "failed");
});

Deno.test("judgeStep() of a rate counts iterations by their first request, however long the rest takes", () => {
  const plan = planFor(["http://127.0.0.1/a", "http://127.0.0.1/b"], RATE);
  const flows = plan.scenario.flows.map((flow) => ({ ...flow, steps: new Array(3).fill(flow.steps[0]) }));
  const result = resultOf({ ...plan, scenario: { ...plan.scenario, flows } }, {
    succeeded: 100,
    iterations: 40,
  });
  const [first] = result.total.steps;
  const steps = [first!, { ...first!, step: 1 }, { ...first!, step: 3 }];
  const step = judgeStep({ ...result, total: { ...result.total, steps } }, { load: 20, limits: LIMITS });
  assertEquals(step.verdict, "passed");
  assertAlmostEquals(step.openLoop!.achievedRate, 20, 0.01);
});

Deno.test("judgeStep() measures over the real time and counts what is behind the percentiles", () => {
  const step = judged({ succeeded: 100, failed: 1, result: { durationMs: 10_100 } });
  assertAlmostEquals(step.requestsPerSecond!, 10);
  assertEquals([step.requests, step.errors, step.samples], [101, 1, 100]);
  assertEquals(step.p50?.isAtLeast, false);
  assertEquals("openLoop" in step, false);
});
