/**
 * Tables of what came back: statuses, errors, addresses, and one row for each step or URL.
 *
 * @module
 */
import { checkLines, metricLines } from "../../result/custom_results.ts";
import { formatCount, formatRate, formatShare } from "../../lib/number_format.ts";
import { maxLatencyOf } from "../../metrics/catalog.ts";
import { failureText } from "../../metrics/failure.ts";
import { EMPTY_STEP_STATS, type StepStats } from "../../metrics/snapshot.ts";
import {
  attemptsOf,
  endedOf,
  errorsOf,
  type Percentile,
  percentileOf,
  requestsPerSecond,
} from "../../metrics/stats.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import { answerableOf } from "../../result/describe_sockets.ts";
import { isUrlList, namedSteps, shownSpans, spansTitle } from "../../result/describe_run.ts";
import { furtherMeasures, TIMES_HEAD } from "../../result/further_measures.ts";
import { overallStats, type RunResult } from "../../result/run_result.ts";
import { namedScenarios } from "../../result/scenario_parts.ts";
import { isGrpcStatus, shownStatuses } from "../../metrics/shown_statuses.ts";
import { type Cell, foreign, rounded, spaced, type Table, timeCell } from "./display.ts";
import { resolved } from "./overview_data.ts";

/** Rows of a table at most, so that the page stays small. */
const MAX_ROWS = 500;

/** One part of a whole, for bars. */
export interface Part {
  readonly label: string;
  readonly value: string;
  readonly share: number;
  readonly kind: string;
}

/** A group of measures: its facts, and its times. */
export interface FurtherTables {
  readonly title: string;
  readonly facts: Table;
  readonly times?: Table;
}

/** What was measured beyond requests; `undefined` when nothing was. */
export function furtherTables(result: RunResult): readonly FurtherTables[] | undefined {
  const groups = furtherMeasures(overallStats(result));
  if (groups.length === 0) return undefined;
  return groups.map(({ title, facts, times }) => ({
    title,
    facts: {
      columns: ["", "Measured"],
      rows: facts.map(({ label, value, tone }) => [
        label,
        { text: foreign(value), ...(tone && { tone: tone === "bad" ? "bad" as const : "warn" as const }) },
      ]),
    },
    ...(times.length > 0 && {
      times: {
        columns: ["Time", ...TIMES_HEAD.map((head) => `#${head}`), "#Count"],
        rows: times.map(({ label, count, cells }) => [label, ...cells, count]),
      },
    }),
  }));
}

/** The steps' table and what they are called. */
export interface StepsTable {
  readonly title: string;
  readonly table: Table;
}

/** Answers by status and what got none, as shares of all requests that ended, or of all handshakes. */
export function statusParts(counts: StepStats, plan: RunPlan): readonly Part[] {
  const { count: ended, of } = answerableOf(counts, plan);
  const statuses = shownStatuses(counts);
  const answered = statuses.reduce((sum, { count }) => sum + count, 0);
  const part = (label: string, count: number, kind: string): Part => ({
    label,
    value: `${formatCount(count)} · ${formatShare(count, ended)}${of}`,
    share: rounded(ended > 0 ? Math.min(count / ended, 1) : 0),
    kind,
  });
  return [
    ...statuses.slice(0, MAX_ROWS).map(({ name, count }) => part(foreign(name, 40), count, statusKind(name))),
    ...(ended > answered ? [part("No response", ended - answered, "none")] : []),
  ];
}

/** What colours a status: that of its class, or of the one that it is like. */
export function statusKind(name: string): string {
  if (/^[1-5]\d\d$/.test(name)) return `s${name[0]}`;
  return name === "OK" ? "s2" : isGrpcStatus(name) ? "s5" : "none";
}

/** Errors by kind, most frequent first; `undefined` when there were none. */
export function errorsTable(counts: StepStats, found: RunResult["total"]["foundInstead"]): Table | undefined {
  const failures = Object.entries(counts.failures).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  if (failures.length === 0) return undefined;
  return {
    columns: ["Error", "#Count", "#Of all requests"],
    rows: failures.slice(0, MAX_ROWS).map(([key, count]) => [
      foreign(failureText(key, found)),
      { text: formatCount(count), sort: count },
      { text: formatShare(count, attemptsOf(counts)), sort: count },
    ]),
    ...moreRows(failures.length, "kinds of error"),
  };
}

/** Requests by server address; `undefined` when they were not counted. */
export function addressesTable({ total }: RunResult): Table | undefined {
  const addresses = Object.entries(total.addresses).sort(([, x], [, y]) => y - x);
  if (addresses.length === 0) return undefined;
  const whole = addresses.reduce((sum, [, count]) => sum + count, 0);
  return {
    columns: ["Address", "#Requests", "#Share"],
    rows: addresses.slice(0, MAX_ROWS).map(([address, count]) => [
      foreign(address),
      { text: formatCount(count), sort: count },
      { text: formatShare(count, whole), sort: count },
    ]),
    ...moreRows(addresses.length, "addresses"),
  };
}

