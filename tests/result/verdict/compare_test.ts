/** Comparisons of runs: what is noise, what is a change, and how sure that is. */
import { assert, assertEquals, assertGreater, assertLess, assertMatch } from "@std/assert";
import { Histogram } from "../../../src/metrics/histogram.ts";
import { Random } from "../../../src/lib/random.ts";
import { EMPTY_SNAPSHOT } from "../../../src/metrics/snapshot.ts";
import type { StepStats } from "../../../src/metrics/snapshot.ts";
import { compareRuns, settingDifferences } from "../../../src/result/verdict/compare.ts";
import type { ComparedRun } from "../../../src/result/verdict/compared_run.ts";
import { type Comparison, isRegressed } from "../../../src/result/comparison.ts";
import { comparisonOfJson, toComparisonJson } from "../../../src/result/document/comparison_json.ts";
import { readJsonDocument } from "../../_support/read_json_document.ts";
import { parseFailRule } from "../../../src/result/verdict/fail_rule.ts";
import { timelinePoint } from "../../../src/result/series/timeline_point.ts";
import { histogramOf, outcomeOf, scenarioPlan, scenarioStep, stepOf } from "../../_support/outcomes.ts";
import { comparisonRows } from "../../../src/report/comparison_rows.ts";
import { addStepStats } from "../../../src/metrics/snapshot.ts";

const STEPS = [scenarioStep("GET /a b", "/a"), scenarioStep("never", "/never")];
const PLAN = scenarioPlan("s", STEPS, { kind: "duration", connections: 4, durationMs: 20_000 });

interface Server {
  readonly ms: number;
  readonly errors?: number;
  readonly seconds?: number;
  /** Successful requests a second; 0: none. */
  readonly rate?: number;
  /** Requests a second that were never answered, each given up after so many ms. */
  readonly unanswered?: { readonly each: number; readonly afterMs: number };
}

/** A run of 20 seconds whose level drifts from run to run by a percent and from second to second by two. */
function runOf(
  random: Random,
  { ms, errors = 0, seconds = 20, rate = 4000 / ms, unanswered }: Server,
): ComparedRun {
  const noise = () => random.fraction() + random.fraction() + random.fraction() - 1.5;
  const level = ms * (1 + 0.02 * noise());
  let total: StepStats = stepOf({});
  const timeline = [];
  for (let second = 0; second < seconds; second++) {
    const now = level * (1 + 0.04 * noise());
    const histogram = new Histogram();
    for (let i = 0; i < rate * ms / now; i++) histogram.record(now * 1000 * (1 + 0.1 * Math.abs(noise())));
    const waited = histogramOf(...new Array<number>(unanswered?.each ?? 0).fill(unanswered?.afterMs ?? 0));
    const window = stepOf({
      latency: histogram.take(),
      unanswered: waited,
      failed: errors + waited.count,
      statuses: {},
    });
    total = addStepStats(total, window);
    timeline.push(
      timelinePoint({
        ...EMPTY_SNAPSHOT,
        fromMs: second * 1000,
        toMs: second * 1000 + 1000,
        users: 4,
        steps: [window],
      }),
    );
  }
  const { result, config } = outcomeOf(PLAN, [total], { result: { durationMs: seconds * 1000, timeline } });
  return { source: "x.json", result, config };
}

function compared(
  baseline: readonly ComparedRun[],
  current: readonly ComparedRun[],
  ...rules: readonly string[]
): Comparison {
  return compareRuns(baseline, current, {
    rules: rules.map(parseFailRule),
    confidence: 99,
    runNoisePercent: 1.5,
  });
}

Deno.test("compareRuns() finds two runs of one server alike, and a slower one worse", () => {
  const random = new Random(1);
  let alarms = 0;
  let found = 0;
  for (let i = 0; i < 40; i++) {
    const same = [runOf(random, { ms: 20 }), runOf(random, { ms: 20 })];
    if (isRegressed(compared([same[0]!], [same[1]!], "worse"))) alarms++;
    if (isRegressed(compared([same[0]!], [runOf(random, { ms: 22 })], "worse"))) found++;
  }
  assertLess(alarms, 2);
  assertGreater(found, 36);
});

Deno.test("compareRuns() calls a faster server better, and no rule fires", () => {
  const random = new Random(2);
  const comparison = compared([runOf(random, { ms: 20 })], [runOf(random, { ms: 15 })], "worse", "p95 > +1%");
  assertEquals(comparison.metrics.find(({ metric }) => metric === "p50")?.verdict, "better");
  assertEquals(isRegressed(comparison), false);
});

