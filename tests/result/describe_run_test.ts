/** Runs in words. */
import { assert, assertEquals } from "@std/assert";
import type { LoadSpec } from "../../src/plan/run_plan.ts";
import {
  definitionsOf,
  isUrlList,
  modeText,
  namedSteps,
  pauseText,
  targetText,
} from "../../src/result/describe_run.ts";
import {
  histogramOf,
  openLoopOutcome,
  ordinaryOutcome,
  outcomeOf,
  scenarioPlan,
  scenarioStep,
  stepOf,
  tinyOutcome,
} from "../_support/outcomes.ts";
import { planFor } from "../_support/plan.ts";

const LOADS: readonly (readonly [LoadSpec, mode: string])[] = [
  [{ kind: "duration", connections: 7, durationMs: 10_000 }, "10.0s duration"],
  [{ kind: "requests", connections: 7, unit: "requests", amount: 1500 }, "1,500 requests"],
  [{ kind: "requests", connections: 7, unit: "iterations", amount: 20 }, "20 iterations"],
  [{ kind: "requests", connections: 1, unit: "requests", amount: 1 }, "1 request"],
  [
    { kind: "users", users: 300, durationMs: 120_000, rampUpMs: 0, thinkMs: 0, thinkJitter: 0 },
    "300 virtual users, 120.0s",
  ],
  [
    {
      kind: "rate",
      pacer: { kind: "constant", rate: 5 },
      durationMs: 500,
      maxConnections: 40,
      targetRate: 5,
    },
    "0.5s duration, open loop",
  ],
  [
    { kind: "rate", pacer: { kind: "constant", rate: 5 }, amount: 9, maxConnections: 40, targetRate: 5 },
    "9 arrivals, open loop",
  ],
];

for (const [load, mode] of LOADS) {
  Deno.test(`modeText() of "${mode}"`, () => {
    assertEquals(modeText(planFor("http://a.test/", load)), mode);
    const plan = scenarioPlan("Shop", [scenarioStep("a", "/")], load);
    assertEquals(modeText(plan), `scenario 'Shop', ${mode}`);
  });
}

Deno.test("targetText() counts the other URLs, each once", () => {
  const load: LoadSpec = { kind: "duration", connections: 1, durationMs: 1 };
  assertEquals(targetText(planFor("http://a.test/", load)), "GET http://a.test/");
  const list = planFor(["http://a.test/", "http://b.test/", "http://b.test/"], load);
  assertEquals(targetText(list), "GET http://a.test/ and 1 more URL");
  assert(isUrlList(list));
  assert(!isUrlList(planFor("http://a.test/", load)));
});

Deno.test("namedSteps() gives steps that never ran zero counts", () => {
  const plan = scenarioPlan("s", [scenarioStep("one", "/1"), scenarioStep("two", "/2")], {
    kind: "duration",
    connections: 1,
    durationMs: 1,
  });
  const outcome = outcomeOf(plan, [stepOf({ step: 1, latency: histogramOf(1) })]);
  assertEquals(
    namedSteps(outcome.result).map(({ name, stats }) => [name, stats.counts.step, stats.counts.succeeded]),
    [["one", 0, 0], ["two", 1, 1]],
  );
});

Deno.test("namedSteps() keeps names apart that look alike when masked", () => {
  const plan = planFor(["http://a.test/?token=1", "http://a.test/?token=2"], {
    kind: "duration",
    connections: 1,
    durationMs: 1,
  });
  assertEquals(namedSteps(outcomeOf(plan, []).result).map((step) => step.name), [
    "GET http://a.test/?token=***",
    "GET http://a.test/?token=*** (2)",
  ]);
});

Deno.test("definitionsOf() defines only what the run has, each term once", () => {
  const keys = (outcome: ReturnType<typeof tinyOutcome>) =>
    definitionsOf(outcome.result).map(({ key }) => key);
  const always = ["latency", "summary", "percentiles", "errors", "connections", "rates"];
  assertEquals(keys(tinyOutcome()), always);
  assertEquals(
    new Set(keys(ordinaryOutcome())),
    new Set([...always, "at_least", "unfinished"]),
  );
  assertEquals(
    new Set(keys(openLoopOutcome())),
    new Set([...always, "at_least", "dropped", "service_latency", "warmup"]),
  );
});

Deno.test("definitionsOf() says what was left out in the warm-up, with its requests where they are known", () => {
  const { result } = openLoopOutcome();
  const told = (warmupRequests: number | undefined) => {
    const { warmupRequests: _, ...rest } = result;
    const counted = warmupRequests === undefined ? rest : { ...rest, warmupRequests };
    return definitionsOf(counted).find(({ key }) => key === "warmup")?.text;
  };
  assertEquals(told(100), "the first 1s (100 requests) are not counted");
  assertEquals(told(undefined), "the first 1s are not counted");
});

Deno.test("pauseText() tells the pauses that steps come to", () => {
  const users = { kind: "users", users: 3, durationMs: 1000, rampUpMs: 0 } as const;
  const text = (thinkMs: number, thinkJitter: number, ...pauses: readonly (number | undefined)[]) => {
    const load = { ...users, thinkMs, thinkJitter };
    const steps = pauses.map((pause) =>
      scenarioStep("a", "/", pause === undefined ? {} : { thinkMs: pause })
    );
    return pauseText(load, scenarioPlan("s", steps, load).scenario);
  };
  assertEquals(text(1000, 0.5, undefined), "1.00s (+/-50%)");
  assertEquals(text(0, 0, undefined, 0), "none");
  assertEquals(text(1000, 0, 0), "none");
  assertEquals(text(0, 0, 500, 500), "500.00ms");
  assertEquals(text(0, 0.1, 500, undefined, 2000), "0.00us to 2.00s by step (+/-10%)");
});