/** One row a step or URL; `undefined` for a single one. */
export function stepsTable(result: RunResult): StepsTable | undefined {
  const steps = namedSteps(result);
  if (steps.length < 2) return undefined;
  const title = isUrlList(result.plan) ? "URLs" : "Steps";
  const slowest = Math.max(...steps.map(({ stats }) => percentileOf(stats.counts, 95)?.ms ?? 0));
  const hasFailed = steps.some(({ stats }) => stats.counts.failedLatency.count > 0);
  return {
    title,
    table: {
      columns: [
        ...[title.slice(0, -1), "#Requests", "#Errors", "#Req/s", "#p50", "#p95", "#p99", "#Max"],
        ...(hasFailed ? ["#p50, failed", "#p95, failed"] : []),
      ],
      rows: steps.slice(0, MAX_ROWS).map(({ name, stats }) => {
        const { counts } = stats;
        const rate = requestsPerSecond(stats) ?? 0;
        const p95 = resolved(counts, 95);
        return [
          foreign(name),
          { text: formatCount(endedOf(counts)), sort: endedOf(counts) },
          {
            text: formatCount(errorsOf(counts)),
            sort: errorsOf(counts),
            ...(errorsOf(counts) > 0 && { tone: "bad" as const }),
          },
          { text: formatRate(rate), sort: rate },
          timeCell(resolved(counts, 50)),
          { ...asObject(timeCell(p95)), share: rounded(slowest > 0 ? (p95?.ms ?? 0) / slowest : 0) },
          timeCell(resolved(counts, 99)),
          timeCell(maxLatencyOf(counts)),
          ...(hasFailed ? [50, 95].map((p) => timeCell(failedPercentile(counts, p))) : []),
        ];
      }),
      ...moreRows(steps.length, title),
    },
  };
}

/** Of the responses that count as errors; `undefined` where there are too few. */
function failedPercentile({ failedLatency }: StepStats, percentile: number): Percentile | undefined {
  return resolved({ ...EMPTY_STEP_STATS, latency: failedLatency }, percentile);
}

/** Several scenarios side by side, each over its own time; `undefined` of any other run. */
export function scenariosTable(result: RunResult): Table | undefined {
  const scenarios = namedScenarios(result);
  if (scenarios.length === 0) return undefined;
  return {
    columns: [
      "Scenario",
      "Load",
      "#Requests",
      "#Errors",
      "#Req/s",
      "#Dropped",
      "#p50",
      "#p95",
      "#p99",
      "#Max",
    ],
    rows: scenarios.slice(0, MAX_ROWS).map(({ name, load, isOpenLoop, stats }) => {
      const { counts } = stats;
      const rate = requestsPerSecond(stats) ?? 0;
      const dropped = counts.dropped?.count ?? 0;
      return [
        foreign(name),
        spaced(load),
        { text: formatCount(endedOf(counts)), sort: endedOf(counts) },
        {
          text: formatCount(errorsOf(counts)),
          sort: errorsOf(counts),
          ...(errorsOf(counts) > 0 && { tone: "bad" as const }),
        },
        { text: formatRate(rate), sort: rate },
        isOpenLoop
          ? { text: formatCount(dropped), sort: dropped, ...(dropped > 0 && { tone: "bad" as const }) }
          : { text: "", sort: -1 },
        ...[50, 95, 99].map((p) => timeCell(resolved(counts, p))),
        timeCell(maxLatencyOf(counts)),
      ];
    }),
    ...moreRows(scenarios.length, "scenarios"),
  };
}

/** Passes through flows, and groups of steps; `undefined` where they say no more than the steps. */
export function spansTable(result: RunResult): Table | undefined {
  const spans = shownSpans(result);
  if (spans.length === 0) return undefined;
  return {
    columns: [spansTitle(spans), "#Count", "#Failed", "#p50", "#p95", "#p99", "#Max"],
    rows: spans.slice(0, MAX_ROWS).map(({ kind, name, stats: { counts } }) => [
      foreign(kind === "group" ? `group ${name}` : `iteration of ${name}`),
      { text: formatCount(endedOf(counts)), sort: endedOf(counts) },
      {
        text: formatCount(errorsOf(counts)),
        sort: errorsOf(counts),
        ...(errorsOf(counts) > 0 && { tone: "bad" as const }),
      },
      ...[50, 95, 99].map((p) => timeCell(resolved(counts, p))),
      timeCell(maxLatencyOf(counts)),
    ]),
    ...moreRows(spans.length, "groups and flows"),
  };
}

/** Checks, and metrics of the user's code; `undefined` without any. */
export function customTable(result: RunResult): Table | undefined {
  const metrics = metricLines(result);
  const lines = [...checkLines(result), ...metrics];
  if (lines.length === 0) return undefined;
  return {
    columns: [metrics.length === 0 ? "Check" : "Checks and metrics of the module", "Value"],
    rows: lines.slice(0, MAX_ROWS).map(({ name, text, isBad }) => [
      foreign(name),
      isBad ? { text, tone: "bad" as const } : text,
    ]),
    ...moreRows(lines.length, "checks and metrics"),
  };
}

function asObject(cell: Cell): Exclude<Cell, string> {
  return typeof cell === "string" ? { text: cell } : cell;
}

function moreRows(rows: number, what: string): { readonly remark?: string } {
  return rows > MAX_ROWS ? { remark: `… and ${formatCount(rows - MAX_ROWS)} more ${what}` } : {};
}
