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
  type Stats,
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

/** Rows of a table at most. */
const MAX_ROWS = 30;

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

/** A table of the first rows, and how many there are besides; nothing without any. */
function boundedTable<Row>(
  head: readonly string[],
  all: readonly Row[],
  cellsOf: (row: Row) => readonly string[],
): readonly string[] {
  if (all.length === 0) return [];
  const more = all.length - MAX_ROWS;
  return [
    "",
    ...markdownTable(head, all.slice(0, MAX_ROWS).map(cellsOf)),
    ...(more > 0 ? ["", `… and ${formatCount(more)} more`] : []),
  ];
}

function countCells({ counts }: Stats): readonly string[] {
  return [formatCount(endedOf(counts)), formatCount(errorsOf(counts))];
}

const PERCENTILES_HEAD = ["p50", "p95", "p99"] as const;

function percentileCells({ counts }: Stats): readonly string[] {
  return [50, 95, 99].map((p) =>
    isResolved(p, samplesOf(counts)) ? formatMeasured(percentileOf(counts, p)) : NOT_MEASURED
  );
}

function timings({ result }: Outcome): readonly string[] {
  const all = shownTimings(overallStats(result).counts.serverTimings);
  return boundedTable(["Server-Timing", "Count", ...TIMES_HEAD], all, (timing) => [
    timingLabel(timing),
    formatCount(timing.count),
    ...[timing.mean, timing.p50, timing.p95, timing.p99, timing.max].map((ms) =>
      ms === undefined ? NOT_MEASURED : formatTime(ms)
    ),
  ]);
}

function steps({ result }: Outcome): readonly string[] {
  const all = namedSteps(result);
  if (all.length < 2) return [];
  const head = [isUrlList(result.plan) ? "URL" : "Step", "Requests", "Errors", ...PERCENTILES_HEAD];
  return boundedTable(
    head,
    all,
    ({ name, stats }) => [name, ...countCells(stats), ...percentileCells(stats)],
  );
}

/** Several scenarios side by side, each over its own time. */
function scenarios({ result }: Outcome): readonly string[] {
  const head = ["Scenario", "Load", "Requests", "Errors", "Req/s", ...PERCENTILES_HEAD];
  return boundedTable(head, namedScenarios(result), ({ name, load, stats }) => [
    name,
    load,
    ...countCells(stats),
    formatRate(requestsPerSecond(stats) ?? 0),
    ...percentileCells(stats),
  ]);
}

function spans({ result }: Outcome): readonly string[] {
  const all = shownSpans(result);
  const head = [spansTitle(all), "Count", "Failed", ...PERCENTILES_HEAD];
  return boundedTable(head, all, ({ kind, name, stats }) => [
    kind === "group" ? `group ${name}` : `iteration of ${name}`,
    ...countCells(stats),
    ...percentileCells(stats),
  ]);
}

function custom({ result }: Outcome): readonly string[] {
  const cellsOf = ({ name, text }: CustomLine) => [name, text];
  return [
    ...boundedTable(["Check", "Value"], checkLines(result), cellsOf),
    ...boundedTable(["Metric of the module", "Value"], metricLines(result), cellsOf),
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
