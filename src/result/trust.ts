/**
 * How far a run's numbers can be trusted: the facts about the load generator itself, and what they come to. Rules and
 * wording are here alone; the reports lay them out.
 *
 * A client that has no core, or whose event loop is late, adds its own delay to what it measures. A closed loop at full
 * speed keeps its threads busy by intent, so that alone is a remark and no doubt.
 *
 * @module
 */
import { formatCount, formatSeconds, formatShare, formatTime } from "../lib/number_format.ts";
import { type HistogramData, rankOf, valueAtRank } from "../metrics/histogram.ts";
import { loopLagOf, type Snapshot, type ThreadHealth } from "../metrics/snapshot.ts";
import { samplesToResolve } from "../metrics/stats.ts";
import type { RunResult } from "./run_result.ts";
import { silenceOf } from "./silence.ts";

/** Timers this late at the 95th percentile, in µs, weigh on every latency. Idle threads stay below 3 ms. */
const MAX_LAG_US = 20_000;
/** Of fewer checks the 95th percentile is the largest: one hiccup of the machine, not a thread that lags. */
const MIN_LAG_CHECKS = samplesToResolve(95);
/**
 * Share of the time a thread wanted to run and had no core. One other program on the same core makes it a half; threads
 * and server that share two cores come to a third.
 */
const MAX_CORE_WAIT = 0.5;
/** The same as a share of all time, below which an almost idle thread's waits are not worth a word. */
const MIN_CORE_WAIT_OF_TIME = 0.2;
/** Shorter stretches are too coarse for a share. */
const SHORTEST_JUDGED_MS = 900;
/** Share of arrivals that started over 1 ms late. An idle client stays below 1 %. */
const MAX_DELAYED = 0.05;
/** Fewer late arrivals say nothing. */
const MIN_DELAYED = 10;
/** Below this share of the schedule, a rate counts as missed. */
const MIN_OF_SCHEDULE = 0.98;
/** A thread that works this share of the time may be the limit itself. */
const BUSY_SHARE = 0.9;

/** Threads that work less than this are not late by their own load. */
const MIN_OWN_WORK = 0.5;

/** What a finding is about. */
export type FindingKind = "lost" | "silent" | "saturated" | "unsent" | "busy";

/** Something that bears on how the numbers are to be read. */
export interface Finding {
  readonly kind: FindingKind;
  /** The numbers do not mean what they seem to; otherwise it is a remark. */
  readonly isWarning: boolean;
  /** Whole sentences: what is wrong, the figures, what to change. Not escaped. */
  readonly text: string;
}

/** One load thread in figures; shares are 0 … 1 of the time, absent where the system does not tell. */
export interface ThreadFacts {
  /** From 1. */
  readonly thread: number;
  /** On a core. */
  readonly busyShare?: number;
  /** Ready to run, without a core. */
  readonly runQueueWaitShare?: number;
  /** Of the time it wanted to run, the part without a core. */
  readonly deniedShare?: number;
  readonly lag: HistogramData;
}

/** Everything worth knowing about the client's part in a result; the doubts first. */
export function findingsOf(result: RunResult): readonly Finding[] {
  return [...lost(result), ...silent(result), ...saturated(result), ...dropped(result), ...busy(result)];
}

/** Whether nothing found keeps the numbers from meaning what they say. */
export function isSound(result: RunResult): boolean {
  return !findingsOf(result).some(({ isWarning }) => isWarning);
}

/** The load threads in figures. */
export function threadFacts(result: RunResult): readonly ThreadFacts[] {
  return result.total.threads.map(factsOf);
}

/** Cores that the process kept busy on average; `undefined` when that was not measured. */
export function coresUsed({ health, durationMs }: RunResult): number | undefined {
  const cpuSec = health.cpuUserSec + health.cpuSystemSec;
  const wallSec = health.wallSec ?? durationMs / 1000;
  return cpuSec > 0 && wallSec > 0 ? cpuSec / wallSec : undefined;
}

/** A percentile of a series in µs; `undefined` without values. */
export function lagPercentile(lag: HistogramData, percentile: number): number | undefined {
  return lag.count === 0 ? undefined : valueAtRank(lag, rankOf(percentile, lag.count));
}

/** Arrivals of an open loop that were sent: an iteration is one, however many requests it has. */
export function arrivalsSent({ startDelay }: Pick<Snapshot, "startDelay">): number {
  return startDelay.count;
}

function factsOf({ thread, wallMs, cpuMs, runQueueWaitMs, loopLag }: ThreadHealth): ThreadFacts {
  const isLong = wallMs >= SHORTEST_JUDGED_MS;
  const wantedMs = (cpuMs ?? 0) + (runQueueWaitMs ?? 0);
  return {
    thread: thread + 1,
    lag: loopLag,
    ...(isLong && cpuMs !== undefined && { busyShare: cpuMs / wallMs }),
    ...(isLong && runQueueWaitMs !== undefined && { runQueueWaitShare: runQueueWaitMs / wallMs }),
    ...(isLong && cpuMs !== undefined && runQueueWaitMs !== undefined && wantedMs > 0 && {
      deniedShare: runQueueWaitMs / wantedMs,
    }),
  };
}

function lost({ lost: threads }: RunResult): readonly Finding[] {
  if (threads.length === 0) return [];
  const names = threads.map(({ thread, reason }) => `${thread} (${reason})`).join(", ");
  return [warning("lost", `Part of the load was lost: ${names}. What it had reported until then is counted`)];
}

