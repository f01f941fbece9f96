/**
 * Opens what a plan's threads are given while the load runs.
 *
 * @module
 */
import type { Feed } from "../plan/feed.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import { stepsOf } from "../plan/scenario.ts";
import { stepKind } from "../steps/registry.ts";

/** The feed of a plan for so many shares; `undefined`: the plan holds everything. */
export function openFeed({ scenario }: RunPlan, shares: number): Feed | undefined {
  const [first] = stepsOf(scenario);
  return first && stepKind(first.kind).feed?.(first, shares);
}
