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
  /** What each step must keep. */
  readonly limits: AutofindLimits;
  /**
   * Look for the knee: once the first step has passed, p95 may be at most this many times what it was there, in place of
   * the limit. Absent: the limit holds throughout.
   */
  readonly kneeFactor?: number;
  /** By users: mean pause and its relative half-width. */
  readonly thinkMs: number;
  readonly thinkJitter: number;
  /** By rate: most connections. */
  readonly maxConnections: number;
}

/**
 * Searches with runs of `base` under growing loads; only its load changes, and its grace is at least the p95 limit, so
 * that a request that is still open in the end has been waited for longer than the limit. The search ends when a step
 * is interrupted.
 *
 * With `max` as the largest load the growth ends at exactly `max`. The gap is small enough when it is a tenth of the
 * load that passed, or 1. Who runs the steps may end them early.
 */
export function* autofind(
  base: RunPlan,
  search: AutofindSearch,
  { onBegin = () => {}, onStep = () => {} }: AutofindListeners = {},
): Campaign<AutofindResult> {
  const steps: AutofindStep[] = [];
  let limits = search.limits;
  let best: number | undefined;
  let failed: number | undefined;

  /** Runs one step; `false` when the search has to end. */
  function* run(load: number): Generator<RunPlan, boolean, Parameters<typeof judgeStep>[0]> {
    onBegin(load, limits);
    const step = judgeStep(yield stepPlan(base, search, load), { load, limits });
    steps.push(step);
    onStep(step);
    if (steps.length === 1 && step.verdict === "passed") limits = limitsAfter(step, search);
    if (step.verdict === "passed") best = load;
    else if (step.verdict === "failed") failed = load;
    return step.verdict !== "interrupted";
  }

  function found(interrupted: boolean): AutofindResult {
    return {
      by: search.by,
      url: firstUrl(base),
      limits,
      ...(limits !== search.limits && search.kneeFactor !== undefined && { kneeFactor: search.kneeFactor }),
      stepDurationMs: search.stepDurationMs,
      ...(best !== undefined && { best }),
      ...(failed !== undefined && { firstFailed: failed }),
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

/** Whoever looks on. */
export interface AutofindListeners {
  /** A step begins: its load, and the limits by which it will be judged. */
  onBegin?(load: number, limits: AutofindLimits): void;
  /** A step was judged. */
  onStep?(step: AutofindStep): void;
}

/** Shorter times are no sign of load: timers, schedulers and networks make as much. */
const SHORTEST_KNEE_MS = 10;

/** The limits of all further steps. */
function limitsAfter({ p95 }: AutofindStep, { limits, kneeFactor }: AutofindSearch): AutofindLimits {
  if (kneeFactor === undefined || p95 === undefined) return limits;
  const kneeMs = Math.max(SHORTEST_KNEE_MS, Number((kneeFactor * p95.ms).toPrecision(2)));
  return { ...limits, maxP95Ms: Math.min(limits.maxP95Ms, kneeMs) };
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