Deno.test("compareRuns() with several baselines measures how far runs differ", () => {
  const random = new Random(3);
  const baseline = Array.from({ length: 6 }, () => runOf(random, { ms: 20 }));
  const current = [runOf(random, { ms: 20.2 })];
  const width = (comparison: Comparison) => {
    const { low, high } = comparison.metrics.find(({ metric }) => metric === "p50")!;
    return high! - low!;
  };
  // Assumed to drift by 5 %, seen to drift by 1 %.
  const wary = (runs: readonly ComparedRun[]) =>
    compareRuns(runs, current, { rules: [], confidence: 99, runNoisePercent: 5 });
  assertLess(width(wary(baseline)), 0.7 * width(wary(baseline.slice(0, 1))));
  const wild = [18, 22, 17, 23, 19, 25].map((ms) => runOf(random, { ms }));
  assertGreater(width(compared(wild, current)), 2 * width(compared(baseline, current)));
  assertEquals(compared(wild, [runOf(random, { ms: 24 })], "p50 > +5%").rules[0]?.passed, true);
});

Deno.test("a rule fires only beyond its bound and beyond noise", () => {
  const random = new Random(4);
  const [a, b] = [runOf(random, { ms: 20 }), runOf(random, { ms: 24 })];
  const { rules } = compared(
    [a],
    [b],
    "p50 > +10%",
    "p50 > +50%",
    "p50 > 1ms",
    "p50 > 10ms",
    "rps < -10%",
    "rps worse",
  );
  assertEquals(rules.map(({ passed }) => passed), [false, true, false, true, false, false]);
  assertMatch(rules[0]!.reason, /^\+\d+\.\d% \(.*ms to .*ms\), worse beyond noise$/);
  const twins = [20, 20.4].map((ms) => runOf(new Random(11), { ms, rate: 200 }));
  const near = compared([twins[0]!], [twins[1]!], "p50 > +1%").rules[0]!;
  assertEquals(near.passed, true);
  assertMatch(near.reason, /^\+2\.\d% .*, not beyond noise; less than \d/);
});

Deno.test("a rule that demands an improvement fires when there is none", () => {
  const random = new Random(5);
  const pair = [runOf(random, { ms: 20 }), runOf(random, { ms: 20 })];
  assertEquals(compared([pair[0]!], [pair[1]!], "p50 > -20%").rules[0]?.passed, false);
});

Deno.test("what is missing in the current run fails; what the baseline lacks passes", () => {
  const random = new Random(6);
  const good = runOf(random, { ms: 20 });
  const dead = runOf(random, { ms: 20, rate: 0, errors: 50 });
  assertEquals(
    compared([good], [dead], "p95 > +10%", "worse").rules.map((
      { passed, reason },
    ) => [passed, reason.replace(/.*(p50 was not measured).*/, "$1")]),
    [
      [false, "not measured in the current run"],
      [false, "p50 was not measured"],
    ],
  );
  assertEquals(compared([dead], [good], "p95 > +10%").rules[0], {
    expression: "p95 > +10%",
    passed: true,
    isKnown: true,
    reason: "not in the baseline, nothing to compare with",
  });
});

Deno.test("errors where there were none are worse; the change is in points", () => {
  const random = new Random(7);
  const comparison = compared(
    [runOf(random, { ms: 20 })],
    [runOf(random, { ms: 20, errors: 20 })],
    "error_rate > 1",
    "error_rate > +50%",
  );
  const change = comparison.metrics.find(({ metric }) => metric === "error_rate")!;
  assertEquals(change.percent, undefined);
  assertGreater(change.low!, 5);
  assertEquals(comparison.rules.map(({ passed }) => passed), [false, false]);
});

Deno.test("runs too short to tell their noise are not judged, but for what no noise explains", () => {
  const random = new Random(8);
  const [a, b] = [runOf(random, { ms: 20, seconds: 2 }), runOf(random, { ms: 24, seconds: 2 })];
  const { rules } = compared([a], [b], "p50 > +10%", "p50 worse", "worse", "p50 > +30%");
  for (const { passed, isKnown, reason } of rules) {
    assertEquals([passed, isKnown], [true, false], reason);
    assertMatch(reason, /the runs are too short to tell$/);
  }
  const slow = compared([a], [runOf(random, { ms: 200, seconds: 2 })], "p50 > +10%", "worse").rules;
  assertEquals(slow.map(({ passed, isKnown }) => [passed, isKnown]), [[false, true], [false, true]]);
});

