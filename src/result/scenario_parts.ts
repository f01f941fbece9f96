/**
 * The scenarios of a run with several: each with its load in words and what was measured of it.
 *
 * @module
 */
import { formatDuration } from "../lib/duration.ts";
import { maskUrlsIn } from "../lib/mask_url.ts";
import { formatCount, formatCounted } from "../lib/number_format.ts";
import { EMPTY_STEP_STATS, type StepStats } from "../metrics/snapshot.ts";
import type { Stats } from "../metrics/stats.ts";
import { connectionsOf, isOpenLoop, loadFacts } from "../plan/load_kinds.ts";
import type { RateLoad, RunPlan, ScenarioPart, SingleLoad, UserStages } from "../plan/run_plan.ts";
import type { RunResult } from "./run_result.ts";

/** One of several scenarios. */
export interface NamedScenario {
  /** Credentials masked. */
  readonly name: string;
  /** Its load in words: `20 connections, 60.0s duration`. */
  readonly load: string;
  /** When it started, since the run's start. */
  readonly startMs: number;
  /** Arrivals are on a schedule: latency counts from when they were due, not from when they were sent. */
  readonly isOpenLoop: boolean;
  /** Over its own time. Zero counts if nothing of it was seen. */
  readonly stats: Stats;
}

/** The scenarios of a run with several, in the plan's order; none of any other run. */
export function namedScenarios(
  { plan, total, durationMs }: Pick<RunResult, "plan" | "total" | "durationMs">,
): readonly NamedScenario[] {
  const { parts = [] } = loadFacts(plan.load);
  return parts.map((part, i) => {
    const counts = total.scenarios?.find(({ step }) => step === i) ?? { ...EMPTY_STEP_STATS, step: i };
    return {
      name: maskUrlsIn(part.name),
      load: partText(part, plan),
      startMs: part.startMs,
      isOpenLoop: isOpenLoop(part),
      stats: { counts, durationMs: ownTimeMs(part, { counts, plan, durationMs }) },
    };
  });
}

/** From a scenario's start to its end: the planned one, that of its last response, or the run's. */
function ownTimeMs(
  { load, startMs }: ScenarioPart,
  { counts, plan, durationMs }: Pick<RunResult, "plan" | "durationMs"> & { readonly counts: StepStats },
): number {
  const { durationMs: plannedMs = Infinity, amount } = loadFacts(load);
  const { lastHeardMs = 0, givenUpMs = 0 } = counts.run ?? {};
  const lastMs = Math.min(Math.max(lastHeardMs, givenUpMs), durationMs);
  // What has so much to do, or so many rows, may have ended before its time.
  const endsBySelf = amount !== undefined ||
    plan.scenario.data.some(({ strategy }) => strategy === "sequential" || strategy === "unique");
  const endMs = endsBySelf ? lastMs : Math.max(lastMs, Math.min(startMs + plannedMs, durationMs));
  return Math.max(0, endMs - startMs);
}

/** `20 connections, 60.0s duration, from 10s`. */
function partText({ load, startMs }: ScenarioPart, { client }: RunPlan): string {
  const { simulation, openLoop, text } = loadFacts(load);
  const connections = connectionsOf({ load, client });
  return [
    openLoop ? rateText(openLoop) : simulation ? "" : formatCounted(connections, "connection"),
    text,
    simulation?.stages ? stagesText(simulation.stages) : "",
    startMs > 0 ? `from ${formatDuration(startMs)}` : "",
  ].filter((part) => part !== "").join(", ");
}

/** `5/s`, `10 to 50/s`. */
function rateText({ targetRate, rampTargetRate, description }: RateLoad): string {
  if (targetRate === undefined) return "as recorded";
  const to = rampTargetRate === undefined ? "" : ` to ${formatCount(rampTargetRate)}`;
  return `${formatCount(targetRate)}${to}/s${description === undefined ? "" : `, ${description}`}`;
}

function stagesText(stages: UserStages): string {
  return stages.slice(1).map(([atMs, users]) => `${formatCount(users)} at ${formatDuration(atMs)}`).join(
    ", ",
  );
}

/** Whether a load of a plan, or one of several, is on a schedule, and whether one is not. */
export function loopsOf({ load }: Pick<RunPlan, "load">): {
  readonly hasOpen: boolean;
  readonly hasClosed: boolean;
} {
  const { parts } = loadFacts(load);
  const loads: readonly SingleLoad[] = parts?.map((part) => part.load) ?? [load as SingleLoad];
  const open = loads.filter((load) => isOpenLoop({ load })).length;
  return { hasOpen: open > 0, hasClosed: open < loads.length };
}
