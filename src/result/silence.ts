/**
 * Connections on which nothing came any more at the end of a run. Requests that are open when a run ends are neither
 * successes nor errors, so a server that stops responding would show in no error rate.
 *
 * @module
 */
import {
  EMPTY_HISTOGRAM,
  highestValueOf,
  type HistogramData,
  mergeHistograms,
  rankOf,
  valueAtRank,
} from "../metrics/histogram.ts";
import type { StepStats } from "../metrics/snapshot.ts";
import { overallStats, type RunResult } from "./run_result.ts";

/** Shorter waits at the end are not worth a warning. */
const SHORTEST_SILENCE_MS = 500;
/** So many times the step's median response time. */
const MANY_MEDIANS = 10;

/** What was waited for in vain at the end of a run. */
export interface Silence {
  /** Whether nothing at all came any more, rather than nothing on some connections. */
  readonly isWhole: boolean;
  /** When something last came, or (not whole) when the oldest of the requests was sent; since the run's start. */
  readonly sinceMs: number;
  /** How long before the waiting was given up that was. */
  readonly lastedMs: number;
  /** Requests that waited too long. */
  readonly silent: number;
  /** All requests in flight at the end; 0 when each of the last ones timed out. */
  readonly inFlight: number;
}

/**
 * The silence at a run's end: requests, or a whole run, without a response for over ten times the median response time
 * and at least half a second. `undefined` when there was none, or when nothing ever came, which is another matter.
 */
export function silenceOf(result: RunResult): Silence | undefined {
  const { total } = result;
  if (total.lastHeardMs === 0) return undefined;
  const overall = overallStats(result).counts;
  const silent = total.steps.reduce(
    (sum, step) => sum + countFrom(step.openWaits ?? EMPTY_HISTOGRAM, longestWaitUs(step, overall)),
    0,
  );
  const { unfinished, failures } = overall;
  const timedOut = (failures["timeout"] ?? 0) + (failures["connect_timeout"] ?? 0);
  if (silent + timedOut === 0) return undefined;
  const oldestMs = Math.max(...total.steps.map(({ openWaits }) => openWaits?.max ?? 0)) / 1000;
  const { lastHeardMs, givenUpMs, toMs } = total;
  // After the load's end, only those are left who wait in vain: until then, others may have been served.
  const isWhole = givenUpMs > lastHeardMs && (toMs - lastHeardMs) * 1000 >= longestWaitUs(overall, overall);
  if (!isWhole && silent === 0) return undefined;
  const lastedMs = isWhole ? givenUpMs - lastHeardMs : oldestMs;
  return {
    isWhole,
    sinceMs: Math.max(0, givenUpMs - lastedMs),
    lastedMs,
    silent,
    inFlight: unfinished,
  };
}

/** The wait from which on a request counts as silent; a step without responses is held to those of all. */
function longestWaitUs(step: StepStats, overall: StepStats): number {
  const own = responseTimes(step);
  const times = own.count > 0 ? own : responseTimes(overall);
  const medianUs = times.count > 0 ? valueAtRank(times, rankOf(50, times.count)) : 0;
  return Math.max(SHORTEST_SILENCE_MS * 1000, MANY_MEDIANS * medianUs);
}

/** All responses, timed from the sending where that is known. */
function responseTimes({ latency, serviceLatency, failedLatency }: StepStats): HistogramData {
  return mergeHistograms(serviceLatency ?? latency, failedLatency);
}

/** How many values are not below one. */
function countFrom(data: HistogramData, minUs: number): number {
  let count = 0;
  for (let i = 0; i < data.counts.length; i++) {
    if (highestValueOf(data.offset + i) >= minUs) count += data.counts[i]!;
  }
  return count;
}
