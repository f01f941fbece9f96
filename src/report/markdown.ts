/**
 * A run as Markdown for a pull request or a job's summary: what ran, the main numbers, the verdicts. What was not
 * measured is left out. Names, errors and labels from outside are escaped.
 *
 * @module
 */
import { checkLines, type CustomLine, metricLines } from "../result/custom_results.ts";
import { escapeMarkdown } from "../lib/escape.ts";
import {
  formatCount,
  formatMeasured,
  formatPercent,
  formatRate,
  formatTime,
  NOT_MEASURED,
} from "../lib/number_format.ts";
import { isResolved, maxLatencyOf } from "../metrics/catalog.ts";
import { failureText } from "../metrics/failure.ts";
import {
  endedOf,
  errorRatePercent,
  errorsOf,
  percentileOf,
  requestsPerSecond,
  samplesOf,
  successesPerSecond,
} from "../metrics/stats.ts";
import { loadFacts } from "../plan/load_kinds.ts";
import {
  connectionsInWords,
  droppedText,
  firstUrl,
  isUrlList,
  modeText,
  namedSteps,
  shownSpans,
  spansTitle,
} from "../result/describe_run.ts";
import { countedWords } from "../result/describe_sockets.ts";
import { furtherMeasures, TIMES_HEAD } from "../result/further_measures.ts";
import { namedScenarios } from "../result/scenario_parts.ts";
import type { Outcome } from "../result/outcome.ts";
import { VERDICT_WORDS, type VerdictKind, verdictOf } from "../result/verdict/verdict.ts";
import { overallStats, type RunResult } from "../result/run_result.ts";
import { shownTimings, timingLabel } from "../result/server_timing.ts";
import { socketsUsed, tlsUsed } from "../result/sockets_used.ts";
import { comparisonMarkdown, markdownTable } from "./comparison_markdown.ts";

/** What the summary says besides the run. */
export interface SummaryOptions {
  readonly title: string;
  /** Instead of the host. */
  readonly target?: string | undefined;
  /** Begin with {@linkcode MARKER}, so that a comment can be found again. */
  readonly marker: boolean;
}

/** A comment that Markdown does not show. */
export const MARKER = "<!-- bench-summary -->";

/** Kinds of error listed at most. */
const MAX_ERRORS = 10;

/** The whole summary, with a line end at its end. */
export function summaryMarkdown(outcome: Outcome, options: SummaryOptions): string {
  const { comparison } = outcome;
  return [
    ...(options.marker ? [MARKER] : []),
    `## ${escapeMarkdown(options.title)}`,
    "",
    descriptor(outcome, options.target),
    "",
    ...dropped(outcome),
    ...markdownTable(["Metric", "Value"], numbers(outcome)),
    ...further(outcome),
    ...timings(outcome),
    ...scenarios(outcome),
    ...steps(outcome),
    ...spans(outcome),
    ...custom(outcome),
    ...errors(outcome),
    ...thresholds(outcome),
    ...(comparison ? ["", ...comparisonMarkdown(comparison)] : []),
    ...notes(outcome),
    "",
    `**${verdict(outcome)}**`,
    "",
  ].join("\n");
}

/** `shop.test, 300 virtual users, 124.15s`, and the tags. */
function descriptor({ result, tags }: Outcome, target: string | undefined): string {
  const { plan, durationMs } = result;
  const url = firstUrl(plan);
  const host = URL.canParse(url) ? new URL(url).host : url;
  const { simulation } = loadFacts(plan.load);
  const parts = [
    target ?? host,
    modeText(plan),
    ...(simulation ? [] : [connectionsInWords(plan)]),
    `ran ${formatTime(durationMs)}`,
    ...socketsText(result),
    ...Object.entries(tags).map(([key, value]) => `${key}=${value}`),
  ];
  return parts.map(escapeMarkdown).join(" · ");
}

