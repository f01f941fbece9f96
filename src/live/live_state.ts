/**
 * What the dashboard shows, gathered from the ticks: figures of the whole run, and one point a second for the charts.
 * Bounded: the charts keep the last {@linkcode MAX_SECONDS}.
 *
 * @module
 */
import { isResolved, REPORTED_PERCENTILES } from "../metrics/catalog.ts";
import { failureText } from "../metrics/failure.ts";
import { rankOf, valueAtRank } from "../metrics/histogram.ts";
import { loopLagOf, type Snapshot, sumOfSteps } from "../metrics/snapshot.ts";
import {
  endedOf,
  errorsOf,
  exchangedOf,
  type Percentile,
  percentileOf,
  samplesOf,
  type Stats,
} from "../metrics/stats.ts";
import type { Tick } from "../metrics/tick.ts";
import { loadFacts } from "../plan/load_kinds.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import { isUrlList, modeText, namedSteps, shownSpans, targetText } from "../result/describe_run.ts";
import type { ThresholdVerdict } from "../result/outcome.ts";
import type { UntilSoFar } from "../result/verdict/until_verdict.ts";
import { answerableOf, type CountedWords, countedWords } from "../result/describe_sockets.ts";
import { namedScenarios } from "../result/scenario_parts.ts";
import { shownStatuses } from "../metrics/shown_statuses.ts";
import { type LiveMeasures, liveMeasures } from "./live_measures.ts";
import { type ProgressGoal, progressGoal } from "./progress_line.ts";

/** Seconds kept for the charts; more than any terminal has columns. */
export const MAX_SECONDS = 600;
/** Seconds kept of each step. */
const MAX_RECENT = 20;
/** Rows kept of each list; more than any terminal has rows to spare. */
const MAX_ROWS = 40;

/** What the run is doing. */
export type Stage = "connecting" | "warming up" | "running" | "paused" | "last responses" | "stopping";

/** One second in the charts; absent values were not measured, or are only lower bounds. */
export interface Second {
  readonly rate?: number;
  readonly errors: number;
  readonly p50Ms?: number;
  readonly p99Ms?: number;
}

/** One step in figures of the whole run. */
export interface StepFigures {
  readonly name: string;
  readonly requests: number;
  readonly errors: number;
  readonly p50?: Percentile;
  readonly p95?: Percentile;
  /** The last seconds, oldest first: requests that ended, and whether one of them failed. */
  readonly recent: readonly { readonly requests: number; readonly hasErrors: boolean }[];
}

/** The run so far. */
export interface Figures {
  readonly requests: number;
  readonly errors: number;
  readonly users: number;
  /** Absent over no time. */
  readonly bytesPerSecond?: number;
  /** Those that the sample resolves, smallest first. */
  readonly percentiles: readonly { readonly label: string; readonly value: Percentile }[];
  /** Whole responses by status, most frequent first. */
  readonly statuses: readonly (readonly [status: string, count: number])[];
  /** What a share of them is a share of: requests, or handshakes. */
  readonly answerable: number;
  /** Errors in words, most frequent first; not escaped. */
  readonly failures: readonly (readonly [text: string, count: number])[];
  /** Busiest first; empty unless there are several. Names not escaped. */
  readonly steps: readonly StepFigures[];
  /** What some steps measure beyond requests. */
  readonly measures: readonly LiveMeasures[];
  readonly thresholds: readonly ThresholdVerdict[];
  /** How well what the run goes on for is known; empty: it has an end of its own. */
  readonly untils: readonly UntilSoFar[];
  /** Open loop: arrivals late by over 1 ms, and never sent. */
  readonly delayed: number;
  readonly dropped: number;
  /** The load threads' CPU time over their time, 0 … 1; absent: not told by the system. */
  readonly busyShare?: number;
  /** How late their timers were, 95th percentile. */
  readonly lagMs?: number;
}

