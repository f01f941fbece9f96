/**
 * The campaign of a URL list in sequence: a whole run for each entry, all under the same settings.
 *
 * @module
 */
import type { RunPlan } from "../plan/run_plan.ts";
import type { RunResult } from "../result/run_result.ts";
import type { Campaign } from "./campaign.ts";

/**
 * Runs the plans in order and finds their results, by position. An interrupted run is the last one: the list may be
 * shorter than the plans'.
 */
export function* urlList(plans: readonly RunPlan[]): Campaign<readonly RunResult[]> {
  const results: RunResult[] = [];
  for (const plan of plans) {
    const result = yield plan;
    results.push(result);
    if (result.interrupted) break;
  }
  return results;
}
