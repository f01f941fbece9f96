/**
 * The result of one run: what every report, threshold and comparison reads.
 *
 * @module
 */
import type { RunPlan } from "../plan/run_plan.ts";
import type { Snapshot, StepStats } from "../metrics/snapshot.ts";
import { sumOfSteps } from "../metrics/snapshot.ts";
import { endedOf, percentileOf } from "../metrics/stats.ts";
import type { Stats } from "../metrics/stats.ts";

/** One second of the run, small enough to keep for hours. Absent values were not measured in that second. */
export interface TimelinePoint {
  /** Start and end of the window, in ms since the run's start. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly requests: number;
  readonly errors: number;
  readonly users: number;
  readonly bodyBytes: number;
  readonly p50Ms?: number;
  readonly p95Ms?: number;
  readonly p99Ms?: number;
  readonly meanMs?: number;
}

/** What the server proved about itself; only over TLS. */
export interface PeerCertificate {
  readonly isTrusted: boolean;
  /** Why it is not trusted. */
  readonly reason?: string;
  readonly subject?: string;
  readonly issuer?: string;
  readonly validTo?: string;
  readonly protocol?: string;
  readonly cipher?: string;
}

/** What the load generator itself used. */
export interface ClientHealth {
  /** CPU seconds of this process during the run. */
  readonly cpuUserSec: number;
  readonly cpuSystemSec: number;
  /** Largest resident memory seen, in bytes. */
  readonly peakMemoryBytes: number;
  readonly cores: number;
}

/** A slot or node that stopped reporting. */
export interface LostSlot {
  readonly slot: string;
  readonly atMs: number;
  readonly reason: string;
}

/** One run, measured. */
export interface RunResult {
  readonly plan: RunPlan;
  /** Wall-clock start, in ms since 1970. */
  readonly startedAtMs: number;
  /** From the common start to the end of the last exchange. */
  readonly durationMs: number;
  /** A signal, or an aborting threshold, ended the run early. */
  readonly interrupted: boolean;
  readonly threads: number;
  readonly total: Snapshot;
  readonly timeline: readonly TimelinePoint[];
  readonly health: ClientHealth;
  readonly lost: readonly LostSlot[];
  readonly certificate?: PeerCertificate;
  /** Requests sent while warming up, not in any other number. */
  readonly warmupRequests?: number;
}

/** The whole run as statistics, all steps together. */
export function overallStats(result: RunResult): Stats {
  return { counts: sumOfSteps(result.total), durationMs: result.durationMs };
}

/** One step as statistics; zero counts if it never ran. */
export function stepStats(result: RunResult, step: number): Stats | undefined {
  const counts: StepStats | undefined = result.total.steps.find((stats) => stats.step === step);
  return counts && { counts, durationMs: result.durationMs };
}

/** A window as a point of the timeline. */
export function timelinePoint(window: Snapshot): TimelinePoint {
  const counts = sumOfSteps(window);
  const percentiles = [["p50Ms", 50], ["p95Ms", 95], ["p99Ms", 99]] as const;
  return {
    fromMs: window.fromMs,
    toMs: window.toMs,
    requests: endedOf(counts),
    errors: counts.failed,
    users: window.users,
    bodyBytes: counts.bodyBytes,
    ...Object.fromEntries(
      percentiles.flatMap(([key, p]) => {
        const value = percentileOf(counts, p);
        return value ? [[key, value.ms]] : [];
      }),
    ),
    ...(counts.latency.count > 0 && { meanMs: counts.latency.sum / counts.latency.count / 1000 }),
  };
}
