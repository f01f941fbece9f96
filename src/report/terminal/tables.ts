/**
 * The terminal report's tables: statuses, errors, addresses, steps, throughput over time and threshold verdicts.
 *
 * @module
 */
import { escapeTerminal } from "../../lib/escape.ts";
import {
  formatCount,
  formatMeasured,
  formatRate,
  formatShare,
  formatTime,
  NOT_MEASURED,
} from "../../lib/number_format.ts";
import type { Paint } from "../../lib/style.ts";
import { isResolved, maxLatencyOf } from "../../metrics/catalog.ts";
import { rankOf, valueAtRank } from "../../metrics/histogram.ts";
import { failureText } from "../../metrics/failure.ts";
import { endedOf, errorsOf, percentileOf, requestsPerSecond, samplesOf } from "../../metrics/stats.ts";
import { checkLines, metricLines, paddedLines } from "../../result/custom_results.ts";
import { answerableOf, countedWords } from "../../result/describe_sockets.ts";
import { isUrlList, type NamedStep, namedSteps, shownSpans, spansTitle } from "../../result/describe_run.ts";
import type { RunResult } from "../../result/run_result.ts";
import { namedScenarios } from "../../result/scenario_parts.ts";
import { isErrorStatus, shownStatuses } from "../../metrics/shown_statuses.ts";
import { bar, type ReportContext, type Section, table, wrapped } from "./layout.ts";

/** Rows that a table shows at most. */
const MAX_ROWS = 50;
/** Errors that the short report shows. */
const MAX_SHORT_ROWS = 10;

/** Whole responses by status, as shares of all requests that ended, or of all handshakes. */
export function statusDistribution({ stats: { counts }, result, style }: ReportContext): Section {
  const whole = answerableOf(counts, result.plan);
  const statuses = shownStatuses(counts);
  const width = Math.min(Math.max(8, ...statuses.map(({ name }) => name.length + 2)), 40);
  return {
    title: "STATUS CODE DISTRIBUTION",
    lines: statuses.map(({ name, count }) => {
      const paint = isErrorStatus(name) ? style.bad : style.good;
      return counted(name, count, {
        width,
        paint,
        after: `(${formatShare(count, whole.count)}${whole.of})`,
      });
    }),
  };
}

/** Errors by kind, most frequent first. */
export function errorDistribution({ stats: { counts }, result, style }: ReportContext): Section {
  const textOf = (key: string) => failureText(key, result.total.foundInstead);
  const failures = Object.entries(counts.failures).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const names = failures.slice(0, MAX_ROWS).map(([key]) => escapeTerminal(textOf(key)));
  const width = Math.min(Math.max(20, ...names.map((name) => name.length)), 60) + 2;
  return {
    title: "ERROR DISTRIBUTION",
    lines: [
      ...failures.slice(0, MAX_ROWS).map(([key, count]) =>
        counted(textOf(key), count, { width, paint: style.bad })
      ),
      ...hiddenRows(failures.length, "kinds of error"),
    ],
  };
}

/** Errors by step and kind, most frequent first, so that a failed check is found; as above where there is one step. */
export function errorsByStep(context: ReportContext): Section {
  const { result, style, textWidth } = context;
  const steps = namedSteps(result);
  if (steps.length < 2) return errorDistribution(context);
  const rows = steps.flatMap(({ name, stats }) =>
    Object.entries(stats.counts.failures).map(([key, count]) => {
      // There is one example of a kind: whose it is cannot be told where several steps have it.
      const isOwn = steps.filter(({ stats }) => Object.hasOwn(stats.counts.failures, key)).length === 1;
      const text = failureText(key, isOwn ? result.total.foundInstead : {});
      // Exceptions begin with their place, which is in the step's own file.
      return { text: text.startsWith(`${name}:`) ? text : `${name}: ${text}`, count };
    })
  ).sort((a, b) => b.count - a.count);
  return {
    title: "ERROR DISTRIBUTION",
    lines: [
      ...rows.slice(0, MAX_SHORT_ROWS).flatMap(({ text, count }) => {
        const [first = "", ...more] = wrapped(text, 14, textWidth - 12);
        return [`${formatCount(count).padStart(10)}${style.bad(first)}`, ...more.map(style.bad)];
      }),
      ...(rows.length > MAX_SHORT_ROWS
        ? [`  … and ${formatCount(rows.length - MAX_SHORT_ROWS)} more, see --full`]
        : []),
    ],
  };
}

/** Requests by server address, when they were counted. */
export function addressDistribution({ result: { total }, textWidth }: ReportContext): Section {
  const addresses = Object.entries(total.addresses).sort(([, x], [, y]) => y - x);
  const whole = addresses.reduce((sum, [, count]) => sum + count, 0);
  return {
    title: "REQUESTS BY ADDRESS",
    lines: [
      ...addresses.slice(0, MAX_ROWS).map(([address, count]) =>
        counted(address, count, {
          width: Math.min(42, textWidth - 28),
          after: `(${formatShare(count, whole)})`,
        })
      ),
      ...hiddenRows(addresses.length, "addresses"),
    ],
  };
}

