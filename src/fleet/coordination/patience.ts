/**
 * Every wait for a thread or a node has an end: for its readiness, for news of it while it runs, for its end when the
 * plan's time is over, and for its end after a stop. Signs of life alone are not enough.
 *
 * @module
 */
import { formatDuration } from "../../lib/duration.ts";
import { loadFacts } from "../../plan/load_kinds.ts";
import type { RunPlan } from "../../plan/run_plan.ts";

/** How long is waited, in ms, besides what the plan itself may take. */
export interface WaitLimits {
  readonly readyMs: number;
  readonly quietMs: number;
  readonly overMs: number;
  readonly stopMs: number;
}

/** Those of a node for its threads. */
export const NODE_WAITS: WaitLimits = { readyMs: 60_000, quietMs: 60_000, overMs: 30_000, stopMs: 5000 };
/** Those of a master, a little longer: a node tells of a lost thread itself. */
export const MASTER_WAITS: WaitLimits = { readyMs: 90_000, quietMs: 70_000, overMs: 40_000, stopMs: 8000 };

const LOOK_MS = 500;

type Stage = "preparing" | "ready" | "running" | "ended";

/** Waits for threads; time in which this process itself stood still does not count. */
export class Patience {
  readonly #plan: RunPlan;
  readonly #limits: WaitLimits;
  readonly #onOver: (thread: number, reason: string) => void;
  readonly #stages: Stage[];
  /** Since the stage began, and since something was heard. */
  readonly #staged: number[];
  readonly #quiet: number[];
  readonly #timer: ReturnType<typeof setInterval>;
  #stoppedFor = -1;

  /** `onOver` is told once of each thread that was waited for in vain. `lookMs`: real time between two looks. */
  constructor(
    plan: RunPlan,
    { threads, limits, onOver, lookMs = LOOK_MS }: {
      readonly threads: number;
      readonly limits: WaitLimits;
      readonly onOver: (thread: number, reason: string) => void;
      readonly lookMs?: number;
    },
  ) {
    this.#plan = plan;
    this.#limits = limits;
    this.#onOver = onOver;
    this.#stages = new Array(threads).fill("preparing");
    this.#staged = new Array(threads).fill(0);
    this.#quiet = new Array(threads).fill(0);
    this.#timer = setInterval(() => this.#look(), lookMs);
  }

  /** Something of use came of a thread. */
  heard(thread: number): void {
    this.#quiet[thread] = 0;
  }

  /** The thread waits for the others. */
  ready(thread: number): void {
    if (this.#stages[thread] === "preparing") this.#stages[thread] = "ready";
  }

  /** The thread has ended, or is lost. */
  end(thread: number): void {
    this.#stages[thread] = "ended";
  }

  /** All were told to start, `leadMs` from now. */
  started(leadMs: number): void {
    this.#stages.forEach((stage, thread) => {
      if (stage !== "ended") this.#stages[thread] = "running";
      this.#staged[thread] = this.#quiet[thread] = -Math.max(0, leadMs);
    });
  }

  /** All were told to stop. */
  stopped(): void {
    this.#stoppedFor = Math.max(0, this.#stoppedFor);
  }

  /** Waits no longer. */
  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    if (this.#stoppedFor >= 0) this.#stoppedFor += LOOK_MS;
    this.#stages.forEach((stage, thread) => {
      if (stage === "ended") return;
      this.#staged[thread]! += LOOK_MS;
      this.#quiet[thread]! += LOOK_MS;
      const reason = this.#overdue(stage, thread);
      if (reason === undefined) return;
      this.#stages[thread] = "ended";
      this.#onOver(thread, reason);
    });
  }

  #overdue(stage: Stage, thread: number): string | undefined {
    const { readyMs, quietMs, overMs, stopMs } = this.#limits;
    const { load, warmupMs, gracefulStopMs, client } = this.#plan;
    const stopWaitMs = stopMs + gracefulStopMs;
    if (this.#stoppedFor >= stopWaitMs) {
      return `it did not end within ${formatDuration(stopWaitMs)} of the stop`;
    }
    const prepareMs = readyMs + 2 * client.timeoutMs;
    if (stage === "ready") return undefined;
    if (stage === "preparing") {
      return this.#staged[thread]! >= prepareMs
        ? `it was not ready within ${formatDuration(prepareMs)}`
        : undefined;
    }
    const plannedMs = warmupMs + gracefulStopMs + (loadFacts(load).durationMs ?? Infinity);
    if (this.#staged[thread]! >= plannedMs + overMs) {
      return `it did not end within ${formatDuration(overMs)} of the plan's end`;
    }
    const silentMs = quietMs + gracefulStopMs + warmupMs;
    return this.#quiet[thread]! >= silentMs
      ? `it reported nothing for ${formatDuration(silentMs)}`
      : undefined;
  }
}
