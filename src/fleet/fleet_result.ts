/**
 * Makes the result of a run out of what its slots did together.
 *
 * @module
 */
import { appendSnapshot, type Snapshot } from "../metrics/snapshot.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import { isExhausted } from "../result/exhausted.ts";
import { type RunResult, timelinePoint } from "../result/run_result.ts";
import type { FleetRun } from "./coordinator.ts";

const SHORTEST_WINDOW_MS = 100;

/** The result of a run, with what only the place that ran it knows. */
export function fleetResult(
  plan: RunPlan,
  run: FleetRun,
  around: Pick<RunResult, "interrupted" | "threads" | "health" | "certificate" | "fleet">,
): RunResult {
  const plannedMs = "durationMs" in plan.load ? plan.load.durationMs ?? 0 : 0;
  return {
    ...around,
    plan,
    startedAtMs: run.startedAtMs + plan.warmupMs,
    durationMs: around.interrupted || isExhausted(plan, run.total)
      ? run.total.toMs
      : Math.max(run.total.toMs, plannedMs),
    total: run.total,
    timeline: withoutStub(run.windows).map(timelinePoint),
    lost: run.lost,
    ...(plan.warmupMs > 0 && { warmupRequests: run.total.warmupRequests }),
  };
}

/** A last window too short to have rates of its own is counted with the one before it. */
function withoutStub(windows: readonly Snapshot[]): readonly Snapshot[] {
  const last = windows.at(-1);
  const before = windows.at(-2);
  if (!last || !before || last.toMs - last.fromMs > SHORTEST_WINDOW_MS) return windows;
  return [...windows.slice(0, -2), appendSnapshot(before, last)];
}
