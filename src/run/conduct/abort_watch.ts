/**
 * Ends a run as soon as one of its thresholds can no longer be met, or, after a time of grace, is not met by all that was
 * measured so far.
 *
 * @module
 */
import { maskUrlsIn } from "../../lib/mask_url.ts";
import { iterationsIn } from "../../load/pacer.ts";
import { loadFacts } from "../../plan/load_kinds.ts";
import { attemptsOf, endedOf, type Stats } from "../../metrics/stats.ts";
import { EMPTY_STEP_STATS, type Snapshot, type StepStats, sumOfSteps } from "../../metrics/snapshot.ts";
import type { RunObserver, Tick } from "../../metrics/tick.ts";
import { type PlanPart, planParts } from "../../plan/parts/plan_parts.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import { maxSteps } from "../../plan/scenario.ts";
import { canStillHold, type Future } from "../../result/verdict/best_case.ts";
import { statsFor } from "../../result/verdict/judge_run.ts";
import type { Abort } from "../../result/run_result.ts";
import { judge, type Threshold } from "../../result/verdict/threshold.ts";
import { formatDuration } from "../../lib/duration.ts";

/** Watches one run. */
export interface AbortWatch {
  readonly signal: AbortSignal;
  readonly observe: RunObserver;
  /** Why it ended the run; `undefined` while it has not. */
  readonly aborted: Abort | undefined;
}

/** A watch over a plan's run. `gracefulStopMs`: from then on what was measured so far is judged, too; absent: never. */
export function watchThresholds(
  plan: RunPlan,
  { thresholds, gracefulStopMs = Infinity }: {
    readonly thresholds: readonly Threshold[];
    readonly gracefulStopMs?: number | undefined;
  },
): AbortWatch {
  const controller = new AbortController();
  const pace = new Pace(plan);
  let aborted: Abort | undefined;
  const observe = (tick: Tick) => {
    if (aborted) return;
    pace.see(tick);
    const run = { plan, total: tick.total, durationMs: tick.atMs };
    const future = pace.future(tick);
    for (const threshold of thresholds) {
      const stats = statsFor(threshold, run);
      if (stats === undefined) continue;
      const reason = hopeless(threshold, stats, future) ??
        (tick.atMs >= gracefulStopMs ? missedSoFar(threshold, stats) : undefined);
      if (reason === undefined) continue;
      aborted = { expression: maskUrlsIn(threshold.expression), atMs: tick.atMs, reason };
      controller.abort();
      return;
    }
  };
  return {
    signal: controller.signal,
    observe,
    get aborted() {
      return aborted;
    },
  };
}

function hopeless(threshold: Threshold, stats: Stats, future: Future): string | undefined {
  if (canStillHold(threshold, stats, future)) return undefined;
  const { actual } = judge(threshold, stats);
  return `${actual ?? "not measured"} so far, and the rest of the run cannot make up for it`;
}

function missedSoFar(threshold: Threshold, stats: Stats): string | undefined {
  const { actual, passed } = judge(threshold, stats);
  return passed || actual === undefined
    ? undefined
    : `${actual} after ${formatDuration(Math.round(stats.durationMs / 100) * 100)}`;
}

/** More requests than a run has. */
const MANY = 1e12;

/** How much of the load may still come, over all that it is made of. */
class Pace {
  readonly #isSingle: boolean;
  readonly #parts: readonly PartPace[];

  constructor(plan: RunPlan) {
    this.#isSingle = loadFacts(plan.load).parts === undefined;
    this.#parts = planParts(plan).map((part) => new PartPace(part));
  }

  see({ window }: Tick): void {
    for (const [i, part] of this.#parts.entries()) part.see(window, this.#countsOf(window, i));
  }

  /** All requests that may still come; of a step or scenario at most as many. */
  future(tick: Tick): Future {
    const futures = this.#parts.map((part, i) =>
      part.future(tick.atMs, this.#countsOf(tick.total, i), this.#countsOf(tick.window, i))
    );
    return {
      requests: futures.reduce((sum, { requests }) => sum + requests, 0),
      isExact: this.#isSingle && futures[0]!.isExact,
      durationMs: Math.max(...futures.map(({ durationMs }) => durationMs)),
    };
  }

  #countsOf(snapshot: Snapshot, part: number): StepStats {
    if (this.#isSingle) return sumOfSteps(snapshot);
    return snapshot.scenarios?.find(({ step }) => step === part) ?? EMPTY_STEP_STATS;
  }
}

/** How much of one load may still come, from its plan and its fastest second so far. */
class PartPace {
  readonly #plan: RunPlan;
  readonly #startMs: number;
  readonly #maxSteps: number;
  /** The most requests per second that one user made. */
  #perUser = 0;

  constructor({ plan, startMs }: Pick<PlanPart, "plan" | "startMs">) {
    this.#plan = plan;
    this.#startMs = startMs;
    this.#maxSteps = maxSteps(plan.scenario);
  }

  see({ fromMs, toMs }: Pick<Snapshot, "fromMs" | "toMs">, counts: StepStats): void {
    const seconds = (toMs - fromMs) / 1000;
    const { users = 0 } = counts.run ?? {};
    if (seconds < 0.5 || users === 0) return;
    this.#perUser = Math.max(this.#perUser, endedOf(counts) / seconds / users);
  }

  future(atMs: number, total: StepStats, window: StepStats): Future {
    const { load } = this.#plan;
    const ended = attemptsOf(total);
    const { amount, durationMs: lastsMs, maxUsers, openLoop } = loadFacts(load);
    const durationMs = lastsMs === undefined ? 0 : this.#startMs + lastsMs;
    const endMs = Math.max(atMs, durationMs);
    if (amount?.unit === "requests") {
      return {
        requests: Math.max(amount.count - ended, 0),
        isExact: durationMs === 0 && this.#plan.scenario.flows.length * this.#maxSteps === 1,
        durationMs: endMs,
      };
    }
    if (amount !== undefined || openLoop !== undefined) {
      const iterations = iterationsIn(load);
      return {
        requests: Math.max(iterations * this.#maxSteps - ended, 0),
        isExact: false,
        durationMs: endMs,
      };
    }
    // Of what has not begun, nobody knows how fast it will be.
    if (atMs < this.#startMs) return { requests: MANY, isExact: false, durationMs: endMs };
    const leftSec = Math.max(durationMs - atMs, 0) / 1000;
    return {
      requests: Math.ceil(this.#perUser * maxUsers * leftSec) + (window.run?.users ?? 0),
      isExact: false,
      durationMs: endMs,
    };
  }
}