/** `native sockets, OpenSSL 3.0.17`. */
function socketsText(result: RunResult): readonly string[] {
  const sockets = socketsUsed(result);
  if (sockets === undefined) return [];
  const { library = sockets } = tlsUsed(result) ?? {};
  return [
    `${sockets} sockets${
      library === sockets ? "" : library === "platform" ? ", platform TLS" : `, ${library}`
    }`,
  ];
}

function dropped({ result }: Outcome): readonly string[] {
  const text = droppedText(result);
  return text === undefined ? [] : [`> ⚠️ ${escapeMarkdown(text)}`, ""];
}

function numbers({ result }: Outcome): readonly (readonly [name: string, value: string])[] {
  const stats = overallStats(result);
  const { counts } = stats;
  const samples = samplesOf(counts);
  const rps = requestsPerSecond(stats);
  const errorRate = errorRatePercent(counts);
  const successRps = errorsOf(counts) > 0 ? successesPerSecond(stats) : undefined;
  const rows: readonly (readonly [string, string | undefined])[] = [
    [countedWords(result.plan).total.replace("Total ", ""), formatCount(endedOf(counts))],
    ["Errors", formatCount(errorsOf(counts))],
    ["Error rate", errorRate === undefined ? undefined : formatPercent(errorRate)],
    [
      "Throughput",
      rps === undefined ? undefined : `${formatRate(rps)} ${countedWords(result.plan).rateUnit}`,
    ],
    [
      "Successful",
      successRps === undefined
        ? undefined
        : `${formatRate(successRps)} ${countedWords(result.plan).rateUnit}`,
    ],
    ...[50, 95, 99].map((p) =>
      [`p${p}`, isResolved(p, samples) ? formatMeasured(percentileOf(counts, p)) : undefined] as const
    ),
    ["Max", samples > 0 ? formatMeasured(maxLatencyOf(counts)) : undefined],
  ];
  return rows.flatMap(([name, value]) => value === undefined ? [] : [[name, value] as const]);
}

/** Steps listed at most. */
const MAX_STEPS = 30;

/** What was measured beyond requests. */
function further({ result }: Outcome): readonly string[] {
  return furtherMeasures(overallStats(result)).flatMap(({ title, facts, times }) => [
    "",
    `### ${title}`,
    "",
    ...markdownTable(["", ""], facts.map(({ label, value }) => [label, value])),
    ...(times.length === 0 ? [] : [
      "",
      ...markdownTable(["Time", ...TIMES_HEAD], times.map(({ label, cells }) => [label, ...cells])),
    ]),
  ]);
}

function timings({ result }: Outcome): readonly string[] {
  const all = shownTimings(overallStats(result).counts.serverTimings);
  if (all.length === 0) return [];
  const rows = all.slice(0, MAX_STEPS).map((timing) => [
    timingLabel(timing),
    formatCount(timing.count),
    ...[timing.mean, timing.p50, timing.p95, timing.p99, timing.max].map((ms) =>
      ms === undefined ? "-" : formatTime(ms)
    ),
  ]);
  return ["", ...markdownTable(["Server-Timing", "Count", ...TIMES_HEAD], rows)];
}

function steps({ result }: Outcome): readonly string[] {
  const all = namedSteps(result);
  if (all.length < 2) return [];
  const rows = all.slice(0, MAX_STEPS).map(({ name, stats: { counts } }) => [
    name,
    formatCount(endedOf(counts)),
    formatCount(errorsOf(counts)),
    ...[50, 95, 99].map((p) =>
      isResolved(p, samplesOf(counts)) ? formatMeasured(percentileOf(counts, p)) : NOT_MEASURED
    ),
  ]);
  return [
    "",
    ...markdownTable(
      [isUrlList(result.plan) ? "URL" : "Step", "Requests", "Errors", "p50", "p95", "p99"],
      rows,
    ),
    ...(all.length > MAX_STEPS ? ["", `… and ${formatCount(all.length - MAX_STEPS)} more`] : []),
  ];
}

