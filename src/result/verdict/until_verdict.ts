/**
 * What `--until` came to: how well a metric is known, when that was, and how reports say it.
 *
 * @module
 */
import { formatSeconds } from "../../lib/number_format.ts";
import { formatMetricValue } from "../../metrics/catalog.ts";
import type { Note } from "../outcome.ts";
import type { UntilVerdict } from "../run_result.ts";

/** How sure it is that the interval of one metric holds the truth, in percent. */
export const UNTIL_CONFIDENCE = 95;

/** `± 1.8%`, `± 0.10 points`; `undefined` when it cannot be told. */
function reachText({ unit, value, low, high }: UntilVerdict): string | undefined {
  if (value === undefined || low === undefined || high === undefined) return undefined;
  const reach = (high - low) / 2;
  return unit === "%" ? `± ${reach.toFixed(2)} points` : `± ${(reach / Math.abs(value) * 100).toFixed(1)}%`;
}

/** One line for the end of a report: `p99 ± 2%: reached (± 1.8%) after 43s`. */
export function untilLine(verdict: UntilVerdict): string {
  const { expression, isReached, atMs } = verdict;
  const reach = reachText(verdict);
  const known = reach === undefined ? "too little is known to tell" : reach;
  return `${expression}: ${isReached ? "reached" : "not reached"} (${known}) after ${seconds(atMs)}`;
}

/** A precision, while the run goes on. */
export interface UntilSoFar {
  /** As asked for. */
  readonly expression: string;
  readonly isReached: boolean;
  /** How well the metric is known, and how much longer it is expected to take. */
  readonly text: string;
}

/** How well a metric is known while a run goes on, and how much longer it is expected to take. */
export function untilSoFar(
  verdict: UntilVerdict,
  { neededMs, limitMs }: { readonly neededMs: number | undefined; readonly limitMs: number | undefined },
): string {
  const reach = reachText(verdict);
  if (reach === undefined || neededMs === undefined) return "too little is known yet";
  if (verdict.isReached) return `${reach}, reached`;
  if (limitMs !== undefined && neededMs > limitMs) {
    return `${reach}, and it would take about ${coarseTime(neededMs)} in all`;
  }
  return `${reach}, about ${coarseTime(Math.max(1000, neededMs - verdict.atMs))} more`;
}

/** An estimate in one unit: `43s`, `12min`, `5h`. */
function coarseTime(ms: number): string {
  const minutes = ms / 60_000;
  if (minutes < 2) return `${Math.round(ms / 1000)}s`;
  return minutes < 120 ? `${Math.round(minutes)}min` : `${Math.round(minutes / 60)}h`;
}

/** A sentence with the interval. */
export function untilNote(verdict: UntilVerdict): Note {
  const { expression, metric, unit, isReached, atMs, low, high } = verdict;
  const reach = reachText(verdict);
  const after = `after ${seconds(atMs)}`;
  if (reach === undefined) {
    return {
      level: "warning",
      text: `How precisely ${metric} is known cannot be told ${after} (--until "${expression}")`,
    };
  }
  const shown = (value: number) => formatMetricValue(value, unit);
  const text = `${metric} is known to ${reach} ${after}: between ${shown(low!)} and ${shown(high!)} with ` +
    `${UNTIL_CONFIDENCE}% confidence (--until "${expression}")`;
  return isReached
    ? { level: "info", text }
    : { level: "warning", text: `${text}, which was not precise enough` };
}

function seconds(ms: number): string {
  return formatSeconds(Math.round(ms / 1000) * 1000);
}
