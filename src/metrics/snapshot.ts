/**
 * What slots saw between two moments: counts only, so that any two can be added.
 *
 * @module
 */
import { EMPTY_HISTOGRAM, type HistogramData, mergeHistograms } from "./histogram.ts";
import type { LoggedRequest } from "./request_log.ts";

/** Names of the timed phases of an exchange. */
export const PHASES = ["dns", "connect", "tls", "ttfb", "transfer", "total"] as const;

/** One phase's name. */
export type Phase = (typeof PHASES)[number];

/** What the thread of one slot was busy with; tells a slow server from a client that could not keep up. */
export interface ThreadHealth {
  /** The slot's number among all slots of the run, from 0. */
  readonly thread: number;
  /** Time covered, in ms. */
  readonly wallMs: number;
  /** How late the slot's own timer fired, in µs: what a busy thread adds to every number. */
  readonly loopLag: HistogramData;
  /** The thread's CPU time, in ms; absent where the system does not tell. */
  readonly cpuMs?: number;
  /** Ready to run while no core was free for the thread, in ms; absent where the system does not tell. */
  readonly runQueueWaitMs?: number;
  /** Time in which a CPU quota stopped the thread's process, in ms over all cores; absent where there is none. */
  readonly throttledMs?: number;
}

/**
 * What was seen of one step. `succeeded + failed` exchanges ended; `unfinished` were still open at the end; `unfilled`
 * never were exchanges.
 */
export interface StepStats {
  /** Position of the step among all steps of the scenario. */
  readonly step: number;
  /** Whole answers that hold every check and whose status is below 400 or was checked. */
  readonly succeeded: number;
  /** Exchanges without a whole answer, with an error status or with a failed check. */
  readonly failed: number;
  /** Cut off by the end of the run; neither successes nor failures. */
  readonly unfinished: number;
  /** Times that the request could not be filled in: an error, but never sent and so no request. */
  readonly unfilled: number;
  /** Bytes of answer bodies as they travelled, without chunk framing. */
  readonly bodyBytes: number;
  /** Bytes read for the step's requests, heads and framing included; bodies alone with the fetch client. */
  readonly bytesReceived: number;
  /** Bytes written for them, under the same terms. */
  readonly bytesSent: number;
  /** Successful exchanges: from the start (open loop: from the moment due) to the last byte of the answer. */
  readonly latency: HistogramData;
  /** Exchanges without a whole answer: how long each was waited for. The true time is at least that. */
  readonly unanswered: HistogramData;
  /** Whole answers that count as failures: error statuses and failed checks. */
  readonly failedLatency: HistogramData;
  /** Of the unfinished ones, those that nothing came in for at the end: from the actual sending until they were given up. */
  readonly openWaits?: HistogramData;
  /** Open loop only: successful exchanges timed from the actual sending. */
  readonly serviceLatency?: HistogramData;
  /** Open loop only: exchanges without a whole answer, timed from there. */
  readonly serviceUnanswered?: HistogramData;
  /** Open loop only: arrivals that never started, and how long each had waited when it was dropped. */
  readonly dropped?: HistogramData;
  /** Open loop, and all steps together, only: arrivals that started over 1 ms after they were due. */
  readonly delayed?: number;
  /** Only with phases switched on. */
  readonly phases?: Readonly<Record<Phase, HistogramData>>;
  /** Whole answers by status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Errors by kind's name, error statuses as `HTTP 503`; checks, extractions and placeholders by their rule. */
  readonly failures: Readonly<Record<string, number>>;
  /** Answers whose length differs from what was declared; only with length verification. */
  readonly lengthErrors: number;
}

/** Something that one slot saw, in words, for `-v`. */
export interface Detail {
  /** What it is about: a failure's name, or `head`. */
  readonly topic: string;
  /** As it was seen: not masked, and not escaped for any output. */
  readonly text: string;
}

/** Exchanges by the address they went to; only when asked for. */
export type AddressCounts = Readonly<Record<string, number>>;

