/**
 * Makes the result of a run out of what its threads did together.
 *
 * @module
 */
import type { RunPlan } from "../../plan/run_plan.ts";
import { withFoundSteps } from "../../plan/scenario.ts";
import { plannedMs } from "../../result/exhausted.ts";
import type { RunChange } from "../../result/run_change.ts";
import type { RunResult } from "../../result/run_result.ts";
import type { FleetRun } from "./coordinator.ts";

/** What was done to a run while it went on. */
export function changesOf(
  { control }: { readonly control?: { readonly changes: readonly RunChange[] } },
): Pick<RunResult, "changes"> {
  return control === undefined || control.changes.length === 0 ? {} : { changes: control.changes };
}

/** The result of a run, with what only the place that ran it knows. */
export function fleetResult(
  plan: RunPlan,
  run: FleetRun,
  around: Pick<RunResult, "interrupted" | "threads" | "health" | "certificate" | "fleet" | "changes">,
): RunResult {
  return {
    ...around,
    plan: { ...plan, scenario: withFoundSteps(plan.scenario, run.total.found?.names ?? []) },
    startedAtMs: run.startedAtMs + plan.warmupMs,
    durationMs: around.interrupted || run.total.started === 0
      ? run.total.toMs
      : Math.max(run.total.toMs, plannedMs(plan, run.total)),
    total: run.total,
    timeline: run.timeline,
    series: run.series,
    lost: run.lost,
    ...(plan.warmupMs > 0 && { warmupRequests: run.total.warmupRequests }),
  };
}
