/**
 * The result of one run: what every report, threshold and comparison reads.
 *
 * @module
 */
import type { RunChange } from "./run_change.ts";
import type { RunSeries } from "./series/run_series.ts";
import type { PeerCertificate } from "../metrics/peer_certificate.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import type { Snapshot, StepStats } from "../metrics/snapshot.ts";
import { rankOf, valueAtRank } from "../metrics/histogram.ts";
import { sumOfSteps } from "../metrics/snapshot.ts";
import { endedOf, errorsOf, percentileOf, statsOfAll } from "../metrics/stats.ts";
import type { Stats } from "../metrics/stats.ts";

/** The percentiles of a second. */
export const TIMELINE_PERCENTILES = { p50: 50, p95: 95, p99: 99 } as const satisfies Record<
  TimelinePercentile,
  number
>;

/** One of their names. */
export type TimelinePercentile = "p50" | "p95" | "p99";

/** One second of the run, small enough to keep for hours. Absent values were not measured in that second. */
export interface TimelinePoint {
  /** Start of the window, in ms since the run's start. */
  readonly fromMs: number;
  /** End of the window, in ms since the run's start. */
  readonly toMs: number;
  /** Requests that ended in the window, errors included. */
  readonly requests: number;
  /** Of `requests`, the failed ones; besides, `unfilled`. */
  readonly errors: number;
  /** Steps that could not be filled in and were not sent: among `errors`, not among `requests`. Absent: none. */
  readonly unfilled?: number;
  /** Users (closed loop) or connections in use (open loop) at the end of the window. */
  readonly users: number;
  /** Answer bodies as they travelled. */
  readonly bodyBytes: number;
  /** Unanswered requests rank last, which can make it a lower bound. */
  readonly p50Ms?: number;
  /** Ranked as `p50Ms`; below 20 samples it is the largest. */
  readonly p95Ms?: number;
  /** Ranked as `p50Ms`; below 100 samples it is the largest. */
  readonly p99Ms?: number;
  /** Which percentiles are lower bounds; absent: none. */
  readonly atLeast?: readonly TimelinePercentile[];
  /** Over successful requests alone. */
  readonly meanMs?: number;
  /** Written for requests, heads and framing included. Absent, as the rest: files of earlier programs. */
  readonly bytesSent?: number;
  /** Requests in flight at most; of several threads, the sum of their maxima. */
  readonly inFlight?: number;
  /** Passes through a flow that ended; absent: none. */
  readonly iterations?: number;
  /** Open loop: p99 of the time from due to sent; absent where nothing was due. */
  readonly startDelayP99Ms?: number;
}

/** What the load generator itself used; of a fleet, CPU and cores of all nodes, and the largest memory of one. */
export interface ClientHealth {
  /** CPU seconds of this process in its own code, all threads together, from their start to the end. */
  readonly cpuUserSec: number;
  /** CPU seconds that the system spent for this process in that time. */
  readonly cpuSystemSec: number;
  /** Time over which CPU was counted: the run's own, the starting of threads and the warm-up. Absent: the run's own. */
  readonly wallSec?: number;
  /** Largest resident memory seen, in bytes. */
  readonly peakMemoryBytes: number;
  /** Logical CPUs of the machine; of a fleet, of all nodes that reported. */
  readonly cores: number;
  /** The smallest step of the clock, in ms; absent: not measured. */
  readonly clockResolutionMs?: number;
  /** Files and sockets that the process may have open; of a fleet, the fewest of a node. Absent: unknown, or no limit. */
  readonly descriptors?: number;
  /** Local ports between one address and one server; of a fleet, the fewest of a node. Absent: unknown. */
  readonly localPorts?: number;
}

/** A thread or node that stopped reporting, or the rest of a log that could not be read. */
export interface LostWorker {
  /** Such as `thread 2`, counted from 1; of a log, `the rest of access.log`. */
  readonly thread: string;
  /** Since the run's start; 0 when it was lost before. */
  readonly atMs: number;
  /** The error's message, as it came. */
  readonly reason: string;
}

/** The remote nodes of a distributed run. */
export interface FleetSummary {
  /** Nodes that took part, lost ones included. */
  readonly nodes: number;
  /** Of these, the ones that reported to the end. */
  readonly reported: number;
  /** Lost nodes or threads that do not make the run a failure. */
  readonly toleratedLosses: number;
}

