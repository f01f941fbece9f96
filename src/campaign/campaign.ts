/**
 * Runs in sequence. A campaign is a pure generator: it yields a plan, is handed the plan's result, and returns what it
 * found. Who runs the plans, and where, is not its business.
 *
 * @module
 */
import type { RunPlan } from "../plan/run_plan.ts";
import type { RunResult } from "../result/run_result.ts";

/** Yields plans, takes their results, returns what it found. */
export type Campaign<Found> = Generator<RunPlan, Found, RunResult>;

/** Runs a campaign to its end, one plan at a time. What `run` throws ends it. */
export async function runCampaign<Found>(
  campaign: Campaign<Found>,
  run: (plan: RunPlan) => Promise<RunResult>,
): Promise<Found> {
  let next = campaign.next();
  while (!next.done) next = campaign.next(await run(next.value));
  return next.value;
}
