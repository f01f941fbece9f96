/**
 * The line that is rewritten once a second while a run goes on. Drawing is a pure function of state and width; only
 * {@linkcode ProgressLine} touches the terminal, and only standard error, so that results on standard output stay clean.
 *
 * @module
 */
import { escapeTerminal } from "../lib/escape.ts";
import type { UntilSoFar } from "../result/verdict/until_verdict.ts";
import { formatCount, formatCounted, formatTenths, formatTime } from "../lib/number_format.ts";
import { exchangedOf, type Percentile, percentileOf } from "../metrics/stats.ts";
import { type Snapshot, sumOfSteps } from "../metrics/snapshot.ts";
import type { Tick } from "../metrics/tick.ts";
import { loadFacts } from "../plan/load_kinds.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import { maxSteps } from "../plan/scenario.ts";
import { type CountedWords, countedWords } from "../result/describe_sockets.ts";
import { terminalSize } from "./terminal_size.ts";

/** What the run is to reach, as far as the line shows it. */
export interface ProgressGoal {
  /** Ends the run; decides the percentage unless `requests` does. */
  readonly durationMs?: number;
  /** Ends the run, and turns the count into `done/total`. */
  readonly requests?: number;
  /** Show the users that are active. */
  readonly showsUsers: boolean;
  /** How well what the run goes on for is known by now; absent: it has an end of its own. */
  untils?(): readonly UntilSoFar[];
  /** What the run's requests are called; absent: that. */
  readonly words?: CountedWords;
  /** Open loop: requests per second asked for at a moment, in ms since the start. */
  targetRateAt?(elapsedMs: number): number;
}

/** One state of the line. */
export interface ProgressState {
  readonly elapsedMs: number;
  /** Ended so far, errors included. */
  readonly requests: number;
  readonly errors: number;
  readonly users: number;
  /** Requests per second in the last window; absent when the window has no length. */
  readonly windowRate?: number;
  /** p99 of the last window; absent when nothing ended in it. */
  readonly windowP99?: Percentile;
}

/** Where the line goes. */
export interface ProgressOutput {
  readonly isTerminal: boolean;
  /** Columns there are now. */
  columns(): number;
  write(text: string): void;
}

/**
 * The goal of a run. Rates are of iterations, and the line is about requests: of an iteration of several, and of a rate
 * that changes over time, it shows no target.
 */
export function progressGoal({ load, scenario }: Pick<RunPlan, "load" | "scenario">): ProgressGoal {
  const { amount, durationMs, openLoop, simulation, parts } = loadFacts(load);
  const arrivals = openLoop && maxSteps(scenario) === 1 ? openLoop : undefined;
  const targetRate = arrivals?.targetRate;
  const countsRequests = arrivals !== undefined || amount?.unit === "requests";
  return {
    ...(durationMs !== undefined && { durationMs }),
    ...(amount !== undefined && countsRequests && { requests: amount.count }),
    showsUsers: simulation !== undefined || parts !== undefined,
    words: countedWords({ scenario }),
    ...(arrivals?.pacer.kind === "constant" && targetRate !== undefined &&
      { targetRateAt: () => targetRate }),
  };
}

/** The state after a tick. */
export function progressState({ atMs, window, total }: Tick): ProgressState {
  const spanMs = window.toMs - window.fromMs;
  const ended = exchangedOf(sumOfSteps(window));
  const windowP99 = percentileOf(sumOfSteps(window), 99);
  return {
    elapsedMs: atMs,
    ...endedIn(total),
    users: window.users,
    ...(spanMs > 0 && { windowRate: ended / spanMs * 1000 }),
    ...(windowP99 && { windowP99 }),
  };
}

/**
 * The line, at most `width` columns: share of the run, what it goes on for, p99 and rate of the last second, errors,
 * requests, and users or target. What does not fit is left out from the right, part by part.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const state = { elapsedMs: 5000, requests: 1200, errors: 3, users: 10 };
 * assertEquals(
 *   renderProgress(state, { durationMs: 10_000, showsUsers: false }, 80),
 *   "  [ 50.0%]    240.0 req/s | 3 errors | 1,200 requests",
 * );
 * ```
 */
