/**
 * The parts of a run that have numbers of their own and can be named: steps, groups, passes through flows, scenarios, and
 * what responses say in `Server-Timing`. Thresholds, rules and comparisons find them here.
 *
 * @module
 */
import { maskUrlsIn } from "../lib/mask_url.ts";
import { attemptsOf, type Stats } from "../metrics/stats.ts";
import { loadFacts } from "../plan/load_kinds.ts";
import { groupNames, stepsOf } from "../plan/scenario.ts";
import { addStepStats, EMPTY_STEP_STATS, sumOfSteps } from "../metrics/snapshot.ts";
import { namedSpans, namedSteps } from "./describe_run.ts";
import { overallStats, type RunResult } from "./run_result.ts";
import { namedScenarios } from "./scenario_parts.ts";
import { shownTimings, timingCounts, timingLabel } from "./server_timing.ts";

/** The kinds of part. */
export const PART_KINDS = ["step", "group", "iteration", "scenario", "server_timing"] as const;

/** One of their names. */
export type PartKind = (typeof PART_KINDS)[number];

/** A part, as thresholds and rules name it. */
export interface PartName {
  readonly kind: PartKind;
  /** Absent: all of the kind together. */
  readonly name?: string;
}

/** What was measured of a part; `undefined` when it is not in the plan, or nothing of it has ended. */
export function partStats(
  result: Pick<RunResult, "plan" | "total" | "durationMs">,
  { kind, name }: PartName,
): Stats | undefined {
  if (kind === "scenario") {
    const found = namedScenarios(result).find((scenario) => scenario.name === maskUrlsIn(name ?? ""));
    return found && attemptsOf(found.stats.counts) > 0 ? found.stats : undefined;
  }
  if (kind === "server_timing") {
    const counts = timingCounts(overallStats(result).counts.serverTimings, name ?? "");
    return counts && { counts, durationMs: result.durationMs };
  }
  const all = kind === "step" ? namedSteps(result) : namedSpans(result).filter((span) => span.kind === kind);
  const meant = name === undefined ? all : all.filter((part) => part.name === maskUrlsIn(name));
  const counts = meant.map(({ stats }) => stats.counts).reduce(addStepStats, EMPTY_STEP_STATS);
  return attemptsOf(counts) > 0 ? { counts, durationMs: result.durationMs } : undefined;
}

/** The names of the parts that a plan has, or that were seen in its run; secrets masked. */
export function partNames(
  { plan: { scenario, load }, total }: Pick<RunResult, "plan"> & Partial<Pick<RunResult, "total">>,
): Readonly<Record<PartKind, readonly string[]>> {
  const seen = (total?.spans ?? []).filter(({ kind }) => kind === "group");
  return {
    step: stepsOf(scenario).map(({ name }) => maskUrlsIn(name)),
    group: [...new Set([...groupNames(scenario), ...seen.map(({ name }) => name)].map(maskUrlsIn))],
    iteration: scenario.name === undefined ? [] : scenario.flows.map(({ name }) => maskUrlsIn(name)),
    scenario: (loadFacts(load).parts ?? []).map(({ name }) => maskUrlsIn(name)),
    server_timing: total === undefined ? [] : shownTimings(sumOfSteps(total).serverTimings).map(timingLabel),
  };
}

/** A metric's name as text, with the part that it is of: names that need it are quoted. */
export function pathOf(field: string, part?: PartName): string {
  if (part === undefined) return field;
  const { kind, name } = part;
  if (name === undefined) return `${kind}.${field}`;
  return /^[^\s"<>]+$/.test(name) ? `${kind}:${name}.${field}` : `${kind}:"${name}".${field}`;
}
