/**
 * What threads saw between two moments: counts only, so that any two can be added.
 *
 * @module
 */
import { EMPTY_HISTOGRAM, type HistogramData, mergeHistograms } from "./histogram.ts";
import {
  addCounts,
  addTimes,
  countsIn,
  emptyCounts,
  emptyTimes,
  RUN_COUNTERS,
  RUN_DISTRIBUTIONS,
  type RunCounts,
  type RunTimes,
  SPAN_COUNTERS,
  SPAN_DISTRIBUTIONS,
  type SpanCounts,
  type SpanKind,
  type SpanTimes,
  STEP_COUNTERS,
  STEP_DISTRIBUTIONS,
  type StepCounts,
  type StepTimes,
  THREAD_COUNTERS,
  type ThreadCounts,
} from "./measures.ts";
import { type Checks, type CustomMetrics, joinChecks, joinCustom } from "./custom_metrics.ts";
import { type FoundSteps, joinFound } from "./found_steps.ts";
import { addGroups } from "./group_stats.ts";
import type { GroupedStats } from "./measure_groups.ts";
import { slowestOf, type SlowRequest } from "./slow/slowest.ts";
import { addTimings, type ServerTimings } from "./server_timings.ts";
import { addExemplars, type Exemplar } from "./trace/exemplar.ts";
import type { LoggedRequest } from "./request_log.ts";

/** Names of the timed phases of an exchange. */
export const PHASES = ["dns", "connect", "tls", "ttfb", "transfer", "total"] as const;

/** One phase's name. */
export type Phase = (typeof PHASES)[number];

/** What the thread of one share was busy with; counters as the catalogue declares them. */
export interface ThreadHealth extends ThreadCounts {
  /** The thread's number among all threads of the run, from 0. */
  readonly thread: number;
  /** How late the thread's own timer fired, in µs: what a busy thread adds to every number. */
  readonly loopLag: HistogramData;
}

/**
 * What was seen of one step; counters and times as the catalogue declares them. `succeeded + failed` requests ended;
 * `unfinished` were still open at the end; `unfilled` never were requests.
 */
export interface StepStats extends StepCounts, StepTimes, GroupedStats {
  /** Position of the step among all steps of the scenario. */
  readonly step: number;
  /** All steps of a run or of a scenario together only: the counters of the run. */
  readonly run?: RunCounts;
  /** Only with phases switched on. */
  readonly phases?: Readonly<Record<Phase, HistogramData>>;
  /** Whole responses by status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Errors by kind's name, error statuses as `HTTP 503`; checks, extractions and placeholders by their rule. */
  readonly failures: Readonly<Record<string, number>>;
  /** The slowest requests, the slowest first; absent: not kept of this step. */
  readonly slowest?: readonly SlowRequest[];
  /** What responses said in `Server-Timing`; absent: nothing, or nobody looked. */
  readonly serverTimings?: ServerTimings;
}

/** What was seen of a named stretch of time: of an iteration's flow, of a group. */
export interface SpanStats extends SpanCounts, SpanTimes {
  /** What it is a stretch of. */
  readonly kind: SpanKind;
  /** The flow's or the group's. */
  readonly name: string;
}

/** Something that one thread saw, in words, for `-v`. */
export interface Detail {
  /** What it is about: a failure's name, or `head`. */
  readonly topic: string;
  /** As it was seen: not masked, and not escaped for any output. */
  readonly text: string;
}

/** Exchanges by the address they went to; only when asked for. */
export type AddressCounts = Readonly<Record<string, number>>;

/**
 * What one thread (or, merged, all) saw from `fromMs` to `toMs`, in ms since the run's start; counters and times as the
 * catalogue declares them.
 */
export interface Snapshot extends RunCounts, RunTimes {
  /** Number of the second since the start. */
  readonly seq: number;
  /** Start of the window; `Infinity` in the empty snapshot. */
  readonly fromMs: number;
  /** End of the window; of a total, the end of its last window. */
  readonly toMs: number;
  /** What each thread was busy with, by thread. */
  readonly threads: readonly ThreadHealth[];
  /** Exchanges by negotiated protocol: `1.1`, `1.0`, `2`. */
  readonly protocols: Readonly<Record<string, number>>;
  /** Limits that the client met, by their names in `LIMITS`. */
  readonly limits: Readonly<Record<string, number>>;
  /** Empty unless the plan asks for counts by address. */
  readonly addresses: AddressCounts;
  /** What one response held where a claim was broken, by the claim's key; masked. */
  readonly foundInstead: Readonly<Record<string, string>>;
  /** The first 100 at most; empty when the plan's verbosity is below 2. */
  readonly details: readonly Detail[];
  /** Single requests of the window, when the plan asks for a log; a total has none. */
  readonly requests: readonly LoggedRequest[];
  /** Steps with something to tell. */
  readonly steps: readonly StepStats[];
  /** Steps that the plan does not name; absent: there are none. */
  readonly found?: FoundSteps;
  /** What the user's code counts; absent: nothing. */
  readonly custom?: CustomMetrics;
  /** Checks of the user's code; absent: there are none. */
  readonly checks?: Checks;
  /** Stretches of time with something to tell, by kind and name. */
  readonly spans: readonly SpanStats[];
  /** Each of several scenarios as a sum over its steps, in the plan's order; absent: there is only one load. */
  readonly scenarios?: readonly StepStats[];
  /** Traced requests that succeeded, some of each order of magnitude of latency; absent: there are none. */
  readonly exemplars?: readonly Exemplar[];
}

