/**
 * Where servers spent their time: what responses say of it, and the slowest requests with their traces.
 *
 * @module
 */
import { escapeTerminal } from "../../lib/escape.ts";
import { formatCount, formatTime, NOT_MEASURED } from "../../lib/number_format.ts";
import { namedSteps } from "../../result/describe_run.ts";
import { type ShownTiming, shownTimings, timingLabel, timingsOfRun } from "../../result/server_timing.ts";
import { slowestWords } from "../../result/slowest_words.ts";
import { type ReportContext, type Section, table, tied, wrapped } from "./layout.ts";

const HEAD = ["metric", "count", "mean", "p50", "p95", "p99", "max"];
const MAX_NAME = 30;
/** Metrics on the line of the short report. */
const MAX_LISTED = 4;
/** Steps whose slowest requests are listed. */
const MAX_STEPS = 20;

/** The metrics of all responses; and of each step, where there are several. */
export function serverTiming({ result }: ReportContext): Section {
  const { all, steps } = timingsOfRun(result);
  if (all.length === 0) return { title: "SERVER-TIMING", lines: [] };
  const rows = [
    ...all.map((timing) => rowOf(timing, "")),
    ...steps.flatMap(({ step, timings }) => [
      [escapeTerminal(step), ...HEAD.slice(1).map(() => "")],
      ...timings.map((timing) => rowOf(timing, "  ")),
    ]),
  ];
  return { title: "SERVER-TIMING", lines: table(HEAD, rows, MAX_NAME) };
}

/** The same on one line: the p95, or else the mean, of those on which most time was spent. */
export function serverTimingLine({ stats }: ReportContext): readonly string[] {
  const timings = shownTimings(stats.counts.serverTimings);
  if (timings.length === 0) return [];
  const parts = timings.slice(0, MAX_LISTED).map((timing) => `${timingLabel(timing)} ${valueText(timing)}`);
  const more = timings.length > MAX_LISTED ? [`${formatCount(timings.length - MAX_LISTED)} more`] : [];
  return [`  Server-Timing: ${tied([...parts, ...more].map(escapeTerminal))}`];
}

function valueText({ p95, mean, count }: ShownTiming): string {
  if (p95 !== undefined) return `p95 ${formatTime(p95)}`;
  return mean === undefined ? `${formatCount(count)}×` : `mean ${formatTime(mean)}`;
}

function rowOf(timing: ShownTiming, indent: string): readonly string[] {
  const { count, mean, p50, p95, p99, max } = timing;
  return [
    `${indent}${timingLabel(timing)}`,
    formatCount(count),
    ...[mean, p50, p95, p99, max].map((ms) => ms === undefined ? NOT_MEASURED : formatTime(ms)),
  ];
}

/** The slowest requests of each step, in words. */
export function slowestRequests({ result, textWidth }: ReportContext): Section {
  const steps = namedSteps(result).filter(({ stats }) => stats.counts.slowest?.length);
  const lines = steps.slice(0, MAX_STEPS).flatMap(({ name, stats }) => [
    ...(namedSteps(result).length > 1 ? [`  ${escapeTerminal(name)}`] : []),
    ...(stats.counts.slowest ?? []).flatMap((request) =>
      wrapped(`at ${formatTime(Math.max(0, request.atMs))}: ${slowestWords(request)}`, 6, textWidth)
    ),
  ]);
  return { title: "SLOWEST REQUESTS", lines };
}
