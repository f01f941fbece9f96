/**
 * The verdicts as JUnit XML, the form that CI systems show as tests: a case for the run itself, for each threshold and
 * for each rule of a comparison. Values are in properties and messages; an unmeasured threshold is a failure.
 *
 * @module
 */
import { formatMeasured, formatPercent, formatRate } from "../lib/number_format.ts";
import { escapeXml } from "../lib/escape.ts";
import { isResolved, metricFor } from "../metrics/catalog.ts";
import {
  attemptsOf,
  endedOf,
  errorRatePercent,
  errorsOf,
  isFruitless,
  percentileOf,
  requestsPerSecond,
  samplesOf,
  successesPerSecond,
} from "../metrics/stats.ts";
import { shownSpans, targetText } from "../result/describe_run.ts";
import { verdictOf } from "../result/verdict/verdict.ts";
import type { Outcome } from "../result/outcome.ts";
import { socketsUsed, tlsUsed } from "../result/sockets_used.ts";
import { overallStats } from "../result/run_result.ts";
import { namedScenarios } from "../result/scenario_parts.ts";
import type { Reporter } from "./reporter.ts";

/** Scenarios, groups and flows whose numbers are in properties. */
const MAX_PARTS = 50;

/** One test case. */
interface Case {
  readonly name: string;
  readonly group: "run" | "thresholds" | "comparison";
  /** What was measured; shown with the case. */
  readonly output?: string;
  /** Why it failed; absent: it passed. */
  readonly failure?: string;
  /** Why it neither passed nor failed. */
  readonly skipped?: string;
}

/** Writes one suite a run. */
export const junitReporter: Reporter = {
  name: "junit",
  render: (outcome) => xmlOf([outcome]),
  renderAll: xmlOf,
};

function xmlOf(outcomes: readonly Outcome[]): string {
  const suites = outcomes.map((outcome) => ({ outcome, cases: casesOf(outcome) }));
  const all = suites.flatMap(({ cases }) => cases);
  const totalMs = outcomes.reduce((sum, { result }) => sum + result.durationMs, 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="bench" ${tally(all)} time="${seconds(totalMs)}">`,
    ...suites.flatMap(({ outcome, cases }) => suiteLines(outcome, cases)),
    "</testsuites>",
    "",
  ].join("\n");
}

function suiteLines(outcome: Outcome, cases: readonly Case[]): readonly string[] {
  const { result } = outcome;
  const started = new Date(result.startedAtMs).toISOString().slice(0, 19);
  const name = escapeXml(targetText(result.plan));
  return [
    `  <testsuite name="${name}" ${tally(cases)} time="${
      seconds(result.durationMs)
    }" timestamp="${started}">`,
    "    <properties>",
    ...properties(outcome).map(([key, value]) =>
      `      <property name="${escapeXml(key)}" value="${escapeXml(value)}"/>`
    ),
    "    </properties>",
    ...cases.flatMap(caseLines),
    "  </testsuite>",
  ];
}

