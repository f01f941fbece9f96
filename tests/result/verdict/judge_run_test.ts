/** The verdict over a run. */
import { assertEquals } from "@std/assert";
import { judgeRun, unitNotes } from "../../../src/result/verdict/judge_run.ts";
import { parseThreshold } from "../../../src/result/verdict/threshold.ts";
import { histogramOf, outcomeOf, scenarioPlan, scenarioStep, stepOf } from "../../_support/outcomes.ts";

const NAMES = ["GET /a b", "login: again", "GET http://a.test/?token=canary", "never"];
const PLAN = scenarioPlan("s", NAMES.map((name) => scenarioStep(name, "/")), {
  kind: "duration",
  connections: 1,
  durationMs: 1000,
});
const COUNTS = [0, 1, 2].map((step) =>
  stepOf({
    step,
    latency: histogramOf(...new Array(100).fill(10 * (step + 1))),
    failedLatency: histogramOf(1),
  })
);
const { result } = outcomeOf(PLAN, COUNTS, { result: { durationMs: 1000 } });

for (
  const [claim, actual, passed] of [
    ["p95 < 31ms", "30.00ms", true],
    ["p97.5 < 31ms", "30.00ms", true],
    ["rps > 300", "303.00", true],
    ["error_rate < 0.5%", "0.99%", false],
    ["step:GET /a b p95 < 15ms", "10.00ms", true],
    ['step:"GET /a b" p95 < 5ms', "10.00ms", false],
    ["step:login: again p50 < 15ms", "20.00ms", false],
    ["step:login: again error_rate < 1%", "0.99%", true],
    ["step:GET http://a.test/?token=canary p50 < 31ms", "30.00ms", true],
    ["step:never p95 < 1s", undefined, false],
    ["step:never total_errors < 1", undefined, false],
    ["step:never rps < 5", undefined, false],
    ["service_p95 < 1s", undefined, false],
  ] as const
) {
  Deno.test(`judgeRun() of ${claim}`, () => {
    const [verdict] = judgeRun([parseThreshold(claim)], result);
    assertEquals([verdict?.actual, verdict?.passed], [actual, passed]);
    assertEquals(verdict?.expression, claim.replace("canary", "***"));
  });
}

Deno.test("unitNotes() warns once of all bounds without a unit, secrets masked", () => {
  const claims = [
    "p95 < 5",
    "p95 < 5s",
    "rps > 5",
    "error_rate < 1",
    "success_rate > .99",
    "step:GET http://a.test/?token=canary p50 < 1",
  ].map(
    parseThreshold,
  );
  assertEquals(unitNotes(claims).map(({ text }) => text), [
    'Bounds given without a unit are taken in the one shown: "p95 < 5 s", "success_rate > .99%", ' +
    '"step:GET http://a.test/?token=*** p50 < 1 s"',
  ]);
  assertEquals(unitNotes(claims.slice(1, 4)), []);
});