/** Everything that a frame shows. */
export interface DashboardState {
  readonly target: string;
  readonly mode: string;
  readonly threads: number;
  /** Keys can be pressed: standard input is a terminal. */
  readonly hasKeys: boolean;
  /** What they change, besides ending the load; absent: nothing. */
  readonly changes?: {
    readonly canPause: boolean;
    readonly amount?: "rate" | "users";
    /** Of several scenarios, the one whose rate or users they change. */
    readonly scenario?: string;
    /** There is another one. */
    readonly canChoose?: boolean;
  };
  /** What the last key has done. */
  readonly message?: string;
  readonly stepsTitle: string;
  readonly usersLabel: string;
  /** What the run's requests are called. */
  readonly words: CountedWords;
  readonly goal: ProgressGoal;
  readonly stage: Stage;
  readonly elapsedMs: number;
  /** Absent before the first second is over. */
  readonly figures?: Figures;
  /** The last seconds, oldest first. */
  readonly seconds: readonly Second[];
}

/** Judges the run so far; not measured: failed. */
export type Judge = (total: Snapshot) => readonly ThresholdVerdict[];

/** What is known of a run besides its ticks. */
export interface Standing extends Pick<DashboardState, "changes" | "message"> {
  readonly isStopping: boolean;
  readonly isPaused?: boolean;
}

/** Gathers ticks into states. */
export class LiveState {
  readonly #plan: RunPlan;
  readonly #facts: Pick<DashboardState, "threads" | "hasKeys">;
  readonly #judge: Judge;
  readonly #untils: () => readonly UntilSoFar[];
  #figures: Figures | undefined;
  #seconds: Second[] = [];
  /** Of each step, its last seconds. */
  readonly #recent = new Map<number, StepFigures["recent"][number][]>();
  #atMs = 0;

  constructor(
    plan: RunPlan,
    { judge, untils = () => [], ...facts }: Pick<DashboardState, "threads" | "hasKeys"> & {
      readonly judge: Judge;
      readonly untils?: () => readonly UntilSoFar[];
    },
  ) {
    this.#plan = plan;
    this.#facts = facts;
    this.#judge = judge;
    this.#untils = untils;
  }