/** One row a step or URL; the busiest ones when there are too many. */
export function perStep({ result, width }: ReportContext): Section {
  const isUrls = isUrlList(result.plan);
  const title = isUrls ? "PER-URL BREAKDOWN" : "PER-STEP BREAKDOWN";
  const steps = namedSteps(result);
  if (steps.length < 2) return { title, lines: [] };
  const head = [isUrls ? "URL" : "Step", "Count", "Errors", "Req/s", "p50", "p95", "p99", "Max"];
  return {
    title,
    lines: [
      ...fittingTable(head, busiest(steps).flatMap((step) => partRows(step, "failed responses")), width),
      ...hiddenRows(steps.length, isUrls ? "URLs" : "steps"),
    ],
  };
}

/** Several scenarios side by side, each over its own time. */
export function perScenario({ result, width, style }: ReportContext): Section {
  const scenarios = namedScenarios(result);
  const head = ["Scenario", "Count", "Errors", "Req/s", "p50", "p95", "p99", "Max"];
  const shown = scenarios.slice(0, MAX_ROWS);
  const loads = shown.flatMap(({ name, load, isOpenLoop, stats: { counts } }) => {
    const late = isOpenLoop ? [`${formatCount(counts.run?.delayed ?? 0)} delayed`] : [];
    const dropped = counts.dropped?.count ? [`${formatCount(counts.dropped.count)} dropped`] : [];
    const text = `${name}: ${[load, ...late, ...dropped].join(", ")}`;
    return wrapped(text, 4, width).map((line) => dropped.length > 0 ? style.bad(line) : style.faint(line));
  });
  return {
    title: "SCENARIOS",
    lines: scenarios.length === 0 ? [] : [
      ...fittingTable(head, shown.flatMap((one) => partRows(one, "failed responses")), width),
      ...hiddenRows(scenarios.length, "scenarios"),
      ...loads,
    ],
  };
}

/** Passes through flows, and groups of steps: where an iteration is more than a request. */
export function perSpan({ result, width }: ReportContext): Section {
  const spans = shownSpans(result);
  const title = spansTitle(spans).toUpperCase();
  const several = spans.filter(({ kind }) => kind === "iteration").length > 1;
  const rows = spans.slice(0, MAX_ROWS).flatMap(({ kind, name, stats }) => {
    const shown = kind === "group" ? `group ${name}` : several ? `iteration of ${name}` : "iteration";
    return partRows({ name: shown, stats }, "failed");
  });
  const head = ["", "Count", "Failed", "Per sec", "p50", "p95", "p99", "Max"];
  return {
    title,
    lines: rows.length === 0
      ? []
      : [...fittingTable(head, rows, width), ...hiddenRows(spans.length, "groups and flows")],
  };
}

/** What checks found. */
export function checkOutcomes({ result, style }: ReportContext): Section {
  const lines = checkLines(result);
  return {
    title: "CHECKS",
    lines: [...paddedLines(lines.slice(0, MAX_ROWS), style.bad), ...hiddenRows(lines.length, "checks")],
  };
}

/** Metrics of the user's code. */
export function customMetrics({ result, style }: ReportContext): Section {
  const lines = metricLines(result);
  return {
    title: "METRICS OF THE MODULE",
    lines: [...paddedLines(lines.slice(0, MAX_ROWS), style.bad), ...hiddenRows(lines.length, "metrics")],
  };
}

/** A table of eight columns, or of those that the width has room for. */
function fittingTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
): readonly string[] {
  const columns = columnsFor(width);
  const pick = (row: readonly string[]) => row.filter((_, i) => columns.includes(i));
  return table(pick(head), rows.map(pick), firstWidth(columns.length, width));
}

/** Positions of the columns that a width has room for. */
function columnsFor(width: number): readonly number[] {
  // Name, count, errors, rate, p50, p95, p99, maximum.
  return width >= 86 ? [0, 1, 2, 3, 4, 5, 6, 7] : width >= 76 ? [0, 1, 2, 4, 5, 6] : [0, 1, 2, 5, 6];
}

/** What seven, or fewer, columns of numbers leave to the first. */
function firstWidth(columns: number, width: number): number {
  return Math.max(20, width - (columns === 8 ? 66 : (columns - 1) * 10 - 2));
}

/** Requests per second over the run, in at most about twenty rows. */
export function throughputTimeline({ result }: ReportContext): Section {
  const rows = throughput(result);
  const largest = Math.max(0, ...rows.map((entry) => entry.rate));
  const unit = countedWords(result.plan).rateUnit;
  return {
    title: "THROUGHPUT TIMELINE",
    lines: rows.map(({ startSec, rate }) =>
      `  ${`${startSec}s`.padStart(7)} | ${bar(rate, largest)} | ${formatRate(rate)} ${unit}`
    ),
  };
}

/** Threshold verdicts and what they come to. */
export function thresholds(context: ReportContext): Section {
  const { title, lines } = shortThresholds(context);
  const remark = "Latency covers successful requests; requests without a response rank behind them";
  return { title, lines: lines.length === 0 ? [] : [...lines, ...wrapped(remark, 4, context.textWidth)] };
}

