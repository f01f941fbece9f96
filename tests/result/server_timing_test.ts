/** `Server-Timing` in every report. */
import { assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { UsageError } from "../../src/lib/errors.ts";
import type { StepStats } from "../../src/metrics/snapshot.ts";
import { OTHER_TIMINGS, type ServerTimings } from "../../src/metrics/server_timings.ts";
import { reportData } from "../../src/report/html_report/report_data.ts";
import { renderHtml } from "../../src/report/html.ts";
import { terminalReporter } from "../../src/report/terminal/terminal.ts";
import { toJsonDocument } from "../../src/result/document/json_document.ts";
import { summaryMarkdown } from "../../src/report/markdown.ts";
import { compareRuns } from "../../src/result/verdict/compare.ts";
import { parseFailRule } from "../../src/result/verdict/fail_rule.ts";
import { statsFor } from "../../src/result/verdict/judge_run.ts";
import { missingNotes } from "../../src/result/verdict/missing_notes.ts";
import { judge, parseThreshold } from "../../src/result/verdict/threshold.ts";
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

/** What a threshold on a metric comes to. */
function judged(expression: string): string {
  const threshold = parseThreshold(expression);
  const { actual, passed } = judge(threshold, statsFor(threshold, outcome.result));
  return `${passed ? "pass" : "fail"} ${actual ?? "-"}`;
}

Deno.test("thresholds name a metric, with its description where it matters; they have count and times", () => {
  assertEquals(judged("server_timing:db max < 50ms"), "fail 100.00ms");
  assertMatch(judged("server_timing:db.p50 < 50ms"), /^pass 30\.0\dms$/);
  assertEquals(judged("server_timing:db count >= 5"), "pass 5");
  assertEquals(judged('server_timing:"cache (HIT)" count > 2'), "pass 3");
  assertEquals(judged("server_timing:cache count > 2"), "pass 3");
  assertEquals(judged("server_timing:cache p50 < 1s"), "fail -");
  assertEquals(judged("server_timing:toString p50 < 1s"), "fail -");
  assertThrows(
    () => parseThreshold("server_timing:db error_rate < 1%"),
    UsageError,
    'Server-Timing has only count and times such as p95, not "error_rate"',
  );
  const notes = ["server_timing:bd p50 < 1s", "server_timing:cache p50 < 1s"].map(parseThreshold);
  assertEquals(missingNotes(notes, outcome.result).map(({ text }) => text.replace(/^.*failed: /, "")), [
    'no response had "bd" in Server-Timing: did you mean db?',
    'no response said how long "cache" took',
  ]);
});

Deno.test("comparisons have p50 and p95 of what both runs have durations of; rules may name one", () => {
  const other = outcomeOf(plan, [withTimings({ db: { count: 2, times: histogramOf(60, 80) } })]);
  const [baseline, current] = [outcome, other].map(({ result, config }) => ({ source: "x", result, config }));
  const { metrics } = compareRuns([baseline!], [current!], {
    rules: [parseFailRule("server_timing:db max > +10%")],
    confidence: 99,
    runNoisePercent: 1.5,
  });
  assertEquals(
    metrics.filter(({ metric }) => metric.startsWith("server_timing")).map((
      { metric, baseline, current },
    ) => [
      metric,
      ...[baseline, current].map((value) => value?.toFixed(2)),
    ]),
    [
      ["server_timing:db.p50", "0.03", "0.06"],
      ["server_timing:db.p95", "0.10", "0.08"],
      ["server_timing:db.max_latency", "0.10", "0.08"],
    ],
  );
});

Deno.test("the Markdown summary has a row for each, escaped", () => {
  const text = summaryMarkdown(outcome, { title: "t", marker: false });
  assertMatch(
    text,
    /\| Server-Timing \| Count \| mean .*\n.*\n\| db \| 5 \| 40\.00ms \| 30\.0\dms \| – \| – \| 100\.00ms \|\n/,
  );
  assertEquals(/<script>/.test(text), false);
});

Deno.test("without any there is nothing", () => {
  const plain = outcomeOf(plan, [stepOf({ latency: histogramOf(1) })]);
  assertEquals(toJsonDocument(plain).server_timing, undefined);
  assertEquals(reportData(plain).timings, undefined);
  assertEquals(terminalReporter.render(plain, { color: false }).includes("SERVER-TIMING"), false);
});