  /** Takes one second. */
  add(tick: Tick): void {
    this.#atMs = tick.atMs;
    this.#seconds.push(secondOf(tick.window));
    if (this.#seconds.length > MAX_SECONDS) this.#seconds.shift();
    this.#addSteps(tick.window);
    const seen = { plan: this.#plan, judge: this.#judge, recent: this.#recent };
    this.#figures = { ...figuresOf(tick, seen), untils: this.#untils() };
  }

  #addSteps({ steps }: Snapshot): void {
    const window = new Map(steps.map((stats) => [stats.step, stats]));
    for (const step of new Set([...this.#recent.keys(), ...window.keys()])) {
      const stats = window.get(step);
      const recent = this.#recent.get(step) ?? [];
      recent.push({ requests: stats ? endedOf(stats) : 0, hasErrors: stats ? errorsOf(stats) > 0 : false });
      if (recent.length > MAX_RECENT) recent.shift();
      this.#recent.set(step, recent);
    }
  }

  /** The state `sinceTickMs` after the last tick, or after the start. */
  at(sinceTickMs: number, { isStopping, isPaused = false, ...shown }: Standing): DashboardState {
    const { load, warmupMs } = this.#plan;
    const hasStarted = this.#figures !== undefined;
    // The first second may follow a warm-up; only ticks tell when it was over.
    const elapsedMs = hasStarted ? this.#atMs + sinceTickMs : 0;
    const { durationMs, simulation, parts } = loadFacts(load);
    const isOver = durationMs !== undefined && elapsedMs >= durationMs;
    return {
      target: targetText(this.#plan),
      mode: modeText(this.#plan),
      ...this.#facts,
      stepsTitle: isUrlList(this.#plan) ? "URLs" : "Steps",
      usersLabel: simulation || parts ? "Users" : "Connections",
      words: countedWords(this.#plan),
      goal: progressGoal(this.#plan),
      stage: isStopping
        ? "stopping"
        : hasStarted
        ? isOver ? "last responses" : isPaused ? "paused" : "running"
        : warmupMs > 0
        ? "warming up"
        : "connecting",
      elapsedMs,
      ...shown,
      ...(this.#figures && { figures: this.#figures }),
      seconds: this.#seconds,
    };
  }
}

function secondOf(window: Snapshot): Second {
  const counts = sumOfSteps(window);
  const spanMs = window.toMs - window.fromMs;
  const p50 = percentileOf(counts, 50);
  const p99 = percentileOf(counts, 99);
  return {
    errors: errorsOf(counts),
    // A rate over the few ms of a last window would be a leap.
    ...(spanMs >= 100 && { rate: exchangedOf(counts) / spanMs * 1000 }),
    ...(p50 && !p50.isAtLeast && { p50Ms: p50.ms }),
    ...(p99 && !p99.isAtLeast && { p99Ms: p99.ms }),
  };
}

function figuresOf(
  { atMs, window, total }: Tick,
  { plan, judge, recent }: {
    readonly plan: RunPlan;
    readonly judge: Judge;
    readonly recent: ReadonlyMap<number, StepFigures["recent"]>;
  },
): Omit<Figures, "untils"> {
  const counts = sumOfSteps(total);
  const lag = loopLagOf(total);
  const busyMs = total.threads.reduce((sum, { cpuMs }) => cpuMs === undefined ? NaN : sum + cpuMs, 0);
  const wallMs = total.threads.reduce((sum, thread) => sum + thread.wallMs, 0);
  return {
    requests: endedOf(counts),
    errors: errorsOf(counts),
    users: window.users,
    ...(atMs > 0 && { bytesPerSecond: counts.bodyBytes / atMs * 1000 }),
    percentiles: REPORTED_PERCENTILES.filter((p) => isResolved(p, samplesOf(counts))).flatMap((p) => {
      const value = percentileOf(counts, p);
      return value ? [{ label: `p${p}`, value }] : [];
    }),
    statuses: byCount(shownStatuses(counts).map(({ name, count }) => [name, count] as const)),
    answerable: answerableOf(counts, plan).count,
    failures: byCount(Object.entries(counts.failures)).map(([key, count]) =>
      [failureText(key), count] as const
    ),
    steps: stepFigures(plan, total, { atMs, recent }),
    measures: liveMeasures({ window, total }),
    thresholds: judge(total),
    delayed: total.delayed,
    dropped: total.dropped,
    ...(wallMs > 0 && Number.isFinite(busyMs) && { busyShare: busyMs / wallMs }),
    ...(lag.count > 0 && { lagMs: valueAtRank(lag, rankOf(95, lag.count)) / 1000 }),
  };
}

/** Scenarios, groups and iterations, then the steps that fail, then the busiest ones. */
function stepFigures(
  plan: RunPlan,
  total: Snapshot,
  { atMs, recent }: { readonly atMs: number; readonly recent: ReadonlyMap<number, StepFigures["recent"]> },
): readonly StepFigures[] {
  const seen = { plan, total, durationMs: atMs };
  const parts = [
    ...namedScenarios(seen).map(({ name, stats }) => partFigures(`scenario ${name}`, stats)),
    ...shownSpans(seen).map(({ kind, name, stats }) =>
      partFigures(kind === "group" ? `group ${name}` : `iteration of ${name}`, stats)
    ),
  ];
  const steps = namedSteps(seen);
  if (parts.length + steps.length < 2) return [];
  return [
    ...parts,
    ...steps.map(({ name, stats }) => partFigures(name, stats, recent.get(stats.counts.step)))
      .sort((a, b) => b.errors - a.errors || b.requests - a.requests),
  ].slice(0, MAX_ROWS);
}

function partFigures(name: string, { counts }: Stats, recent: StepFigures["recent"] = []): StepFigures {
  const at = (p: number) => isResolved(p, samplesOf(counts)) ? percentileOf(counts, p) : undefined;
  const [p50, p95] = [at(50), at(95)];
  return {
    name,
    requests: endedOf(counts),
    errors: errorsOf(counts),
    recent: [...recent],
    ...(p50 && { p50 }),
    ...(p95 && { p95 }),
  };
}

function byCount(counts: readonly (readonly [string, number])[]): readonly (readonly [string, number])[] {
  return counts.toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, MAX_ROWS);
}
