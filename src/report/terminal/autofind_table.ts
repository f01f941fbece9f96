/**
 * The search for the largest sustainable load as text: one line a step, and the table at the end.
 *
 * @module
 */
import { formatCompactTime, formatCount, formatTenths, NOT_MEASURED } from "../../lib/number_format.ts";
import { PLAIN_STYLE, type Style } from "../../lib/style.ts";
import type { Percentile } from "../../metrics/stats.ts";
import type { AutofindResult } from "../../result/autofind_result.ts";
import type { AutofindBy, AutofindStep } from "../../result/autofind_step.ts";
import { alignColumns } from "./columns.ts";

const RULE = "=".repeat(60);

/** Load, RPS, p50, p95, p99, errors; the status follows as it is. */
const COLUMNS = [5, 8, 7, 7, 7, 6].map((width) => ({ width }));

const STATUS = { passed: "OK", failed: "FAIL", interrupted: "CUT" } as const;

/** The whole table, with a line end at its end. */
export function autofindTable(result: AutofindResult, style: Style = PLAIN_STYLE): string {
  const head = [result.by === "users" ? "Users" : "Rate", "RPS", "p50", "p95", "p99", "Errors", "Status"];
  // The server's curve: by load, not in the order of the search.
  const steps = result.steps.toSorted((a, b) => a.load - b.load);
  const bars = latencyBars(steps, result.limits.maxP95Ms);
  const rows = steps.map((
    step,
    i,
  ) => [
    ...cellsOf(step),
    `${painted(step, style)}${" ".repeat(4 - STATUS[step.verdict].length)}  ${bars[i]!}`.trimEnd(),
  ]);
  return [
    RULE,
    `  ${style.heading("AUTOFIND RESULTS")}`,
    RULE,
    ...headline(result),
    "",
    `  By load; the bars are p50 ${P50} and p99 ${P99}, each step to the right ${STEP_FACTOR} times the time${
      Number.isFinite(result.limits.maxP95Ms) ? `; ${LIMIT} is the limit on p95` : ""
    }:`,
    ...alignColumns([head, ...rows], { columns: COLUMNS, gap: " | " }).map((line) => `  ${line}`),
    RULE,
    "",
  ].join("\n");
}

/** Marks of the chart. */
const [P50, P99, LIMIT] = ["█", "▒", "┊"];
/** Each cell stands for so many times the one before it. */
const STEP_FACTOR = 1.5;
const MAX_CELLS = 28;

/** How p50 and p99 grow with the load, on a logarithmic scale that begins below the shortest of them. */
function latencyBars(steps: readonly AutofindStep[], limitMs: number): readonly string[] {
  const times = steps.flatMap(({ p50, p99 }) =>
    [p50, p99].flatMap((value) => value && value.ms > 0 ? [value.ms] : [])
  );
  const least = Math.min(...times) / STEP_FACTOR;
  const cellsOfTime = (ms: number) =>
    Math.min(Math.max(Math.round(Math.log(ms / least) / Math.log(STEP_FACTOR)), 0), MAX_CELLS);
  const limit = cellsOfTime(limitMs);
  return steps.map(({ p50, p99 }) => {
    if (p50 === undefined || p99 === undefined) return "";
    const [short, long] = [cellsOfTime(p50.ms), cellsOfTime(p99.ms)];
    const cells = Array.from(
      { length: Math.max(long, limit + 1) },
      (_, i) => i < short ? P50 : i < long ? P99 : i === limit ? LIMIT : " ",
    );
    return cells.join("").trimEnd();
  });
}

/** One step on one line, for progress: `20 users: 19.5 req/s, p95 190ms, 0.0% errors: OK`. */
export function autofindStepLine(step: AutofindStep, by: AutofindBy): string {
  const [, rps, , p95, , errors] = cellsOf(step);
  const why = step.reasons.length > 0 ? ` (${step.reasons.join("; ")})` : "";
  const load = `${formatCount(step.load)} ${unitOf(by)}`;
  return `${load}: ${rps} req/s, p95 ${p95}, ${errors} errors: ${STATUS[step.verdict]}${why}`;
}

function headline(
  { by, best, firstFailed, reachedMax, interrupted, limits, kneeFactor, steps }: AutofindResult,
): readonly string[] {
  const [light] = steps;
  const limiting = steps.find(({ load, isGeneratorLimited }) => load === firstFailed && isGeneratorLimited);
  const failing = steps.find(({ load, verdict }) => load === firstFailed && verdict === "failed");
  const first = best === undefined
    ? "  Maximum sustainable load: could not be determined"
    : `  Maximum sustainable load: ${formatCount(best)} ${unitOf(by)}`;
  return [
    first,
    ...(interrupted
      ? [`  The search was interrupted${best === undefined ? "" : ": the server may sustain more"}`]
      : []),
    ...(best !== undefined && firstFailed !== undefined
      ? [`  The limit lies between ${formatCount(best)} and ${formatCount(firstFailed)} ${unitOf(by)}`]
      : []),
    ...(failing ? [`  At ${formatCount(failing.load)}: ${failing.reasons.join("; ")}`] : []),
    ...(kneeFactor !== undefined && light?.p95
      ? [
        `  Knee: p95 up to ${
          formatCompactTime(limits.maxP95Ms)
        } counts as sustained, ${kneeFactor} times that of ${formatCount(light.load)} ${
          unitOf(by)
        } or 10ms (--max-p95 sets another limit)`,
      ]
      : []),
    ...(limiting
      ? ["  The load generator did not keep up there: the server may sustain more (-t, or --master)"]
      : []),
    ...(reachedMax
      ? [
        `  This is the largest load tried (--max-${
          by === "users" ? "users" : "rate"
        }): the server may sustain more`,
      ]
      : []),
  ];
}

function unitOf(by: AutofindBy): string {
  return by === "users" ? "users" : "iterations/s";
}

function cellsOf(step: AutofindStep): readonly string[] {
  const { load, requestsPerSecond, p50, p95, p99, errorRatePercent } = step;
  return [
    String(load),
    requestsPerSecond === undefined ? NOT_MEASURED : formatTenths(requestsPerSecond),
    time(p50),
    time(p95),
    time(p99),
    errorRatePercent === undefined ? NOT_MEASURED : `${errorRatePercent.toFixed(1)}%`,
  ];
}

function painted({ verdict }: AutofindStep, style: Style): string {
  const paint = verdict === "passed" ? style.good : verdict === "failed" ? style.bad : style.warning;
  return paint(STATUS[verdict]);
}

function time(value: Percentile | undefined): string {
  if (value === undefined) return NOT_MEASURED;
  return (value.isAtLeast ? "≥" : "") + formatCompactTime(value.ms);
}
