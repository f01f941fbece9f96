/** `Server-Timing` in every report. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { StepStats } from "../../src/metrics/snapshot.ts";
import { OTHER_TIMINGS, type ServerTimings } from "../../src/metrics/server_timings.ts";
import { reportData } from "../../src/report/html_report/report_data.ts";
import { renderHtml } from "../../src/report/html.ts";
import { terminalReporter } from "../../src/report/terminal/terminal.ts";
import { toJsonDocument } from "../../src/result/document/json_document.ts";
import { histogramOf, outcomeOf, scenarioPlan, scenarioStep, stepOf } from "../_support/outcomes.ts";

const load = { kind: "duration", connections: 2, durationMs: 10_000 } as const;
const plan = scenarioPlan("shop", [scenarioStep("home", "/"), scenarioStep("pay", "/pay")], load);

const TIMINGS: ServerTimings = {
  "cache;HIT": { count: 3, times: histogramOf() },
  db: { count: 4, times: histogramOf(10, 20, 30, 40) },
  "x;<script>alert(1)</script>\x1b[31m": { count: 1, times: histogramOf(5) },
  [OTHER_TIMINGS]: { count: 9, times: histogramOf(500) },
};

const withTimings = (serverTimings: ServerTimings): StepStats =>
  stepOf({ latency: histogramOf(1), serverTimings });
const outcome = outcomeOf(plan, [
  withTimings(TIMINGS),
  { ...withTimings({ db: { count: 1, times: histogramOf(100) } }), step: 1 },
]);

Deno.test("the JSON has the metrics of the run and of each step, what took most time first", () => {
  const { server_timing: all, step_stats: steps } = toJsonDocument(outcome);
  assertEquals(
    all?.map((
      { name, description, count, timed, mean, p95, max },
    ) => [name, description, count, timed, mean, p95, max]),
    [
      ["db", undefined, 5, undefined, 0.04, undefined, 0.1],
      ["x", "<script>alert(1)</script>\x1b[31m", 1, undefined, 0.005, undefined, 0.005],
      ["cache", "HIT", 3, 0, undefined, undefined, undefined],
      ["(others)", undefined, 9, 1, 0.5, undefined, 0.5],
    ],
  );
  assertEquals(steps?.pay?.server_timing?.map(({ name, mean }) => [name, mean]), [["db", 0.1]]);
});

Deno.test("terminal and page show them, foreign text escaped", () => {
  const look = { color: false, detail: "full" } as const;
  const full = terminalReporter.render(outcome, look);
  assertMatch(full, /SERVER-TIMING[\s\S]*db +5 +40\.00ms +30\.0\dms +– +– +100\.00ms\n/);
  assertMatch(full, /\n {2}pay\n {4}db +1 +100\.00ms/);
  assertMatch(
    terminalReporter.render(outcome, { ...look, detail: "short" }),
    /Server-Timing: db mean 40\.00ms\s/,
  );
  for (const text of [full, renderHtml(outcome)]) {
    assertEquals(text.includes("\x1b"), false);
    assertEquals(/alert\(1\)<\/script>/.test(text) && text !== full, false);
  }
  const table = reportData(outcome).timings!;
  assertEquals(table.columns.slice(0, 3), ["Step", "Metric", "Description"]);
  assertEquals(table.rows.map(([step, name]) => `${step} ${name}`), [
    ...["All db", "All x", "All cache", "All (others)"],
    ...["home db", "home x", "home cache", "home (others)", "pay db"],
  ]);
  assertStringIncludes(JSON.stringify(table), "\\\\x1b");
});

Deno.test("without any there is nothing", () => {
  const plain = outcomeOf(plan, [stepOf({ latency: histogramOf(1) })]);
  assertEquals(toJsonDocument(plain).server_timing, undefined);
  assertEquals(reportData(plain).timings, undefined);
  assertEquals(terminalReporter.render(plain, { color: false }).includes("SERVER-TIMING"), false);
});
