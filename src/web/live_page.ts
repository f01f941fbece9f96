/**
 * What the page of a running run shows, second by second: the same data as the report's, made of what was seen so far.
 * Nothing is made while nobody looks.
 *
 * @module
 */
import { formatDuration } from "../lib/duration.ts";
import { present, rounded } from "../lib/json/present.ts";
import { EMPTY_SNAPSHOT, type Snapshot, sumOfSteps } from "../metrics/snapshot.ts";
import { endedOf, errorsOf } from "../metrics/stats.ts";
import type { RunObserver } from "../metrics/tick.ts";
import { loadFacts } from "../plan/load_kinds.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import {
  type LiveData,
  type ReportData,
  reportData,
  type WorkerState,
} from "../report/html_report/report_data.ts";
import type { Outcome } from "../result/outcome.ts";
import type { RunChange } from "../result/run_change.ts";
import type { RunResult } from "../result/run_result.ts";
import { exactPercentile, type TimelinePercentile } from "../result/series/timeline_point.ts";
import { Timeline } from "../result/series/timeline.ts";

/** The run, as far as the page may change it. */
export interface PageControl {
  readonly changes: readonly RunChange[];
  /** What can be changed, and its present value. */
  readonly steerable: Pick<LiveData, "rate" | "users" | "scenarios"> & { readonly isPaused?: boolean };
  readonly isStopping: boolean;
  /** Machines or threads, and what they are doing. */
  readonly workers: readonly WorkerState[];
}

/** What the page is about. */
export interface LivePageOptions {
  readonly plan: RunPlan;
  readonly threads: number;
  readonly control: PageControl;
  /** The outcome, if the run ended now. */
  judge(result: RunResult): Outcome;
}

/** The page of one run. */
export class LivePage {
  readonly #options: LivePageOptions;
  readonly #timeline = new Timeline();
  #total: Snapshot = EMPTY_SNAPSHOT;
  #atMs = 0;
  #startedAtMs = Date.now();

  constructor(options: LivePageOptions) {
    this.#options = options;
  }

  readonly observe: RunObserver = ({ atMs, window, total }) => {
    this.#timeline.add(window);
    this.#total = total;
    this.#startedAtMs = Math.round(Date.now() - atMs);
    this.#atMs = atMs;
  };

  /** What is known by now. */
  data(): ReportData {
    const { plan, threads, control, judge } = this.#options;
    const result: RunResult = {
      plan,
      threads,
      startedAtMs: this.#startedAtMs,
      durationMs: this.#atMs,
      interrupted: false,
      total: this.#total,
      timeline: this.#timeline.points(),
      series: this.#timeline.series(),
      health: { cpuUserSec: 0, cpuSystemSec: 0, peakMemoryBytes: 0, cores: 0 },
      lost: [],
      changes: control.changes,
    };
    const live = this.#live();
    return {
      ...reportData(judge(result)),
      verdict: {
        tone: "neutral",
        title: STATES[live.state],
        text: live.plannedSec === undefined
          ? "Figures are those so far; the verdict comes at the end."
          : `Planned: ${
            formatDuration(live.plannedSec * 1000)
          }. Figures are those so far; the verdict comes at the end.`,
      },
      notes: [],
      trust: [],
      live,
    };
  }

  /** The same in few figures. */
  state(): RunState {
    const { state, elapsedSec, plannedSec, rate, users, scenarios, workers } = this.#live();
    const counts = sumOfSteps(this.#total);
    const last = this.#timeline.points().at(-1);
    const perSecond = (count: number) =>
      last === undefined ? undefined : rounded(count / (last.toMs - last.fromMs) * 1000, 2);
    const sec = (key: TimelinePercentile) => {
      const ms = last && exactPercentile(last, key);
      return ms === undefined ? undefined : rounded(ms / 1000, 6);
    };
    return present<RunState>({
      state,
      elapsed_sec: elapsedSec,
      planned_sec: plannedSec,
      rate,
      users,
      scenarios,
      requests: endedOf(counts),
      errors: errorsOf(counts),
      requests_per_sec: perSecond(last?.requests ?? 0),
      errors_per_sec: perSecond(last?.errors ?? 0),
      p50: sec("p50"),
      p95: sec("p95"),
      p99: sec("p99"),
      workers,
    });
  }

  #live(): LiveData {
    const { plan, control } = this.#options;
    const { durationMs } = loadFacts(plan.load);
    const { isPaused, ...loads } = control.steerable;
    return {
      state: control.isStopping ? "stopping" : isPaused ? "paused" : this.#atMs > 0 ? "running" : "starting",
      elapsedSec: Math.round(this.#atMs / 100) / 10,
      ...(durationMs !== undefined && { plannedSec: durationMs / 1000 }),
      ...loads,
      canPause: isPaused !== undefined,
      workers: control.workers,
    };
  }
}

/** What goes on, for programs. Times in seconds; rates per second, of the last second. */
export interface RunState {
  readonly state: LiveData["state"];
  readonly elapsed_sec: number;
  readonly planned_sec?: number;
  /** The rate or the users that can be changed. */
  readonly rate?: number;
  readonly users?: number;
  /** The same of several scenarios, each. */
  readonly scenarios?: LiveData["scenarios"];
  readonly requests: number;
  readonly errors: number;
  readonly requests_per_sec?: number;
  readonly errors_per_sec?: number;
  readonly p50?: number;
  readonly p95?: number;
  readonly p99?: number;
  readonly workers: readonly WorkerState[];
}

const STATES = {
  starting: "Starting",
  running: "Running",
  paused: "Paused",
  stopping: "Ending",
} as const;
