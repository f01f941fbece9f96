/**
 * The table of what responses said in `Server-Timing`.
 *
 * @module
 */
import { formatCount } from "../../lib/number_format.ts";
import { type ShownTiming, timingsOfRun } from "../../result/server_timing.ts";
import type { RunResult } from "../../result/run_result.ts";
import { type Cell, foreign, type Table, timeCell } from "./display.ts";

/** Longer names and descriptions are clipped. */
const MAX_TEXT = 80;

/** The metrics of the run, and of each step where it has several; `undefined` without any. */
export function timingsTable(result: RunResult): Table | undefined {
  const { all, steps } = timingsOfRun(result);
  if (all.length === 0) return undefined;
  const hasSteps = steps.length > 0;
  const parts = [{ step: "All", timings: all }, ...steps];
  const hasDescriptions = all.some(({ description }) => description !== undefined);
  return {
    columns: [
      ...(hasSteps ? ["Step"] : []),
      "Metric",
      ...(hasDescriptions ? ["Description"] : []),
      ...["#Count", "#Mean", "#p50", "#p95", "#p99", "#Max"],
    ],
    rows: parts.flatMap(({ step, timings }) =>
      timings.map((timing) => [
        ...(hasSteps ? [foreign(step, 120)] : []),
        foreign(timing.name, MAX_TEXT),
        ...(hasDescriptions ? [foreign(timing.description ?? "", MAX_TEXT)] : []),
        ...numbersOf(timing),
      ])
    ),
  };
}

function numbersOf({ count, mean, p50, p95, p99, max }: ShownTiming): readonly Cell[] {
  return [
    { text: formatCount(count), sort: count },
    ...[mean, p50, p95, p99, max].map((ms) =>
      timeCell(ms === undefined ? undefined : { ms, isAtLeast: false })
    ),
  ];
}
