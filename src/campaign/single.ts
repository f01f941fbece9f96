/**
 * The campaign of one run.
 *
 * @module
 */
import type { RunPlan } from "../plan/run_plan.ts";
import type { RunResult } from "../result/run_result.ts";
import type { Campaign } from "./campaign.ts";

/** Runs the plan once and finds its result. */
export function* single(plan: RunPlan): Campaign<RunResult> {
  return yield plan;
}
