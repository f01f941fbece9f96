/**
 * Loads that end before their time because there is nothing left to do.
 *
 * @module
 */
import type { Snapshot } from "../metrics/snapshot.ts";
import { loadFacts } from "../plan/load_kinds.ts";
import type { LoadSpec, RunPlan } from "../plan/run_plan.ts";
import { type DataSet, socketLoadOf } from "../plan/scenario.ts";

type Done = Pick<Snapshot, "started" | "iterations" | "toMs" | "steps">;

/** How much shorter than planned a run must be to have ended by itself. */
const SHORT_BY_MS = 100;

/** The data sets that ended a load, since all of their rows, each for one iteration, had been given out. */
export function spentSets(plan: RunPlan, total: Done): readonly DataSet[] {
  const sets = oneTimeSets(plan);
  if (sets.length === 0 || !isShort(plan, total)) return [];
  // A warm-up draws rows, too, and nobody counted how many.
  const fewest = plan.warmupMs > 0 ? Math.min(...sets.map(({ rows }) => rows.length)) : 0;
  return sets.filter(({ rows }) => total.iterations >= rows.length || rows.length === fewest);
}

/** Whether a load did all there was to do, so that it may have ended before its time. */
export function isExhausted(plan: RunPlan, total: Done): boolean {
  return isAmountReached(plan.load, total) || oneTimeSets(plan).length > 0;
}

/** Whether a load of WebSocket connections ended early, since none of them was left. */
export function lostAllSockets(plan: RunPlan, total: Done): boolean {
  const sockets = socketLoadOf(plan.scenario);
  return sockets !== undefined && sockets.reconnectMs === undefined && isShort(plan, total);
}

/** The planned end of a load, in ms since the start; 0 where all that there was to do was done before. */
export function plannedMs(plan: RunPlan, total: Done & Pick<Snapshot, "scenarios">): number {
  const { durationMs = 0, parts } = loadFacts(plan.load);
  if (isExhausted(plan, total) || lostAllSockets(plan, total)) return 0;
  if (parts === undefined) return durationMs;
  const ends = parts.map((part, i) => {
    const counts = total.scenarios?.find(({ step }) => step === i);
    const isDone = counts?.run !== undefined &&
      isAmountReached(part.load, { ...counts.run, toMs: total.toMs, steps: [counts] });
    return isDone ? 0 : part.startMs + (loadFacts(part.load).durationMs ?? 0);
  });
  return Math.max(...ends);
}

function isAmountReached(load: LoadSpec, total: Done): boolean {
  const { amount } = loadFacts(load);
  return amount !== undefined && doneOf(amount.unit, total) >= amount.count;
}

/** What was done, in the unit of an amount. */
function doneOf(unit: "requests" | "iterations", total: Done): number {
  return unit === "requests" ? attempted(total) : total.iterations;
}

function oneTimeSets({ scenario }: RunPlan): readonly DataSet[] {
  return scenario.data.filter(({ strategy }) => strategy === "sequential" || strategy === "unique");
}

function isShort({ load }: RunPlan, total: Done): boolean {
  const { toMs } = total;
  const { amount, durationMs } = loadFacts(load);
  const isEarly = durationMs !== undefined && toMs < durationMs - SHORT_BY_MS;
  if (amount === undefined) return isEarly;
  return !isAmountReached(load, total) && (durationMs === undefined || isEarly);
}

/** A step that cannot be filled in takes one of the plan's requests, too. */
function attempted(total: Done): number {
  return total.started + total.steps.reduce((sum, { unfilled }) => sum + unfilled, 0);
}