Deno.test("what no noise explains is told however short the runs are, and what it may explain is not", () => {
  const random = new Random(13);
  const verdictOf = (metric: string, a: Server, b: Server) =>
    compared([runOf(random, a)], [runOf(random, b)]).metrics.find((change) => change.metric === metric)
      ?.verdict;
  const quick = { ms: 20, seconds: 1, rate: 200 };
  for (const metric of ["error_rate", "success_rps"]) {
    assertEquals(verdictOf(metric, quick, { ...quick, rate: 20, errors: 200 }), "worse", metric);
  }
  assertEquals(verdictOf("error_rate", { ...quick, errors: 200 }, quick), "better");
  assertEquals(verdictOf("error_rate", quick, { ...quick, errors: 1 }), "unknown");
  assertEquals(verdictOf("error_rate", { ...quick, rate: 4 }, { ...quick, rate: 2, errors: 2 }), "unknown");
  assertEquals(verdictOf("p50", quick, { ...quick, ms: 2000 }), "worse");
  assertEquals(verdictOf("p50", quick, { ...quick, ms: 30 }), "unknown");
  assertEquals(verdictOf("rps", quick, { ...quick, rate: 4 }), "worse");
  assertEquals(verdictOf("rps", quick, { ...quick, rate: 150 }), "unknown");
});