/** What one slot (or, merged, all) saw from `fromMs` to `toMs`, in ms since the run's start. */
export interface Snapshot {
  /** Number of the second since the start. */
  readonly seq: number;
  /** Start of the window; `Infinity` in the empty snapshot. */
  readonly fromMs: number;
  /** End of the window; of a total, the end of its last window. */
  readonly toMs: number;
  /** Users (closed loop) or connections in use (open loop) at the end of the window. */
  readonly users: number;
  /** Requests started in the window. */
  readonly started: number;
  /** Iterations completed in the window. */
  readonly iterations: number;
  /** Connections opened. */
  readonly connects: number;
  /** Of the connections opened, ones that replaced a connection the server had closed. */
  readonly reconnects: number;
  /** Requests on a connection that had carried one before, each of a chain of redirects counted. */
  readonly reused: number;
  /** Redirects followed; each was a request of its own to the server. */
  readonly redirects: number;
  /** HTTP/2: requests that waited because the server allows no more streams at a time on a connection. */
  readonly streamWaits: number;
  /** How many it allows, the largest of several such limits; 0 when nothing waited. */
  readonly streamLimit: number;
  /** Requests whose body was held back by `Expect: 100-continue`. */
  readonly continueWaits: number;
  /** For how long in all, in ms. */
  readonly continueWaitMs: number;
  /** Requests that were sent again without that question, since the server refused it. */
  readonly continueRefusals: number;
  /** Open loop: arrivals that started over 1 ms after they were due; else 0. */
  readonly delayed: number;
  /** Requests under way at the same time at most; of several slots, the sum of their maxima. */
  readonly maxInFlight: number;
  /** Open loop: arrivals that were due and never sent; else 0. */
  readonly dropped: number;
  /** When the other end was last heard, in ms since the run's start; 0: never. */
  readonly lastHeardMs: number;
  /** When a request was last given up without a response, in ms since the run's start; 0: none was. */
  readonly givenUpMs: number;
  /** Open loop: from due to sent, in µs; else without values. */
  readonly startDelay: HistogramData;
  /** Open loop: from due to noticed, in µs: the generator's own part of the start delay; else without values. */
  readonly scheduleLag: HistogramData;
  /** Pauses that the schedule made (open loop: timer waits). */
  readonly scheduleWaits: number;
  /** What each slot's thread was busy with, by slot. */
  readonly threads: readonly ThreadHealth[];
  /** Exchanges by negotiated protocol: `1.1`, `1.0`, `2`. */
  readonly protocols: Readonly<Record<string, number>>;
  /** Limits that the client met, by their names in `LIMITS`. */
  readonly limits: Readonly<Record<string, number>>;
  /** Empty unless the plan asks for counts by address. */
  readonly addresses: AddressCounts;
  /** The first 100 at most; empty when the plan's verbosity is below 2. */
  readonly details: readonly Detail[];
  /** Requests sent while warming up; in no other number. */
  readonly warmupRequests: number;
  /** Single requests of the window, when the plan asks for a log; a total has none. */
  readonly requests: readonly LoggedRequest[];
  /** Requests that the log should have and has not, since there were too many. */
  readonly unlogged: number;
  /** Steps with something to tell. */
  readonly steps: readonly StepStats[];
}

/** The snapshot of nothing; neutral for {@linkcode mergeSnapshots}. */
export const EMPTY_SNAPSHOT: Snapshot = {
  seq: 0,
  fromMs: Infinity,
  toMs: 0,
  users: 0,
  started: 0,
  iterations: 0,
  connects: 0,
  reconnects: 0,
  reused: 0,
  redirects: 0,
  streamWaits: 0,
  streamLimit: 0,
  continueWaits: 0,
  continueWaitMs: 0,
  continueRefusals: 0,
  delayed: 0,
  maxInFlight: 0,
  dropped: 0,
  lastHeardMs: 0,
  givenUpMs: 0,
  startDelay: EMPTY_HISTOGRAM,
  scheduleLag: EMPTY_HISTOGRAM,
  scheduleWaits: 0,
  threads: [],
  protocols: {},
  limits: {},
  addresses: {},
  details: [],
  warmupRequests: 0,
  requests: [],
  unlogged: 0,
  steps: [],
};

/** Details kept at most; the first ones win. */
const MAX_DETAILS = 100;

/**
 * Adds what two slots saw in the same window. `users` and `maxInFlight` add up too.
 * Associative and commutative (but for the order of details); {@linkcode EMPTY_SNAPSHOT} is neutral.
 */
export function mergeSnapshots(a: Snapshot, b: Snapshot): Snapshot {
  return {
    ...combine(a, b, (x, y) => x + y),
    requests: a.requests.length === 0 ? b.requests : [...a.requests, ...b.requests],
  };
}

/** Adds a later window to an earlier one: `users` is the later one's, `maxInFlight` the larger, single requests are left out. */
export function appendSnapshot(total: Snapshot, next: Snapshot): Snapshot {
  return { ...combine(total, next, Math.max), users: next.users };
}

function combine(a: Snapshot, b: Snapshot, peak: (x: number, y: number) => number): Snapshot {
  return {
    seq: Math.max(a.seq, b.seq),
    fromMs: Math.min(a.fromMs, b.fromMs),
    toMs: Math.max(a.toMs, b.toMs),
    users: a.users + b.users,
    started: a.started + b.started,
    iterations: a.iterations + b.iterations,
    connects: a.connects + b.connects,
    reconnects: a.reconnects + b.reconnects,
    reused: a.reused + b.reused,
    redirects: a.redirects + b.redirects,
    streamWaits: a.streamWaits + b.streamWaits,
    streamLimit: Math.max(a.streamLimit, b.streamLimit),
    continueWaits: a.continueWaits + b.continueWaits,
    continueWaitMs: a.continueWaitMs + b.continueWaitMs,
    continueRefusals: a.continueRefusals + b.continueRefusals,
    delayed: a.delayed + b.delayed,
    maxInFlight: peak(a.maxInFlight, b.maxInFlight),
    dropped: a.dropped + b.dropped,
    lastHeardMs: Math.max(a.lastHeardMs, b.lastHeardMs),
    givenUpMs: Math.max(a.givenUpMs, b.givenUpMs),
    startDelay: mergeHistograms(a.startDelay, b.startDelay),
    scheduleLag: mergeHistograms(a.scheduleLag, b.scheduleLag),
    scheduleWaits: a.scheduleWaits + b.scheduleWaits,
    threads: mergeByNumber(a.threads, b.threads, {
      numberOf: (health) => health.thread,
      add: addThreadHealth,
    }),
    protocols: addCounts(a.protocols, b.protocols),
    limits: addCounts(a.limits, b.limits),
    addresses: addCounts(a.addresses, b.addresses),
    details: [...a.details, ...b.details].slice(0, MAX_DETAILS),
    warmupRequests: a.warmupRequests + b.warmupRequests,
    requests: [],
    unlogged: a.unlogged + b.unlogged,
    steps: mergeByNumber(a.steps, b.steps, { numberOf: (stats) => stats.step, add: addStepStats }),
  };
}

