/**
 * A run that another tool measured and told in its own file: what is known of it, and that alone.
 *
 * @module
 */
import { EMPTY_HISTOGRAM, type HistogramData, indexOfValue, rankOf } from "../../metrics/histogram.ts";
import { REPORTED_PERCENTILES } from "../../metrics/catalog.ts";
import { EMPTY_SNAPSHOT, EMPTY_STEP_STATS } from "../../metrics/snapshot.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import type { ConfigSnapshot } from "../outcome.ts";
import type { RunResult } from "../run_result.ts";
import type { ComparedRun } from "../verdict/compared_run.ts";

/** What a tool's file says. Times in seconds; what it does not say is absent. */
export interface ForeignRun {
  readonly tool: string;
  readonly requests: number;
  readonly errors?: number;
  readonly perSecond?: number;
  /** Seconds by percentile. */
  readonly percentiles: ReadonlyMap<number, number>;
  /** All of its latencies, where the file holds them: every percentile is known then. */
  readonly latency?: HistogramData;
  readonly minSec?: number;
  readonly meanSec?: number;
  readonly maxSec?: number;
  readonly bodyBytes?: number;
  /** Cut off by the end of the run. */
  readonly unfinished?: number;
  readonly config?: ConfigSnapshot;
}

/** The run as comparisons take it; metrics that the file does not hold stay unknown. */
export function comparedRun(run: ForeignRun, source: string): ComparedRun {
  return {
    source,
    result: resultOf(run),
    config: run.config ?? {},
    tool: run.tool,
    measured: measuredIn(run),
  };
}

/** The metrics that a file holds. */
function measuredIn(run: ForeignRun): ReadonlySet<string> {
  const { percentiles, latency, errors, perSecond, minSec, meanSec, maxSec, bodyBytes } = run;
  const hasRate = perSecond !== undefined;
  return new Set([
    "total_requests",
    ...(latency ? REPORTED_PERCENTILES : [...percentiles.keys()]).map((percentile) => `p${percentile}`),
    ...(latency || percentiles.has(50) ? ["median_latency"] : []),
    ...(latency ? ["stdev_latency"] : []),
    ...(hasRate ? ["rps", "duration"] : []),
    ...(errors === undefined ? [] : ["error_rate", "success_rate", "total_errors"]),
    ...(errors !== undefined && hasRate ? ["success_rps"] : []),
    ...(minSec === undefined ? [] : ["min_latency"]),
    ...(meanSec === undefined ? [] : ["avg_latency"]),
    ...(maxSec === undefined ? [] : ["max_latency"]),
    ...(bodyBytes === undefined ? [] : ["total_bytes", ...(hasRate ? ["transfer_rate"] : [])]),
  ]);
}

function resultOf(run: ForeignRun): RunResult {
  const { requests, errors = 0, perSecond, bodyBytes = 0 } = run;
  const durationMs = perSecond === undefined || perSecond === 0 ? 0 : requests / perSecond * 1000;
  const succeeded = Math.max(requests - errors, 0);
  return {
    plan: planOf(durationMs),
    startedAtMs: 0,
    durationMs,
    interrupted: false,
    threads: 1,
    total: {
      ...EMPTY_SNAPSHOT,
      fromMs: 0,
      toMs: durationMs,
      started: requests,
      steps: [{
        ...EMPTY_STEP_STATS,
        succeeded,
        failed: requests - succeeded,
        bodyBytes,
        latency: run.latency ?? histogramOf(run, succeeded),
      }],
    },
    timeline: [],
    health: { cpuUserSec: 0, cpuSystemSec: 0, peakMemoryBytes: 0, cores: 1 },
    lost: [],
  };
}

/** A histogram whose known percentiles are those of the file: each value holds up to its rank. */
function histogramOf({ percentiles, minSec, meanSec, maxSec }: ForeignRun, count: number): HistogramData {
  const known = [...percentiles].sort(([a], [b]) => a - b);
  const last = maxSec ?? known.at(-1)?.[1] ?? meanSec;
  if (count === 0 || last === undefined) return EMPTY_HISTOGRAM;
  const us = (seconds: number) => Math.min(Math.max(Math.round(seconds * 1e6), 0), 2 ** 32 - 1);
  const min = us(minSec ?? Math.min(known[0]?.[1] ?? last, last));
  const max = us(last);
  const offset = indexOfValue(min);
  const counts = new Float64Array(indexOfValue(Math.max(max, min)) - offset + 1);
  let rank = 0;
  for (const [percentile, seconds] of [...known, [100, last] as const]) {
    const upTo = percentile >= 100 ? count : rankOf(percentile, count);
    const at = Math.min(Math.max(indexOfValue(us(seconds)) - offset, 0), counts.length - 1);
    counts[at]! += Math.max(upTo - rank, 0);
    rank = Math.max(rank, upTo);
  }
  const sum = us(meanSec ?? last) * count;
  return { count, min, max, sum, sumOfSquares: sum * sum / count, offset, counts };
}

/** Nothing is known of how the load was applied. */
function planOf(durationMs: number): RunPlan {
  return {
    version: 1,
    load: { kind: "duration", connections: 1, durationMs },
    scenario: {
      pick: "rotate",
      flows: [{
        name: "",
        weight: 1,
        steps: [{
          kind: "http",
          name: "",
          method: "",
          url: "",
          headers: [],
          isTemplate: false,
          extract: [],
          checks: [],
        }],
      }],
      data: [],
      cookies: "ignore",
      onExtractFailure: "continue",
      onTemplateError: "keep_literal",
      cacheBust: false,
    },
    client: {
      kind: "raw",
      keepAlive: true,
      timeoutMs: 0,
      maxHeaderBytes: 0,
      tls: { verify: true, caCerts: [] },
      phases: false,
      verifyLength: false,
      maxRedirects: 0,
      http2: false,
      resolve: [],
      perAddress: false,
    },
    gracefulStopMs: 0,
    warmupMs: 0,
    seed: 0,
    verbosity: 0,
  };
}
