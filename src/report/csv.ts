/**
 * The percentile table as CSV (RFC 4180): one row for each whole percent. Holds numbers only, so there is nothing in it
 * that a spreadsheet could run; a percentile that is only a lower bound has an empty cell.
 *
 * @module
 */
import { stringify } from "@std/csv/stringify";
import { percentileOf, samplesOf } from "../metrics/stats.ts";
import { overallStats } from "../result/run_result.ts";
import type { Reporter } from "./reporter.ts";

const PERCENTS = Array.from({ length: 100 }, (_, i) => i + 1);

/** Writes `Percentage,Time (ms)` and the rows 1 to 100; only the heading when nothing was measured. */
export const csvReporter: Reporter = {
  name: "csv",
  render: ({ result }) => {
    const { counts } = overallStats(result);
    const rows = samplesOf(counts) === 0 ? [] : PERCENTS.map((percent) => {
      const value = percentileOf(counts, percent);
      return [percent, value === undefined || value.isAtLeast ? "" : Number(value.ms.toFixed(3))];
    });
    return stringify([["Percentage", "Time (ms)"], ...rows], { headers: false, crlf: true });
  },
};