function properties({ result, tags }: Outcome): readonly (readonly [key: string, value: string])[] {
  const stats = overallStats(result);
  const { counts } = stats;
  const rps = requestsPerSecond(stats);
  const errors = errorRatePercent(counts);
  const successRps = errorsOf(counts) > 0 ? successesPerSecond(stats) : undefined;
  const delayed = metricFor("delayed")?.read(stats);
  const measured: readonly (readonly [string, string | undefined])[] = [
    ["requests", String(endedOf(counts))],
    ["arrivals dropped", counts.dropped && String(counts.dropped.count)],
    ["arrivals delayed", delayed === undefined ? undefined : String(delayed)],
    ["requests per second", rps === undefined ? undefined : formatRate(rps)],
    ["successful per second", successRps === undefined ? undefined : formatRate(successRps)],
    ["error rate", errors === undefined ? undefined : formatPercent(errors)],
    ...[50, 95, 99].map((p) =>
      [
        `p${p}`,
        isResolved(p, samplesOf(counts)) ? formatMeasured(percentileOf(counts, p)) : undefined,
      ] as const
    ),
  ];
  const parts = [
    ...namedScenarios(result).map((part) => ({ ...part, kind: "scenario" })),
    ...shownSpans(result),
  ];
  const sockets = socketsUsed(result);
  const tls = tlsUsed(result);
  return [
    ...(sockets === undefined ? [] : [["sockets", sockets] as const]),
    ...(tls === undefined ? [] : [["tls", tls.library] as const]),
    ...measured.flatMap(([key, value]) => value === undefined ? [] : [[key, value] as const]),
    ...parts.slice(0, MAX_PARTS).flatMap(({ kind, name, stats: { counts } }) =>
      [
        ["count", String(endedOf(counts))],
        ["errors", String(errorsOf(counts))],
        ...[50, 95, 99].filter((p) => isResolved(p, samplesOf(counts))).map((p) => [
          `p${p}`,
          formatMeasured(percentileOf(counts, p)),
        ]),
      ].map(([key, value]) => [`${kind}:${name} ${key}`, value!] as const)
    ),
    ...Object.entries(tags).map(([key, value]) => [`tag.${key}`, value] as const),
  ];
}

function casesOf(outcome: Outcome): readonly Case[] {
  const { result, thresholds, comparison, notes, distrusted } = outcome;
  const { counts } = overallStats(result);
  const attempts = attemptsOf(counts);
  const { aborted, lost } = result;
  const trouble = isFruitless(counts)
    ? attempts === 0 ? "no response arrived" : `all ${attempts} requests failed`
    : aborted
    ? `ended early: "${aborted.expression}" was not met (${aborted.reason})`
    : lost.length > 0
    ? `part of the load was lost: ${lost.map(({ thread, reason }) => `${thread} (${reason})`).join(", ")}`
    : distrusted
    ? "the numbers are not reliable"
    : undefined;
  const verdict = verdictOf(outcome);
  const warnings = notes.filter(({ level }) => level === "warning").map(({ text }) => `Warning: ${text}`);
  return [
    {
      name: "run",
      group: "run",
      output: [`${counts.succeeded} of ${attempts} requests succeeded`, ...warnings].join("\n"),
      ...(trouble !== undefined && { failure: trouble }),
      ...(trouble === undefined && verdict.kind === "errors" && { skipped: `not judged: ${verdict.text}` }),
    },
    ...thresholds.map(({ expression, actual, passed }): Case => ({
      name: expression,
      group: "thresholds",
      output: `measured: ${actual ?? "not measured"}`,
      ...(!passed && { failure: actual === undefined ? "not measured" : `measured ${actual}` }),
    })),
    ...(comparison?.rules ?? []).map(({ expression, passed, isKnown, reason }): Case => ({
      name: expression,
      group: "comparison",
      output: `change: ${reason}`,
      ...(!passed && { failure: reason }),
      ...(!isKnown && { skipped: `not judged: ${reason}` }),
    })),
  ];
}

function caseLines({ name, group, output, failure, skipped }: Case): readonly string[] {
  const head = `    <testcase name="${escapeXml(name)}" classname="bench.${group}" time="0"`;
  const inner = [
    ...(failure === undefined ? [] : [`      <failure message="${escapeXml(failure)}" type="${group}"/>`]),
    ...(skipped === undefined ? [] : [`      <skipped message="${escapeXml(skipped)}"/>`]),
    ...(output === undefined ? [] : [`      <system-out>${escapeXml(output)}</system-out>`]),
  ];
  return inner.length === 0 ? [`${head}/>`] : [`${head}>`, ...inner, "    </testcase>"];
}

function tally(cases: readonly Case[]): string {
  const failures = cases.filter(({ failure }) => failure !== undefined).length;
  const skipped = cases.filter((one) => one.skipped !== undefined).length;
  return `tests="${cases.length}" failures="${failures}" errors="0" skipped="${skipped}"`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
