/**
 * The result of one run: what every report, threshold and comparison reads.
 *
 * @module
 */
import type { RunChange } from "./run_change.ts";
import type { RunSeries } from "./series/run_series.ts";
import type { TimelinePoint } from "./series/timeline_point.ts";
import type { PeerCertificate } from "../metrics/peer_certificate.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import type { Snapshot } from "../metrics/snapshot.ts";
import { statsOfAll } from "../metrics/stats.ts";
import type { Stats } from "../metrics/stats.ts";
import type { Unit } from "../metrics/catalog.ts";

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
  /** The threshold that was not met, as the user wrote it. */
  readonly expression: string;
  /** Since the run's start. */
  readonly atMs: number;
  /** One clause: what was measured by then. */
  readonly reason: string;
}

/** A precision that a run went on for. */
export interface UntilVerdict {
  /** As the user wrote it, secrets masked. */
  readonly expression: string;
  /** The metric, as rules write it, secrets masked. */
  readonly metric: string;
  /** Of the values. */
  readonly unit: Unit;
  /** It is known so precisely. */
  readonly isReached: boolean;
  /** When it was looked at last, since the run's start. */
  readonly atMs: number;
  /** In `unit`; absent with both ends: it cannot be told how precisely it is known. */
  readonly value?: number;
  /** The true value is no less, with 95% confidence. */
  readonly low?: number;
  /** The true value is no more. */
  readonly high?: number;
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
  /** What `--until` came to, in the order given; absent: it was not asked for. */
  readonly until?: readonly UntilVerdict[];
}

/** The whole run as statistics, all steps together. */
export function overallStats(result: Pick<RunResult, "total" | "durationMs">): Stats {
  return statsOfAll(result.total, result.durationMs);
}
