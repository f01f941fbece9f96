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
  const rows = result.steps.map((step) => [...cellsOf(step), painted(step, style)]);
  return [
    RULE,
    `  ${style.heading("AUTOFIND RESULTS")}`,
    RULE,
    ...headline(result),
    "",
    "  Step Results:",
    ...alignColumns([head, ...rows], { columns: COLUMNS, gap: " | " }).map((line) => `  ${line}`),
    RULE,
    "",
  ].join("\n");
}

/** One step on one line, for progress: `20 users: 19.5 req/s, p95 190ms, 0.0% errors: OK`. */
export function autofindStepLine(step: AutofindStep, by: AutofindBy): string {
  const [, rps, , p95, , errors] = cellsOf(step);
  const why = step.reasons.length > 0 ? ` (${step.reasons.join("; ")})` : "";
  const load = `${formatCount(step.load)} ${unitOf(by)}`;
  return `${load}: ${rps} req/s, p95 ${p95}, ${errors} errors: ${STATUS[step.verdict]}${why}`;
}

function headline({ by, best, reachedMax, interrupted }: AutofindResult): readonly string[] {
  const first = best === undefined
    ? "  Maximum sustainable load: could not be determined"
    : `  Maximum sustainable load: ${formatCount(best)} ${unitOf(by)}`;
  return [
    first,
    ...(reachedMax ? ["  This is the largest load tried: the server may sustain more"] : []),
    ...(interrupted
      ? [`  The search was interrupted${best === undefined ? "" : ": the server may sustain more"}`]
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
