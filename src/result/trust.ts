/**
 * How far a run's numbers can be trusted: the facts about the load generator itself, and what they come to. Rules and
 * wording are here alone; the reports lay them out.
 *
 * A client that has no core, or whose event loop is late, adds its own delay to what it measures. A closed loop at full
 * speed keeps its threads busy by intent, so that alone is a remark and no doubt.
 *
 * @module
 */
import { formatCount, formatCounted, formatSeconds, formatTime } from "../lib/number_format.ts";
import { type HistogramData, rankOf, valueAtRank } from "../metrics/histogram.ts";
import type { Snapshot, ThreadHealth } from "../metrics/snapshot.ts";
import { isOpenLoop, loadFacts } from "../plan/load_kinds.ts";
import { isCode } from "../plan/scenario.ts";
import { changesLoad, changeText } from "./run_change.ts";
import { overallStats, type RunResult } from "./run_result.ts";
import { deniedShareOf, type Saturation, saturationOf, stoodStillMs } from "./saturation.ts";
import { silenceOf } from "./silence.ts";

/** Shorter stretches are too coarse for a share. */
const SHORTEST_JUDGED_MS = 900;
/** Below this share of the schedule, a rate counts as missed. */
const MIN_OF_SCHEDULE = 0.98;
/** A thread that works this share of the time may be the limit itself. */
const BUSY_SHARE = 0.9;

/** Threads that work less than this do not hold themselves up, even where others use their core. */
const MIN_HOLDING_WORK = 0.25;
/** Threads that work less than this are not late by their own load. */
const MIN_OWN_WORK = 0.5;

/** What a finding is about. */
export type FindingKind = "lost" | "silent" | "saturated" | "exhausted" | "unsent" | "steered" | "busy";

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
  /** Without running at all for 100 ms or longer at a time, in ms. */
  readonly stoodStillMs: number;
}