function silent(result: RunResult): readonly Finding[] {
  const silence = silenceOf(result);
  if (silence === undefined) return [];
  const { isWhole, sinceMs, lastedMs, silent, inFlight } = silence;
  const since = formatSeconds(Math.floor(sinceMs / 100) * 100);
  const requests = inFlight === 0
    ? "the last requests timed out"
    : `${formatCount(inFlight)} ${inFlight === 1 ? "request" : "requests"} in flight`;
  const text = isWhole
    ? `No response since ${since}; ${requests}. In the last ${formatTime(lastedMs)} nothing came at all: ` +
      "the server, or the way to it, stopped responding"
    : `No response to ${
      formatCount(silent)
    } of the requests in flight at the end, the oldest sent at ${since}: ` +
      "each waited over 10 times the median response time";
  return [warning("silent", text)];
}

function saturated(result: RunResult): readonly Finding[] {
  const starved = starvedFact(result);
  const isOwnWork = starved === undefined && (mostBusy(result) ?? 1) >= MIN_OWN_WORK;
  const facts = [starved, lagFact(result), lateFact(result)].filter((fact) => fact !== undefined);
  if (facts.length === 0) return [];
  return [warning(
    "saturated",
    `The load generator was saturated: latencies include its own delay. ${facts.join(". ")}. ` +
      `${isOwnWork ? adviceFor(result) : "End what else runs here"}, or give it a machine of its own`,
  )];
}

function starvedFact(result: RunResult): string | undefined {
  const starved = threadFacts(result).filter(({ deniedShare = 0, runQueueWaitShare = 0 }) =>
    deniedShare >= MAX_CORE_WAIT && runQueueWaitShare >= MIN_CORE_WAIT_OF_TIME
  );
  if (starved.length === 0) return undefined;
  const worst = Math.max(...starved.map(({ deniedShare }) => deniedShare!));
  return `Other work held the processor: ${percent(worst)} of the time that a load thread wanted to run, ` +
    "no core was free for it";
}

function lagFact({ total }: RunResult): string | undefined {
  const worst = total.threads.filter(({ loopLag }) => loopLag.count >= MIN_LAG_CHECKS)
    .map(({ loopLag }) => lagPercentile(loopLag, 95)!)
    .reduce((most, us) => Math.max(most, us), 0);
  if (worst < MAX_LAG_US) return undefined;
  return `Its own timers came ${formatTime(worst / 1000)} late or more in one check of twenty, ` +
    `${formatTime(loopLagOf(total).max / 1000)} at worst`;
}

/** Arrivals that came late although no slot was out of connections: the client's own doing. */
function lateFact({ plan: { load }, total }: RunResult): string | undefined {
  if (load.kind !== "rate" || total.dropped > 0 || total.maxInFlight >= load.maxConnections) return undefined;
  const sent = arrivalsSent(total);
  if (total.delayed < MIN_DELAYED || total.delayed / sent < MAX_DELAYED) return undefined;
  return `${formatShare(total.delayed, sent)} of the arrivals started over 1ms after they were due, ` +
    "with connections free";
}

function adviceFor({ plan: { load }, threads, health }: RunResult): string {
  const more = threads < health.cores ? "more threads (-t)" : undefined;
  if (load.kind === "rate") return `Use a lower --rate${more ? ` or ${more}` : ""}`;
  return `Use fewer ${load.kind === "users" ? "users (-u)" : "connections (-c)"}${more ? ` or ${more}` : ""}`;
}

function dropped(result: RunResult): readonly Finding[] {
  const { plan: { load, client }, total, interrupted } = result;
  if (load.kind !== "rate" || interrupted) return [];
  const sent = arrivalsSent(total);
  const due = sent + total.dropped;
  if (due === 0 || sent / due >= MIN_OF_SCHEDULE) return [];
  const what = (client.streams ?? 1) > 1 ? "stream" : "connection";
  const busy = load.maxConnections === 1
    ? `the only ${what} was`
    : `all ${formatCount(load.maxConnections)} ${what}s were`;
  return [warning(
    "unsent",
    `The schedule was missed: ${formatCount(total.dropped)} of ${
      formatCount(due)
    } arrivals were never sent, ` +
      `since ${busy} waiting for answers. ` +
      "The server did not keep up, or -c is too low",
  )];
}

/** Full speed in a closed loop: normal, and worth knowing before latencies are quoted. */
function busy(result: RunResult): readonly Finding[] {
  const { plan: { load } } = result;
  if (load.kind === "rate" || saturated(result).length > 0) return [];
  const most = mostBusy(result);
  if (most === undefined || most < BUSY_SHARE) return [];
  return [{
    kind: "busy",
    isWarning: false,
    text:
      `The load generator worked ${percent(most)} of the time: the throughput may be its own limit, and ` +
      "latencies include waiting for their turn in it. For latencies at a given load, use --rate",
  }];
}

/** The share of its time that the busiest thread worked; `undefined` where the system does not tell. */
function mostBusy(result: RunResult): number | undefined {
  const shares = threadFacts(result).map(({ busyShare }) => busyShare).filter((share) => share !== undefined);
  return shares.length === 0 ? undefined : Math.max(...shares);
}

function warning(kind: FindingKind, text: string): Finding {
  return { kind, isWarning: true, text };
}

function percent(share: number): string {
  return `${Math.round(Math.min(share, 1) * 100)}%`;
}