/** Why a run was ended before its time. */
export interface Abort {
  /** The threshold that could no longer be met, as the user wrote it. */
  readonly expression: string;
  /** Since the run's start. */
  readonly atMs: number;
  /** One clause: what was measured by then. */
  readonly reason: string;
}

/** One run, measured. */
export interface RunResult {
  /** What was run, with its secrets: mask it before showing it. */
  readonly plan: RunPlan;
  /** Wall-clock start, in ms since 1970. */
  readonly startedAtMs: number;
  /** From the common start to the end of the last exchange. */
  readonly durationMs: number;
  /** A signal, or an aborting threshold, ended the run early. */
  readonly interrupted: boolean;
  /** Load threads that were started, 1 or more. */
  readonly threads: number;
  /** Everything from the start to the end, the warm-up left out. */
  readonly total: Snapshot;
  /** One point a second, in order; the last may be shorter. */
  readonly timeline: readonly TimelinePoint[];
  /** What steps, groups, statuses and errors did over time. Absent: read from a file of an earlier program. */
  readonly series?: RunSeries;
  /** Tells whether this machine was itself the limit. */
  readonly health: ClientHealth;
  /** Empty when every thread reported to the end. */
  readonly lost: readonly LostWorker[];
  /** Absent when the load came from this process. */
  readonly fleet?: FleetSummary;
  /** Absent over plain HTTP, or when no handshake came about. */
  readonly certificate?: PeerCertificate;
  /** Requests sent while warming up, not in any other number. */
  readonly warmupRequests?: number;
  /** What someone did to it while it went on; absent: nothing. */
  readonly changes?: readonly RunChange[];
  /** A threshold ended the run; it is `interrupted`, too. */
  readonly aborted?: Abort;
}

/** The whole run as statistics, all steps together. */
export function overallStats(result: Pick<RunResult, "total" | "durationMs">): Stats {
  return statsOfAll(result.total, result.durationMs);
}

/** One step as statistics; zero counts if it never ran. */
export function stepStats(result: RunResult, step: number): Stats | undefined {
  const counts: StepStats | undefined = result.total.steps.find((stats) => stats.step === step);
  return counts && { counts, durationMs: result.durationMs };
}

/** A window as a point of the timeline. */
export function timelinePoint(window: Snapshot): TimelinePoint {
  const counts = sumOfSteps(window);
  const unsent = counts.unfilled + counts.exceptions;
  const { startDelay } = window;
  const percentiles = Object.entries(TIMELINE_PERCENTILES).flatMap(([key, p]) => {
    const value = percentileOf(counts, p);
    return value ? [{ key: key as TimelinePercentile, ...value }] : [];
  });
  const bounds = percentiles.filter(({ isAtLeast }) => isAtLeast).map(({ key }) => key);
  return {
    fromMs: rounded(window.fromMs, 1e3),
    toMs: rounded(window.toMs, 1e3),
    requests: endedOf(counts),
    errors: errorsOf(counts),
    ...(unsent > 0 && { unfilled: unsent }),
    users: window.users,
    bodyBytes: counts.bodyBytes,
    ...Object.fromEntries(percentiles.map(({ key, ms }) => [`${key}Ms`, ms])),
    ...(bounds.length > 0 && { atLeast: bounds }),
    ...(counts.latency.count > 0 && {
      meanMs: rounded(counts.latency.sum / counts.latency.count / 1000, 1e6),
    }),
    bytesSent: counts.bytesSent,
    inFlight: window.maxInFlight,
    ...(window.iterations > 0 && { iterations: window.iterations }),
    ...(startDelay.count > 0 && {
      startDelayP99Ms: rounded(valueAtRank(startDelay, rankOf(99, startDelay.count)) / 1000, 1e3),
    }),
  };
}

/** A percentile of a second; `undefined` where it was not measured or is only a lower bound. */
export function exactPercentile(point: TimelinePoint, key: TimelinePercentile): number | undefined {
  return point.atLeast?.includes(key) ? undefined : point[`${key}Ms`];
}

/** To parts of a ms: finer digits say nothing, and would have to be saved. */
function rounded(ms: number, parts: number): number {
  return Math.round(ms * parts) / parts;
}