export function renderProgress(state: ProgressState, goal: ProgressGoal, width: number): string {
  const { elapsedMs, requests, errors, users } = state;
  const done = goal.requests === undefined
    ? formatCount(requests)
    : `${formatCount(requests)}/${formatCount(goal.requests)}`;
  const unit = goal.words?.rateUnit ?? "req/s";
  const mean = elapsedMs > 0 ? requests / elapsedMs * 1000 : 0;
  const { windowP99: p99, windowRate: rate = mean } = state;
  const until = goal.untils?.().find(({ isReached }) => !isReached);
  const parts = [
    ...(until ? [escapeTerminal(`${until.expression}: ${until.text}`)] : []),
    ...(p99 ? [`p99 ${`${p99.isAtLeast ? "≥ " : ""}${formatTime(p99.ms)}`.padStart(8)}`] : []),
    `${formatTenths(rate).padStart(8)} ${unit}`,
    `${formatCount(errors)} errors`,
    `${done} ${goal.words?.short.toLowerCase() ?? "requests"}`,
  ];
  if (goal.showsUsers) parts.push(formatCounted(users, "user"));
  if (goal.targetRateAt) parts.push(`target ${formatTenths(goal.targetRateAt(elapsedMs))} ${unit}`);
  let line = `  [${percentDone(state, goal)}]`;
  for (const [i, part] of parts.entries()) {
    const longer = line + (i === 0 ? " " : " | ") + part;
    if (longer.length > width) break;
    line = longer;
  }
  return line.slice(0, Math.max(width, 0));
}

/** Shows a run's progress on a terminal; does nothing where there is none. */
export class ProgressLine {
  readonly #goal: ProgressGoal;
  readonly #output: ProgressOutput;
  #isShown = false;

  constructor(goal: ProgressGoal, output: ProgressOutput = STANDARD_ERROR) {
    this.#goal = goal;
    this.#output = output;
  }

  /** Rewrites the line; a `RunObserver`. */
  readonly observe = (tick: Tick): void => {
    this.#show((width) => renderProgress(progressState(tick), this.#goal, width));
  };

  /** Shows a text until the first tick. */
  say(text: string): void {
    this.#show((width) => `  ${text}`.slice(0, width));
  }

  #show(render: (width: number) => string): void {
    if (!this.#output.isTerminal) return;
    // One column stays free: a full line would make some terminals wrap.
    this.#output.write(`\r${render(this.#output.columns() - 1)}${ERASE_TO_END}`);
    this.#isShown = true;
  }

  /** Wipes the line, so that the next output starts on a clean one. */
  clear(): void {
    if (this.#isShown) this.#output.write(`\r${ERASE_TO_END}`);
    this.#isShown = false;
  }
}

const ERASE_TO_END = "\x1b[K";

const encoder = new TextEncoder();

const STANDARD_ERROR: ProgressOutput = {
  get isTerminal(): boolean {
    return Deno.stderr.isTerminal();
  },
  columns(): number {
    return terminalSize()?.columns ?? 80;
  },
  write(text: string): void {
    try {
      Deno.stderr.writeSync(encoder.encode(text));
    } catch {
      // The terminal went away; the run goes on, and its results do not depend on this line.
    }
  },
};

function endedIn(snapshot: Snapshot): { readonly requests: number; readonly errors: number } {
  let requests = 0;
  let errors = 0;
  for (const { succeeded, failed } of snapshot.steps) {
    requests += succeeded + failed;
    errors += failed;
  }
  return { requests, errors };
}

/** How much of the run is done, 0 to 1; `undefined` when it has no known end. */
export function shareDone(
  { elapsedMs, requests }: Pick<ProgressState, "elapsedMs" | "requests">,
  goal: ProgressGoal,
): number | undefined {
  const parts = [
    goal.requests === undefined ? undefined : requests / goal.requests,
    goal.durationMs === undefined ? undefined : elapsedMs / goal.durationMs,
  ].filter((part) => part !== undefined && Number.isFinite(part)) as number[];
  // With both, whichever comes first ends the run.
  return parts.length === 0 ? undefined : Math.min(Math.max(...parts), 1);
}

/** Columns: `100.0%`; blanks when the run has no known end. */
function percentDone(state: ProgressState, goal: ProgressGoal): string {
  const share = shareDone(state, goal);
  return share === undefined ? "  --  " : `${(share * 100).toFixed(1).padStart(5)}%`;
}
