/**
 * What the loads of a thread saw in a window, as one snapshot: their steps get the numbers that they have in the whole plan,
 * and each load stands there as a sum of its own.
 *
 * @module
 */
import { EMPTY_SNAPSHOT, mergeSnapshots, type Snapshot, sumOfSteps } from "../metrics/snapshot.ts";
import { loadFacts } from "../plan/load_kinds.ts";
import type { PlanPart } from "../plan/parts/plan_parts.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import { stepsOf } from "../plan/scenario.ts";

/** The snapshot of all parts; of a single load, its own. */
export function snapshotOfParts(
  taken: readonly Snapshot[],
  parts: readonly PlanPart[],
  plan: RunPlan,
): Snapshot {
  if (loadFacts(plan.load).parts === undefined) return taken[0]!;
  const all = stepsOf(plan.scenario).length;
  const merged = taken.map((snapshot, i) => renumbered(snapshot, parts[i]!, all)).reduce(
    mergeSnapshots,
    EMPTY_SNAPSHOT,
  );
  return {
    ...merged,
    scenarios: taken.map((snapshot, i) => ({ ...sumOfSteps(snapshot), step: parts[i]!.index })),
  };
}

function renumbered(snapshot: Snapshot, { firstStep, plan: { scenario } }: PlanPart, all: number): Snapshot {
  const own = stepsOf(scenario).length;
  // Steps that are found while the load runs stand behind all that the plan has.
  const numberOf = (step: number) => step < own ? firstStep + step : all + step - own;
  const { found } = snapshot;
  return {
    ...snapshot,
    steps: snapshot.steps.map((stats) => ({ ...stats, step: numberOf(stats.step) })),
    requests: snapshot.requests.map((request) => ({ ...request, step: numberOf(request.step) })),
    ...(found && { found: { ...found, from: all } }),
  };
}
