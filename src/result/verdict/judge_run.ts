/**
 * Thresholds on a whole run and its steps: the one evaluator of the benchmark and of every later reading of its result.
 *
 * @module
 */
import { maskUrlsIn } from "../../lib/mask_url.ts";
import { attemptsOf, type Stats } from "../../metrics/stats.ts";
import { namedSteps } from "../describe_run.ts";
import type { Note, ThresholdVerdict } from "../outcome.ts";
import { overallStats, type RunResult } from "../run_result.ts";
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

/** What a threshold is about; `undefined` when its step is not in the plan, or nothing of it has ended. */
export function statsFor({ step }: Threshold, result: MeasuredSoFar): Stats | undefined {
  if (step === undefined) return overallStats(result);
  const stats = namedSteps(result).find(({ name }) => name === maskUrlsIn(step))?.stats;
  return stats && attemptsOf(stats.counts) > 0 ? stats : undefined;
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
