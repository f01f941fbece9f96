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
import { foundText, limitTexts, unitOf } from "../autofind/autofind_words.ts";
import { alignColumns } from "./columns.ts";
import { wrapped } from "./layout.ts";

const RULE = "=".repeat(60);

/** Load, RPS, p50, p95, p99, errors; the status follows as it is. */
const COLUMNS = [5, 8, 7, 7, 7, 6].map((width) => ({ width }));

const STATUS = { passed: "OK", failed: "FAIL", interrupted: "CUT" } as const;

/** The whole table, with a line end at its end. */
export function autofindTable(
  result: AutofindResult,
  { style = PLAIN_STYLE, width = WIDEST }: { readonly style?: Style; readonly width?: number | undefined } =
    {},
): string {
  const isNarrow = width < TABLE_CELLS + MIN_BAR_CELLS;
  const barCells = Math.min(width - (isNarrow ? NARROW_CELLS : TABLE_CELLS), MAX_CELLS);
  const hasBars = barCells >= MIN_BAR_CELLS;
  const head = [result.by === "users" ? "Users" : "Rate", "RPS", "p50", "p95", "p99", "Errors", "Status"];
  // The server's curve: by load, not in the order of the search.
  const steps = result.steps.toSorted((a, b) => a.load - b.load);
  const bars = hasBars ? latencyBars(steps, result.limits.maxP95Ms, barCells) : [];
  const rows = steps.map((
    step,
    i,
  ) => [
    ...cellsOf(step),
    `${painted(step, style)}${" ".repeat(4 - STATUS[step.verdict].length)}  ${bars[i] ?? ""}`.trimEnd(),
  ]);
  return [
    RULE,
    `  ${style.heading("AUTOFIND RESULTS")}`,
    RULE,
    `  ${foundText(result)}`,
    ...limitTexts(result).flatMap((text) => wrapped(text, 2, width)),
    "",
    ...wrapped(
      hasBars
        ? `By load; the bars are p50 ${P50} and p99 ${P99}, each step to the right ${STEP_FACTOR} times the time${
          Number.isFinite(result.limits.maxP95Ms) ? `; ${LIMIT} is the limit on p95` : ""
        }:`
        : "By load:",
      2,
      width,
    ),
    ...alignColumns([head, ...rows], { columns: COLUMNS, gap: isNarrow ? "  " : " | " }).map((line) =>
      `  ${line}`
    ),
    RULE,
    "",
  ].join("\n");
}

/** Marks of the chart. */
const [P50, P99, LIMIT] = ["█", "▒", "┊"];
/** Each cell stands for so many times the one before it. */
const STEP_FACTOR = 1.5;
const MAX_CELLS = 28;
/** What the columns take, the status and the room before the bars included; with gaps of two cells; and what a bar needs. */
const [TABLE_CELLS, NARROW_CELLS, MIN_BAR_CELLS] = [66, 60, 8];
const WIDEST = 110;

/** How p50 and p99 grow with the load, on a logarithmic scale that begins below the shortest of them. */
function latencyBars(
  steps: readonly AutofindStep[],
  limitMs: number,
  maxCells: number,
): readonly string[] {
  const times = steps.flatMap(({ p50, p99 }) =>
    [p50, p99].flatMap((value) => value && value.ms > 0 ? [value.ms] : [])
  );
  const least = Math.min(...times) / STEP_FACTOR;
  const cellsOfTime = (ms: number) =>
    Math.min(Math.max(Math.round(Math.log(ms / least) / Math.log(STEP_FACTOR)), 0), maxCells - 1);
  const limit = cellsOfTime(limitMs);
  return steps.map(({ p50, p99 }) => {
    if (p50 === undefined) return "";
    const short = cellsOfTime(p50.ms);
    const long = p99 === undefined ? short : cellsOfTime(p99.ms);
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
