/**
 * The part of the JSON result that tells how well the client kept up.
 *
 * @module
 */
import { isResolved, REPORTED_PERCENTILES } from "../../metrics/catalog.ts";
import { rankOf } from "../../metrics/histogram.ts";
import type { StepStats } from "../../metrics/snapshot.ts";
import { samplesOf } from "../../metrics/stats.ts";
import { isOpenLoop } from "../../plan/load_kinds.ts";
import { overallStats, type RunResult } from "../run_result.ts";
import { type SeriesJson, seriesJson } from "./stats_json.ts";
import { present, rounded } from "../../lib/json/present.ts";
import { coresUsed, type FindingKind, findingsOf, isSound, type ThreadFacts, threadFacts } from "../trust.ts";

/** One load thread. Shares are 0 … 1 of its time, absent where the system does not tell. */
export interface ThreadJson {
  /** From 1, through all machines. */
  readonly thread: number;
  /** On a core. */
  readonly busy_share?: number;
  /** Ready to run while no core was free for it. */
  readonly core_wait_share?: number;
  /** Without running at all for 100 ms or longer at a time, in seconds; absent when it never was. */
  readonly stood_still_sec?: number;
  /** How late its own timer fired, in seconds. */
  readonly timer_lag?: SeriesJson;
}

/** How far the numbers can be trusted. */
export interface TrustJson {
  /** No finding says that the numbers do not mean what they seem to. */
  readonly sound: boolean;
  /** What bears on the numbers; a `warning` makes `sound` false. */
  readonly findings: readonly {
    readonly kind: FindingKind;
    readonly level: "warning" | "info";
    readonly text: string;
  }[];
  /** Requests behind the latency percentiles. */
  readonly samples: number;
  /** By percentile, as in `percentiles`: samples that rank at it or behind it. */
  readonly percentile_samples: Readonly<Record<string, number>>;
  /** Process CPU time over the time in which it was counted and all logical CPUs. */
  readonly cpu_share?: number;
  /** Smallest step of the clock, in seconds, reading it included. */
  readonly clock_resolution_sec?: number;
  /** Open loop: arrivals that started more than 1 ms late. */
  readonly delayed?: number;
  /** Open loop: arrivals that never started. */
  readonly dropped?: number;
  /** Connections that replaced one the server had closed. */
  readonly reconnects: number;
  /** By load thread. */
  readonly threads: readonly ThreadJson[];
}

/** The section for one result. */
export function trustJson(result: RunResult): TrustJson {
  const { counts } = overallStats(result);
  const { health, total, plan } = result;
  const cores = coresUsed(result);
  const isOpen = isOpenLoop(plan);
  return present<TrustJson>({
    sound: isSound(result),
    findings: findingsOf(result).map(({ kind, isWarning, text }) => ({
      kind,
      level: isWarning ? "warning" : "info",
      text,
    })),
    samples: samplesOf(counts),
    percentile_samples: Object.fromEntries(
      percentileSamples(counts).map(({ percentile, samples }) => [`p${percentile}`, samples]),
    ),
    cpu_share: cores === undefined ? undefined : rounded(cores / health.cores, 4),
    clock_resolution_sec: health.clockResolutionMs === undefined
      ? undefined
      : rounded(health.clockResolutionMs / 1000, 9),
    delayed: isOpen ? total.delayed : undefined,
    dropped: isOpen ? total.dropped : undefined,
    reconnects: total.reconnects,
    threads: threadFacts(result).map(threadJson),
  });
}

/** For each reported percentile that the sample resolves: how many samples rank at it or behind it. */
export function percentileSamples(
  counts: StepStats,
): readonly { readonly percentile: number; readonly samples: number }[] {
  const samples = samplesOf(counts);
  if (samples === 0) return [];
  return REPORTED_PERCENTILES.filter((percentile) => isResolved(percentile, samples))
    .map((percentile) => ({ percentile, samples: samples - rankOf(percentile, samples) + 1 }));
}

function threadJson({ thread, busyShare, runQueueWaitShare, stoodStillMs, lag }: ThreadFacts): ThreadJson {
  return present<ThreadJson>({
    thread,
    busy_share: busyShare === undefined ? undefined : rounded(busyShare, 4),
    core_wait_share: runQueueWaitShare === undefined ? undefined : rounded(runQueueWaitShare, 4),
    stood_still_sec: stoodStillMs > 0 ? rounded(stoodStillMs / 1000, 3) : undefined,
    timer_lag: seriesJson(lag),
  });
}