/** Everything worth knowing about the client's part in a result; the doubts first. */
export function findingsOf(result: RunResult): readonly Finding[] {
  return [
    ...lost(result),
    ...silent(result),
    ...saturated(result),
    ...exhausted(result),
    ...dropped(result),
    ...steered(result),
    ...busy(result),
  ];
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

function factsOf(health: ThreadHealth): ThreadFacts {
  const { thread, wallMs, cpuMs, runQueueWaitMs, loopLag } = health;
  const isLong = wallMs >= SHORTEST_JUDGED_MS;
  const deniedShare = deniedShareOf(health);
  return {
    thread: thread + 1,
    lag: loopLag,
    stoodStillMs: stoodStillMs(loopLag),
    ...(isLong && cpuMs !== undefined && { busyShare: cpuMs / wallMs }),
    ...(isLong && runQueueWaitMs !== undefined && { runQueueWaitShare: runQueueWaitMs / wallMs }),
    ...(deniedShare !== undefined && { deniedShare }),
  };
}

function lost({ lost: threads }: RunResult): readonly Finding[] {
  if (threads.length === 0) return [];
  const names = threads.map(({ thread, reason }) => `${thread} (${reason})`).join(", ");
  return [warning("lost", `Part of the load was lost: ${names}. What it had reported by then is counted`)];
}

function silent(result: RunResult): readonly Finding[] {
  const silence = silenceOf(result);
  if (silence === undefined) return [];
  const { isWhole, sinceMs, lastedMs, silent, inFlight } = silence;
  const since = formatSeconds(Math.floor(sinceMs / 100) * 100);
  const requests = inFlight === 0
    ? "the last requests timed out"
    : `${formatCounted(inFlight, "request")} in flight`;
  const text = isWhole
    ? `No response since ${since}; ${requests}. Nothing came in the last ${formatTime(lastedMs)}: ` +
      "the server, or the network, stopped responding"
    : `${
      formatCount(silent)
    } of the requests in flight at the end got no response, the oldest sent at ${since}: ` +
      "each waited over 10 times the median response time";
  return [warning("silent", text)];
}

function saturated(result: RunResult): readonly Finding[] {
  const saturation = saturationOf(result);
  if (saturation === undefined) return [];
  return [warning(
    "saturated",
    `The load generator did not keep up, so latencies include its own delay. ${
      saturation.facts.join(". ")
    }. ` +
      remedyFor(saturation, result),
  )];
}

function remedyFor({ cause }: Saturation, result: RunResult): string {
  switch (cause) {
    case "quota":
      return "Raise the quota (the CPU limit of a container)";
    case "still":
      if (isCode(result.plan.scenario)) return adviceForModule(result);
      return "Something stopped it (a signal, a debugger, a suspended machine), or it had too much to do at once";
    default: {
      const isOwnWork = cause === undefined && (mostBusy(result) ?? 1) >= MIN_OWN_WORK;
      if (isOwnWork && isCode(result.plan.scenario)) return adviceForModule(result);
      const advice = `${isOwnWork ? adviceFor(result) : "Stop other programs"}, or use a separate machine`;
      // A thread that shares its core stands still for longer, but not for that long, and not while it works.
      return isCode(result.plan.scenario) && holdsItsThread(result)
        ? `${advice}. Besides, ${adviceForModule(result)}`
        : advice;
    }
  }
}

/** Whether a thread worked for much of the time and yet stood still for long at a time. */
function holdsItsThread({ total: { threads } }: RunResult): boolean {
  return threads.map(factsOf).some(({ busyShare = 0, stoodStillMs }) =>
    busyShare >= MIN_HOLDING_WORK && stoodStillMs > 0
  );
}

/** A module's own computing is the first to be suspected. */
function adviceForModule({ plan: { scenario }, total }: RunResult): string {
  const longestMs = Math.max(0, ...total.threads.map(({ loopLag }) => loopLag.max)) / 1000;
  return `${scenario.name ?? "The module"} held its thread for up to ${
    formatTime(longestMs)
  } at a time, during which nothing else ran: ` +
    "compute less in an iteration, or once, outside of it; or use more threads (-t)";
}

/** Requests that this machine had no means to send: no fault of the server. */
function exhausted(result: RunResult): readonly Finding[] {
  const { failures } = overallStats(result).counts;
  const { descriptors, localPorts } = result.health;
  const withoutDescriptor = failures["too_many_open_files"] ?? 0;
  const withoutPort = failures["no_local_port"] ?? 0;
  return [
    ...(withoutDescriptor === 0 ? [] : [warning(
      "exhausted",
      `${formatCount(withoutDescriptor)} requests failed because this process ran out of file descriptors` +
        (descriptors === undefined ? "" : `: the limit is ${descriptors} files, sockets included`) +
        ". Raise the limit (ulimit -n), or use fewer connections",
    )]),
    ...(withoutPort === 0 ? [] : [warning(
      "exhausted",
      `${formatCount(withoutPort)} requests failed because this machine ran out of local ports${
        localPorts === undefined
          ? ""
          : `: there are ${formatCount(localPorts)} from one address to one server`
      }. A closed connection keeps its port for about a minute: ` +
        "reuse connections (--keepalive), send from several addresses (--local-address a,b), " +
        "or widen net.ipv4.ip_local_port_range",
    )]),
  ];
}

function adviceFor({ plan: { load }, threads, health }: RunResult): string {
  const more = threads < health.cores ? "more threads (-t)" : undefined;
  const { openLoop, simulation, parts } = loadFacts(load);
  if (parts) return `Use less load in the scenarios${more ? ` or ${more}` : ""}`;
  if (openLoop) return `Use a lower --rate${more ? ` or ${more}` : ""}`;
  return `Use fewer ${simulation ? "users (-u)" : "connections (-c)"}${more ? ` or ${more}` : ""}`;
}

function dropped(result: RunResult): readonly Finding[] {
  const { plan: { load, client }, total, interrupted } = result;
  const { openLoop, maxUsers, parts } = loadFacts(load);
  if (!isOpenLoop({ load }) || interrupted) return [];
  const sent = arrivalsSent(total);
  const due = sent + total.dropped;
  if (due === 0 || sent / due >= MIN_OF_SCHEDULE) return [];
  const what = (client.streams ?? 1) > 1 ? "stream" : "connection";
  const busy = parts !== undefined && openLoop === undefined
    ? `the ${what}s of a scenario with a rate were all`
    : maxUsers === 1
    ? `the only ${what} was`
    : `all ${formatCount(maxUsers)} ${what}s were`;
  return [warning(
    "unsent",
    `The schedule was missed: ${formatCount(total.dropped)} of ${
      formatCount(due)
    } arrivals were never sent, ` +
      (saturationOf(result) === undefined
        ? `because ${busy} waiting for responses. The server did not keep up, or -c is too low`
        : "because the load generator or the server did not keep up, or -c is too low"),
  )];
}

/** The load was not what the command says, so other runs of the command are no match for this one. */
function steered({ changes = [] }: RunResult): readonly Finding[] {
  const loads = changes.filter(changesLoad);
  if (loads.length === 0) return [];
  const told = loads.slice(0, 5).map((change) => `${changeText(change)} at ${formatSeconds(change.atMs)}`);
  const more = loads.length > told.length
    ? ` and ${formatCount(loads.length - told.length)} more changes`
    : "";
  return [{
    kind: "steered",
    isWarning: false,
    text: `The load was changed by hand: ${told.join(", ")}${more}. The figures cover all of it; ` +
      "compare the run only with one that was changed the same way",
  }];
}

/** Full speed in a closed loop: normal, and worth knowing before latencies are quoted. */
function busy(result: RunResult): readonly Finding[] {
  if (isOpenLoop(result.plan) || saturated(result).length > 0) return [];
  const most = mostBusy(result);
  if (most === undefined || most < BUSY_SHARE) return [];
  return [{
    kind: "busy",
    isWarning: false,
    text:
      `The load generator was busy ${percent(most)} of the time: the throughput may be its own limit, and ` +
      "latencies include queueing in it. For latencies at a given load, use --rate",
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
