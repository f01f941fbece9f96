/**
 * Loads that end before their time because there is nothing left to do.
 *
 * @module
 */
import type { Snapshot } from "../metrics/snapshot.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import type { DataSet } from "../plan/scenario.ts";

/** The data sets whose rows are for one iteration each, and have all been given out. */
export function spentSets(
  { scenario }: RunPlan,
  { iterations }: Pick<Snapshot, "iterations">,
): readonly DataSet[] {
  return scenario.data.filter(({ strategy, rows }) =>
    (strategy === "sequential" || strategy === "unique") && iterations >= rows.length
  );
}

/** Whether a load did all there was to do, so that it may have ended before its time. */
export function isExhausted(plan: RunPlan, total: Pick<Snapshot, "iterations">): boolean {
  const { load } = plan;
  const isAmountReached = load.kind === "rate" && load.amount !== undefined &&
    total.iterations >= load.amount;
  return isAmountReached || spentSets(plan, total).length > 0;
}
