/**
 * Thresholds on a whole run and its steps: the one evaluator of the benchmark and of every later reading of its result.
 *
 * @module
 */
import { maskUrlsIn } from "../../lib/mask_url.ts";
import type { Stats } from "../../metrics/stats.ts";
import type { Note, ThresholdVerdict } from "../outcome.ts";
import { overallStats, type RunResult } from "../run_result.ts";
import { partStats } from "../run_parts.ts";
import { judge, type Threshold } from "./threshold.ts";

/** A run, or what was seen of one so far. */
export type MeasuredSoFar = Pick<RunResult, "plan" | "total" | "durationMs">;

/** The verdicts, in the order of the thresholds; secrets in the names of steps are masked. */
export function judgeRun(
  thresholds: readonly Threshold[],
  result: MeasuredSoFar,
): readonly ThresholdVerdict[] {
  return thresholds.map((threshold) => ({
    ...judge(threshold, statsFor(threshold, result)),
    expression: maskUrlsIn(threshold.expression),
  }));
}

/** What a threshold is about; `undefined` when its part is not in the plan, or nothing of it has ended. */
export function statsFor({ part }: Threshold, result: MeasuredSoFar): Stats | undefined {
  return part === undefined ? overallStats(result) : partStats(result, part);
}

/** What is to be said about bounds without a unit: nothing, or one warning. */
export function unitNotes(
  claims: readonly { readonly expression: string; readonly isUnitMissing: boolean }[],
): readonly Note[] {
  const missing = claims.filter(({ isUnitMissing }) => isUnitMissing).map(({ expression }) =>
    `"${maskUrlsIn(expression)}"`
  );
  if (missing.length === 0) return [];
  return [{
    level: "warning",
    text: `Bounds given without a unit are taken in the one shown: ${missing.join(", ")}`,
  }];
}
