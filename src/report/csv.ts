/**
 * The percentile table as CSV (RFC 4180): one row for each whole percent, and a column for each of several scenarios. A
 * percentile that is only a lower bound, or was not measured, has an empty cell.
 *
 * @module
 */
import { stringify } from "@std/csv/stringify";
import { escapeCsvCell } from "../lib/escape.ts";
import { percentileOf, samplesOf } from "../metrics/stats.ts";
import { overallStats } from "../result/run_result.ts";
import { namedScenarios } from "../result/scenario_parts.ts";
import type { Reporter } from "./reporter.ts";

const PERCENTS = Array.from({ length: 100 }, (_, i) => i + 1);

/** Writes `Percentage,Time (ms)` and the rows 1 to 100; only the heading when nothing was measured. */
export const csvReporter: Reporter = {
  name: "csv",
  render: ({ result }) => {
    const { counts } = overallStats(result);
    const scenarios = namedScenarios(result);
    const columns = [counts, ...scenarios.map(({ stats }) => stats.counts)];
    const rows = samplesOf(counts) === 0 ? [] : PERCENTS.map((percent) => [
      percent,
      ...columns.map((column) => {
        const value = percentileOf(column, percent);
        return value === undefined || value.isAtLeast ? "" : Number(value.ms.toFixed(3));
      }),
    ]);
    const heads = scenarios.map(({ name }) => escapeCsvCell(`${name} (ms)`));
    return stringify([["Percentage", "Time (ms)", ...heads], ...rows], { headers: false, crlf: true });
  },
};