/** Several scenarios side by side, each over its own time. */
function scenarios({ result }: Outcome): readonly string[] {
  const all = namedScenarios(result);
  if (all.length === 0) return [];
  const rows = all.slice(0, MAX_STEPS).map(({ name, load, stats }) => [
    name,
    load,
    formatCount(endedOf(stats.counts)),
    formatCount(errorsOf(stats.counts)),
    formatRate(requestsPerSecond(stats) ?? 0),
    ...[50, 95, 99].map((p) =>
      isResolved(p, samplesOf(stats.counts)) ? formatMeasured(percentileOf(stats.counts, p)) : NOT_MEASURED
    ),
  ]);
  return [
    "",
    ...markdownTable(["Scenario", "Load", "Requests", "Errors", "Req/s", "p50", "p95", "p99"], rows),
    ...(all.length > MAX_STEPS ? ["", `… and ${formatCount(all.length - MAX_STEPS)} more`] : []),
  ];
}

function spans({ result }: Outcome): readonly string[] {
  const all = shownSpans(result);
  if (all.length === 0) return [];
  const rows = all.slice(0, MAX_STEPS).map(({ kind, name, stats: { counts } }) => [
    kind === "group" ? `group ${name}` : `iteration of ${name}`,
    formatCount(endedOf(counts)),
    formatCount(errorsOf(counts)),
    ...[50, 95, 99].map((p) =>
      isResolved(p, samplesOf(counts)) ? formatMeasured(percentileOf(counts, p)) : NOT_MEASURED
    ),
  ]);
  return [
    "",
    ...markdownTable([spansTitle(all), "Count", "Failed", "p50", "p95", "p99"], rows),
    ...(all.length > MAX_STEPS ? ["", `… and ${formatCount(all.length - MAX_STEPS)} more`] : []),
  ];
}

function custom({ result }: Outcome): readonly string[] {
  return [
    ...customTable("Check", checkLines(result)),
    ...customTable("Metric of the module", metricLines(result)),
  ];
}

function customTable(title: string, lines: readonly CustomLine[]): readonly string[] {
  if (lines.length === 0) return [];
  const rows = lines.slice(0, MAX_STEPS).map(({ name, text }) => [name, text]);
  return [
    "",
    ...markdownTable([title, "Value"], rows),
    ...(lines.length > MAX_STEPS ? ["", `… and ${formatCount(lines.length - MAX_STEPS)} more`] : []),
  ];
}

function errors({ result }: Outcome): readonly string[] {
  const failures = Object.entries(overallStats(result).counts.failures).sort(([, a], [, b]) => b - a);
  if (failures.length === 0) return [];
  const rest = failures.length - MAX_ERRORS;
  return [
    "",
    ...markdownTable(
      ["Error", "Count"],
      failures.slice(0, MAX_ERRORS).map((
        [key, count],
      ) => [failureText(key, result.total.foundInstead), formatCount(count)]),
    ),
    ...(rest > 0 ? ["", `… and ${formatCount(rest)} more kinds of error`] : []),
  ];
}

function thresholds({ thresholds: verdicts }: Outcome): readonly string[] {
  if (verdicts.length === 0) return [];
  return [
    "",
    "### Thresholds",
    "",
    ...markdownTable(
      ["", "Threshold", "Measured"],
      verdicts.map((
        { expression, actual, passed },
      ) => [passed ? "✅" : "❌", expression, actual ?? "not measured"]),
    ),
  ];
}

function notes({ notes }: Outcome): readonly string[] {
  return notes.filter(({ level }) => level === "warning").flatMap(({ text }) => [
    "",
    `> ⚠️ ${escapeMarkdown(text)}`,
  ]);
}

const MARKS: Readonly<Record<VerdictKind, string>> = {
  passed: "✅",
  done: "✅",
  errors: "⚠️",
  interrupted: "⚠️",
  regressed: "❌",
  failed: "❌",
};

function verdict(outcome: Outcome): string {
  const { kind, text } = verdictOf(outcome);
  return `${MARKS[kind]} ${VERDICT_WORDS[kind]}: ${escapeMarkdown(text)}`;
}