/** The snapshot of nothing; neutral for {@linkcode mergeSnapshots}. */
export const EMPTY_SNAPSHOT: Snapshot = {
  seq: 0,
  fromMs: Infinity,
  toMs: 0,
  ...emptyCounts(RUN_COUNTERS),
  ...emptyTimes(RUN_DISTRIBUTIONS),
  threads: [],
  protocols: {},
  limits: {},
  addresses: {},
  foundInstead: {},
  details: [],
  requests: [],
  steps: [],
  spans: [],
};

/** Details kept at most; the first ones win. */
const MAX_DETAILS = 100;

/**
 * Adds what two threads saw in the same window. Associative and commutative (but for the order of details, and which of several findings is kept);
 * {@linkcode EMPTY_SNAPSHOT} is neutral.
 */
export function mergeSnapshots(a: Snapshot, b: Snapshot): Snapshot {
  const aligned = alignedTo(a, b);
  return {
    ...combine(a, aligned, "threads"),
    requests: a.requests.length === 0 ? aligned.requests : [...a.requests, ...aligned.requests],
  };
}

/** A snapshot with the numbers that another one gives to found steps. */
export function alignedTo(a: Pick<Snapshot, "found">, b: Snapshot): Snapshot {
  if (b.found === undefined) return b;
  const { found, renumber } = joinFound(a.found, b.found);
  if (renumber === null) return found === b.found ? b : { ...b, ...(found && { found }) };
  const steps = new Map<number, StepStats>();
  for (const stats of b.steps) {
    const step = renumber(stats.step);
    const same = steps.get(step);
    steps.set(step, same === undefined ? { ...stats, step } : addStepStats(same, stats));
  }
  return {
    ...b,
    ...(found && { found }),
    steps: [...steps.values()].sort((x, y) => x.step - y.step),
    requests: b.requests.map((request) => ({ ...request, step: renumber(request.step) })),
  };
}

/** Adds a later window to an earlier one; single requests are left out. */
export function appendSnapshot(total: Snapshot, next: Snapshot): Snapshot {
  return combine(total, alignedTo(total, next), "time");
}

function combine(a: Snapshot, b: Snapshot, over: "threads" | "time"): Snapshot {
  const found = b.found ?? a.found;
  const custom = joinCustom(a.custom, b.custom, over);
  const checks = joinChecks(a.checks, b.checks);
  const scenarios = addOptional(a.scenarios, b.scenarios, (x, y) => mergeSteps(x, y, over));
  const exemplars = addOptional(a.exemplars, b.exemplars, addExemplars);
  return {
    seq: Math.max(a.seq, b.seq),
    fromMs: Math.min(a.fromMs, b.fromMs),
    toMs: Math.max(a.toMs, b.toMs),
    ...addCounts<RunCounts>(RUN_COUNTERS, [a, b], over),
    ...addTimes<RunTimes>(RUN_DISTRIBUTIONS, [a, b]),
    threads: mergeByNumber(a.threads, b.threads, {
      numberOf: (health) => health.thread,
      add: addThreadHealth,
    }),
    protocols: addByKey(a.protocols, b.protocols),
    limits: addByKey(a.limits, b.limits),
    addresses: addByKey(a.addresses, b.addresses),
    foundInstead: { ...b.foundInstead, ...a.foundInstead },
    details: [...a.details, ...b.details].slice(0, MAX_DETAILS),
    requests: [],
    steps: mergeSteps(a.steps, b.steps, over),
    ...(found && { found }),
    ...(custom && { custom }),
    ...(checks && { checks }),
    spans: mergeSpans(a.spans, b.spans),
    ...(scenarios && { scenarios }),
    ...(exemplars && { exemplars }),
  };
}

function mergeSteps(
  a: readonly StepStats[],
  b: readonly StepStats[],
  over: "threads" | "time",
): readonly StepStats[] {
  return mergeByNumber(a, b, { numberOf: ({ step }) => step, add: (x, y) => addSteps(x, y, over) });
}

