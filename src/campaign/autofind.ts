/**
 * The search for the largest load that a server sustains: the load grows by a factor until a step fails, then the gap
 * between the last load that passed and the first that failed is halved until it is small. A step is a whole run.
 *
 * ```text
 * load │            ✗
 *      │              ✓ ✗
 *      │        ✓          ✓
 *      │    ✓
 *      │ ✓
 *      └──────────────────── steps
 *        growing    halving
 * ```
 *
 * @module
 */
import type { LoadSpec, RunPlan } from "../plan/run_plan.ts";
import type { AutofindResult } from "../result/autofind_result.ts";
import {
  type AutofindBy,
  type AutofindLimits,
  type AutofindStep,
  judgeStep,
} from "../result/autofind_step.ts";
import { firstUrl } from "../result/describe_run.ts";
import type { Campaign } from "./campaign.ts";

/** What to search, within which bounds. */
export interface AutofindSearch {
  readonly by: AutofindBy;
  /** The first load: users, or iterations per second; whole numbers, 1 or more. */
  readonly start: number;
  /** The largest load that may be tried. */
  readonly max: number;
  /** What the load grows by, above 1. */
  readonly multiplier: number;
  readonly stepDurationMs: number;
  readonly limits: AutofindLimits;
  /** By users: mean pause and its relative half-width. */
  readonly thinkMs: number;
  readonly thinkJitter: number;
  /** By rate: most connections. */
  readonly maxConnections: number;
}

/**
 * Searches with runs of `base` under growing loads; only its load changes, and its grace is at least the p95 limit, so
 * that a request that is still open in the end has been waited for longer than the limit. The search ends when a step
 * is interrupted. `onStep` gets every step once it is judged.
 *
 * With `max` as the largest load the growth ends at exactly `max`. The gap is small enough when it is a tenth of the
 * load that passed, or 1.
 */
export function* autofind(
  base: RunPlan,
  search: AutofindSearch,
  onStep: (step: AutofindStep) => void = () => {},
): Campaign<AutofindResult> {
  const steps: AutofindStep[] = [];
  let best: number | undefined;
  let failed: number | undefined;

  /** Runs one step; `false` when the search has to end. */
  function* run(load: number): Generator<RunPlan, boolean, Parameters<typeof judgeStep>[0]> {
    const step = judgeStep(yield stepPlan(base, search, load), { load, limits: search.limits });
    steps.push(step);
    onStep(step);
    if (step.verdict === "passed") best = load;
    else if (step.verdict === "failed") failed = load;
    return step.verdict !== "interrupted";
  }

  function found(interrupted: boolean): AutofindResult {
    return {
      by: search.by,
      url: firstUrl(base),
      limits: search.limits,
      stepDurationMs: search.stepDurationMs,
      ...(best !== undefined && { best }),
      reachedMax: best === search.max,
      interrupted,
      steps,
    };
  }

  for (let load = search.start; failed === undefined && best !== search.max; load = grown(load, search)) {
    if (!(yield* run(load))) return found(true);
  }
  while (best !== undefined && failed !== undefined && failed - best > Math.max(1, Math.floor(best / 10))) {
    if (!(yield* run(Math.floor((best + failed) / 2)))) return found(true);
  }
  return found(false);
}

function grown(load: number, { multiplier, max }: AutofindSearch): number {
  return Math.min(Math.max(Math.trunc(load * multiplier), load + 1), max);
}

function stepPlan(base: RunPlan, search: AutofindSearch, load: number): RunPlan {
  return {
    ...base,
    load: stepLoad(search, load),
    gracefulStopMs: Math.max(base.gracefulStopMs, search.limits.maxP95Ms),
  };
}

function stepLoad(search: AutofindSearch, load: number): LoadSpec {
  const { stepDurationMs: durationMs, thinkMs, thinkJitter, maxConnections } = search;
  return search.by === "users"
    ? { kind: "users", users: load, durationMs, rampUpMs: 0, thinkMs, thinkJitter }
    : {
      kind: "rate",
      pacer: { kind: "constant", rate: load },
      durationMs,
      maxConnections,
      targetRate: load,
    };
}