Deno.test("counts grow with a run's length: they are shown, and never judged", () => {
  const random = new Random(14);
  const comparison = compared(
    [runOf(random, { ms: 20, seconds: 20, errors: 20 })],
    [runOf(random, { ms: 20, seconds: 10, errors: 20 })],
    "worse",
    "total_errors > +1%",
    "total_requests < -40%",
  );
  const total = comparison.metrics.find(({ metric }) => metric === "total_requests")!;
  assertEquals(total.verdict, "unknown");
  assertEquals(
    comparisonRows(comparison).find(([metric]) => metric === "total_requests")?.at(-1),
    "not judged",
  );
  assertEquals(comparison.rules.map(({ passed }) => passed), [true, true, false]);
  assertMatch(comparison.rules[2]!.reason, /a count, which grows with the run's length$/);
});

Deno.test("steps are compared by name, quoted or not; a step that never ran is missing", () => {
  const random = new Random(9);
  const [a, b] = [runOf(random, { ms: 20 }), runOf(random, { ms: 30 })];
  const { rules, metrics } = compared([a], [b], 'step:"GET /a b".p95 > +10%', "step:never.p95 > +10%");
  assertEquals(rules.map(({ passed }) => passed), [false, false]);
  assert(metrics.some(({ metric, verdict }) => metric === 'step:"GET /a b".p95' && verdict === "worse"));
});

Deno.test("settingDifferences() names what differs, and ignores what one side does not tell", () => {
  assertEquals(
    settingDifferences({ mode: "duration", connections: 10, rate: null }, {
      mode: "duration",
      connections: 20,
      rate: 5,
      users: 1,
    }),
    ["connections was 10 and is 20", "rate was not set and is 5"],
  );
});

Deno.test("compareRuns() warns of runs that mean less than they seem to", () => {
  const random = new Random(12);
  const [good, bad] = [runOf(random, { ms: 20 }), runOf(random, { ms: 20 })];
  const lost = [{ thread: "thread 2", atMs: 1000, reason: "gone" }];
  const comparison = compared([good], [{ ...bad, result: { ...bad.result, interrupted: true, lost } }]);
  assertEquals(comparison.warnings, ["x.json was cut short", "x.json: part of the load was lost"]);
});

Deno.test("runs that are pooled and were measured in another way are told", () => {
  const random = new Random(15);
  const runs = [1, 2, 3].map((n) => ({ ...runOf(random, { ms: 20 }), source: `${n}.json` }));
  const odd = { ...runs[1]!, config: { ...runs[1]!.config, connections: 99 } };
  const { connections } = runs[0]!.config;
  assertEquals(compared([runs[0]!, odd], [runs[2]!]).warnings, [
    `2.json: connections was ${connections} and is 99`,
  ]);
  assertEquals(compared([runs[0]!], [runs[2]!, odd]).warnings, [
    `2.json: connections was ${connections} and is 99`,
  ]);
});

Deno.test("a comparison in JSON reads back", () => {
  const random = new Random(10);
  const comparison = compared([runOf(random, { ms: 20 })], [runOf(random, { ms: 30 })], "worse");
  const json = JSON.parse(JSON.stringify(toComparisonJson(comparison)));
  const file = JSON.stringify({ total_requests: 1, comparison: json });
  assertEquals(readJsonDocument(file).comparison, json);
  assertEquals(json.exit_code, 3);
  assertEquals(toComparisonJson(comparisonOfJson(json)), json);
});

const BOUND_RULES = ["worse", "p50 worse", "p50 > +10%", "p50 > 5ms", "p50 < -10%"];

/** What a comparison of these two servers says of the median, and which of the rules hold. */
function medians(before: Server, after: Server) {
  const random = new Random(7);
  const comparison = compared([runOf(random, before)], [runOf(random, after)], ...BOUND_RULES);
  const again = comparisonOfJson(JSON.parse(JSON.stringify(toComparisonJson(comparison))));
  assertEquals(comparisonRows(again), comparisonRows(comparison));
  const [change] = comparison.metrics.filter(({ metric }) => metric === "p50");
  const [row] = comparisonRows(comparison).filter(([metric]) => metric === "p50");
  return {
    change: change!,
    row: row!,
    held: comparison.rules.map(({ passed }) => passed),
    reasons: comparison.rules.map(({ reason }) => reason),
  };
}

const FAST: Server = { ms: 100 };
/** Nothing but failures, after 3 ms. */
const RESET: Server = { ms: 100, rate: 0, unanswered: { each: 40, afterMs: 3 } };
/** Half are answered as ever, more than half hang for 120 ms or more. */
const HANGING: Server = { ms: 100, rate: 40, unanswered: { each: 60, afterMs: 150 } };

Deno.test("a lower bound above the baseline is surely worse", () => {
  const { change, row, held, reasons } = medians(FAST, HANGING);
  assertEquals([change.verdict, change.isAtLeast], ["worse", true]);
  assertMatch(row.slice(1).join(" "), /^\d+\.\d\dms ≥ 1\d\d\.\d\dms ≥ \+\d\d\.\d% – worse$/);
  // That it did not become faster is certain, too.
  assertEquals(held, [false, false, false, false, true]);
  assertMatch(reasons[2]!, /^≥ \+\d\d\.\d% \(.*ms to ≥ .*ms\), worse beyond noise$/);
});

Deno.test("a lower bound below the baseline says nothing, and passes nothing", () => {
  const { change, row, held, reasons } = medians(FAST, RESET);
  assertEquals([change.delta, change.percent, change.low, change.verdict], [
    undefined,
    undefined,
    undefined,
    "unknown",
  ]);
  assertEquals(row.slice(2), ["≥ 3.00ms", "–", "–", "cannot be told"]);
  assertEquals(held, [false, false, false, false, false]);
  for (const reason of reasons.slice(1)) {
    assertMatch(reason, /^\S+ms to ≥ 3\.00ms: only a lower bound is known/);
  }
});

Deno.test("a baseline of which only a lower bound is known is compared as far as that goes", () => {
  const improved = medians(HANGING, FAST);
  assertEquals([improved.change.verdict, improved.change.isBaselineAtLeast], ["better", true]);
  assertMatch(improved.row.slice(1).join(" "), /^≥ \S+ms \d+\.\d\dms ≤ −\d\d\.\d% – better$/);
  assertEquals(improved.held.slice(1), [true, true, true, false]);
  const untold = medians(RESET, FAST);
  assertEquals([untold.change.verdict, untold.change.delta], ["unknown", undefined]);
  assertEquals(untold.held.slice(1), [true, true, true, true]);
  assertMatch(untold.reasons[2]!, /the baseline has only a lower bound/);
  const both = medians(RESET, HANGING);
  assertEquals([both.change.verdict, both.row.at(-1)], ["unknown", "cannot be told"]);
  assertEquals(both.held.slice(1), [true, true, true, true]);
});

Deno.test("compareRuns() gives numbers that JSON keeps to the last digit, and so the reports do not change", () => {
  const random = new Random(7, 0);
  for (let ms = 5.001; ms < 6; ms += 0.05) {
    const comparison = compareRuns([runOf(random, { ms })], [runOf(random, { ms: 2 * ms })], {
      confidence: 99,
      runNoisePercent: 1.5,
      rules: [],
    });
    assertEquals(comparisonOfJson(JSON.parse(JSON.stringify(toComparisonJson(comparison)))), comparison);
  }
});