/** All threads' timer lags together. */
export function loopLagOf(snapshot: Snapshot): HistogramData {
  return snapshot.threads.reduce((sum, { loopLag }) => mergeHistograms(sum, loopLag), EMPTY_HISTOGRAM);
}

function addThreadHealth(a: ThreadHealth, b: ThreadHealth): ThreadHealth {
  return {
    thread: a.thread,
    ...addCounts<ThreadCounts>(THREAD_COUNTERS, [a, b], "time"),
    loopLag: mergeHistograms(a.loopLag, b.loopLag),
  };
}

/** Both lists in order of their numbers, entries of the same number added up. */
function mergeByNumber<T>(
  a: readonly T[],
  b: readonly T[],
  { numberOf, add }: { numberOf(entry: T): number; add(a: T, b: T): T },
): readonly T[] {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const merged = new Map(a.map((entry) => [numberOf(entry), entry]));
  for (const entry of b) {
    const same = merged.get(numberOf(entry));
    merged.set(numberOf(entry), same === undefined ? entry : add(same, entry));
  }
  return [...merged.values()].sort((x, y) => numberOf(x) - numberOf(y));
}

function mergeSpans(a: readonly SpanStats[], b: readonly SpanStats[]): readonly SpanStats[] {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const merged = new Map(a.map((span) => [spanKey(span), span]));
  for (const span of b) {
    const same = merged.get(spanKey(span));
    merged.set(spanKey(span), same === undefined ? span : addSpanStats(same, span));
  }
  return [...merged.values()].sort((x, y) => spanKey(x) < spanKey(y) ? -1 : 1);
}

/** What tells a stretch from all others. */
export function spanKey({ kind, name }: Pick<SpanStats, "kind" | "name">): string {
  return `${kind} ${name}`;
}

/** The sum of two stretches' statistics; the result bears the first one's name. */
export function addSpanStats(a: SpanStats, b: SpanStats): SpanStats {
  return {
    kind: a.kind,
    name: a.name,
    ...addCounts<SpanCounts>(SPAN_COUNTERS, [a, b], "time"),
    ...addTimes<SpanTimes>(SPAN_DISTRIBUTIONS, [a, b]),
  };
}

/** The sum of two steps' statistics; the result bears the first one's index. */
export function addStepStats(a: StepStats, b: StepStats): StepStats {
  return addSteps(a, b, "time");
}

function addSteps(a: StepStats, b: StepStats, over: "threads" | "time"): StepStats {
  const run = addOptional(a.run, b.run, (x, y) => addCounts<RunCounts>(RUN_COUNTERS, [x, y], over));
  const phases = addOptional(a.phases, b.phases, mergePhases);
  const slowest = addOptional(a.slowest, b.slowest, slowestOf);
  const serverTimings = addOptional(a.serverTimings, b.serverTimings, addTimings);
  return {
    step: a.step,
    ...addCounts<StepCounts>(STEP_COUNTERS, [a, b], "time"),
    ...addTimes<StepTimes>(STEP_DISTRIBUTIONS, [a, b]),
    ...addGroups([a, b], { over, addCodes: addByKey }),
    ...(run && { run }),
    ...(phases && { phases }),
    statuses: addByKey(a.statuses, b.statuses),
    failures: addByKey(a.failures, b.failures),
    ...(slowest && { slowest }),
    ...(serverTimings && { serverTimings }),
  };
}

/** The sum over all steps of a snapshot, as if they were one step, with the counters of the run. */
export function sumOfSteps(snapshot: Snapshot): StepStats {
  const run = countsIn<RunCounts>(RUN_COUNTERS, snapshot);
  const sum = snapshot.steps.reduce((sum, step) => addSteps(sum, step, "threads"), EMPTY_STEP_STATS);
  return { ...sum, run };
}

/** Statistics of a step that never ran. */
export const EMPTY_STEP_STATS: StepStats = {
  step: 0,
  ...emptyCounts(STEP_COUNTERS),
  ...emptyTimes(STEP_DISTRIBUTIONS),
  statuses: {},
  failures: {},
};

function mergePhases(
  a: Readonly<Record<Phase, HistogramData>>,
  b: Readonly<Record<Phase, HistogramData>>,
): Readonly<Record<Phase, HistogramData>> {
  return Object.fromEntries(
    PHASES.map((phase) => [phase, mergeHistograms(a[phase], b[phase])]),
  ) as Record<Phase, HistogramData>;
}

function addOptional<T>(a: T | undefined, b: T | undefined, add: (a: T, b: T) => T): T | undefined {
  return a === undefined ? b : b === undefined ? a : add(a, b);
}

function addByKey(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  // A map, since keys come from scenarios and servers and may be `toString` or `__proto__`.
  const sum = new Map(Object.entries(a));
  for (const [key, count] of Object.entries(b)) sum.set(key, (sum.get(key) ?? 0) + count);
  return Object.fromEntries(sum);
}