/** All slots' timer lags together. */
export function loopLagOf(snapshot: Snapshot): HistogramData {
  return snapshot.threads.reduce((sum, { loopLag }) => mergeHistograms(sum, loopLag), EMPTY_HISTOGRAM);
}

function addThreadHealth(a: ThreadHealth, b: ThreadHealth): ThreadHealth {
  const cpuMs = addOptional(a.cpuMs, b.cpuMs, (x, y) => x + y);
  const runQueueWaitMs = addOptional(a.runQueueWaitMs, b.runQueueWaitMs, (x, y) => x + y);
  const throttledMs = addOptional(a.throttledMs, b.throttledMs, (x, y) => x + y);
  return {
    thread: a.thread,
    wallMs: a.wallMs + b.wallMs,
    loopLag: mergeHistograms(a.loopLag, b.loopLag),
    ...(cpuMs !== undefined && { cpuMs }),
    ...(runQueueWaitMs !== undefined && { runQueueWaitMs }),
    ...(throttledMs !== undefined && { throttledMs }),
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

/** The sum of two steps' statistics; the result bears the first one's index. */
export function addStepStats(a: StepStats, b: StepStats): StepStats {
  const openWaits = addOptional(a.openWaits, b.openWaits, mergeHistograms);
  const serviceLatency = addOptional(a.serviceLatency, b.serviceLatency, mergeHistograms);
  const serviceUnanswered = addOptional(a.serviceUnanswered, b.serviceUnanswered, mergeHistograms);
  const dropped = addOptional(a.dropped, b.dropped, mergeHistograms);
  const delayed = addOptional(a.delayed, b.delayed, (x, y) => x + y);
  const phases = addOptional(a.phases, b.phases, mergePhases);
  return {
    step: a.step,
    succeeded: a.succeeded + b.succeeded,
    failed: a.failed + b.failed,
    unfinished: a.unfinished + b.unfinished,
    unfilled: a.unfilled + b.unfilled,
    bodyBytes: a.bodyBytes + b.bodyBytes,
    bytesReceived: a.bytesReceived + b.bytesReceived,
    bytesSent: a.bytesSent + b.bytesSent,
    latency: mergeHistograms(a.latency, b.latency),
    unanswered: mergeHistograms(a.unanswered, b.unanswered),
    failedLatency: mergeHistograms(a.failedLatency, b.failedLatency),
    ...(openWaits && { openWaits }),
    ...(serviceLatency && { serviceLatency }),
    ...(serviceUnanswered && { serviceUnanswered }),
    ...(dropped && { dropped }),
    ...(delayed !== undefined && { delayed }),
    ...(phases && { phases }),
    statuses: addCounts(a.statuses, b.statuses),
    failures: addCounts(a.failures, b.failures),
    lengthErrors: a.lengthErrors + b.lengthErrors,
  };
}

/** The sum over all steps of a snapshot, as if they were one step. */
export function sumOfSteps(snapshot: Snapshot): StepStats {
  const sum = snapshot.steps.reduce(addStepStats, EMPTY_STEP_STATS);
  return sum.serviceLatency === undefined ? sum : { ...sum, delayed: snapshot.delayed };
}

/** Statistics of a step that never ran. */
export const EMPTY_STEP_STATS: StepStats = {
  step: 0,
  succeeded: 0,
  failed: 0,
  unfinished: 0,
  unfilled: 0,
  bodyBytes: 0,
  bytesReceived: 0,
  bytesSent: 0,
  latency: EMPTY_HISTOGRAM,
  unanswered: EMPTY_HISTOGRAM,
  failedLatency: EMPTY_HISTOGRAM,
  statuses: {},
  failures: {},
  lengthErrors: 0,
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

function addCounts(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  // A map, since keys come from scenarios and servers and may be `toString` or `__proto__`.
  const sum = new Map(Object.entries(a));
  for (const [key, count] of Object.entries(b)) sum.set(key, (sum.get(key) ?? 0) + count);
  return Object.fromEntries(sum);
}