/** The same without what latency is. */
export function shortThresholds({ outcome, style }: ReportContext): Section {
  const { thresholds: verdicts } = outcome;
  if (verdicts.length === 0) return { title: "SLO THRESHOLDS", lines: [] };
  const expressions = verdicts.map(({ expression }) => escapeTerminal(expression));
  const width = Math.max(20, ...expressions.map((expression) => expression.length + 1));
  const allPassed = verdicts.every(({ passed }) => passed);
  return {
    title: "SLO THRESHOLDS",
    lines: [
      ...verdicts.map(({ actual, passed }, i) => {
        const value = `Actual: ${`${escapeTerminal(actual ?? "not measured")} `.padEnd(15)}`;
        return `    ${expressions[i]!.padEnd(width)}${value}${
          passed ? style.good("PASS") : style.bad("FAIL")
        }`;
      }),
      "",
      `  Result: ${allPassed ? style.good("ALL THRESHOLDS PASSED") : style.bad("SOME THRESHOLDS FAILED")}`,
    ],
  };
}

/** Mean rate of one stretch of the run. */
export interface ThroughputRow {
  readonly startSec: number;
  /** Requests that ended a second. */
  readonly rate: number;
}

/**
 * The timeline in stretches of max(1, trunc(duration / 20)) seconds, empty ones included. The last stretch is divided
 * by its real length; when that is less than a tenth of a stretch it is counted with the one before, since a handful of
 * requests over some ms is no rate.
 */
export function throughput({ timeline, durationMs }: RunResult): readonly ThroughputRow[] {
  const last = timeline.at(-1);
  if (last === undefined) return [];
  const endMs = Math.max(durationMs, last.toMs);
  const widthMs = Math.max(1, Math.trunc(endMs / 20_000)) * 1000;
  const full = Math.floor(endMs / widthMs);
  const rows = Math.max(1, endMs - full * widthMs >= widthMs / 10 ? full + 1 : full);
  const counts = new Array<number>(rows).fill(0);
  for (const { fromMs, toMs, requests } of timeline) {
    // The middle, since a window's borders are never exactly on the second.
    const at = Math.min(Math.floor((fromMs + toMs) / 2 / widthMs), rows - 1);
    counts[at] = (counts[at] ?? 0) + requests;
  }
  return counts.map((count, i) => {
    const lengthMs = (i === rows - 1 ? endMs : (i + 1) * widthMs) - i * widthMs;
    return { startSec: i * widthMs / 1000, rate: lengthMs > 0 ? count / lengthMs * 1000 : 0 };
  });
}

function busiest(steps: readonly NamedStep[]): readonly NamedStep[] {
  if (steps.length <= MAX_ROWS) return steps;
  const kept = new Set(
    [...steps].sort((a, b) => endedOf(b.stats.counts) - endedOf(a.stats.counts)).slice(0, MAX_ROWS),
  );
  return steps.filter((step) => kept.has(step));
}

/** A part's row, and one of what failed and has times all the same. */
function partRows(part: NamedPart, failedName: string): readonly (readonly string[])[] {
  const { failedLatency } = part.stats.counts;
  if (failedLatency.count === 0) return [partRow(part)];
  const percentile = (p: number) =>
    isResolved(p, failedLatency.count)
      ? formatTime(valueAtRank(failedLatency, rankOf(p, failedLatency.count)) / 1000)
      : NOT_MEASURED;
  const failed = [
    `  ${failedName}`,
    formatCount(failedLatency.count),
    "",
    "",
    ...[50, 95, 99].map(percentile),
    formatTime(failedLatency.max / 1000),
  ];
  return [partRow(part), failed];
}

/** What has a row of its own. */
type NamedPart = Pick<NamedStep, "name" | "stats">;

function partRow({ name, stats }: NamedPart): readonly string[] {
  const { counts } = stats;
  const percentile = (p: number) =>
    isResolved(p, samplesOf(counts)) ? formatMeasured(percentileOf(counts, p)) : NOT_MEASURED;
  return [
    name,
    formatCount(endedOf(counts)),
    formatCount(errorsOf(counts)),
    formatRate(requestsPerSecond(stats) ?? 0),
    percentile(50),
    percentile(95),
    percentile(99),
    formatMeasured(maxLatencyOf(counts)),
  ];
}

function hiddenRows(rows: number, what: string): readonly string[] {
  return rows > MAX_ROWS ? [`  … and ${formatCount(rows - MAX_ROWS)} more ${what}`] : [];
}

interface CountedLook {
  /** Columns of the name. */
  readonly width: number;
  readonly paint?: Paint;
  readonly after?: string;
}

function counted(name: string, count: number, look: CountedLook): string {
  const label = escapeTerminal(name).padEnd(look.width);
  const after = look.after === undefined ? "" : `  ${look.after}`;
  return `    ${look.paint ? look.paint(label) : label}${formatCount(count).padStart(10)}${after}`;
}
