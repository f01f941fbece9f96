/**
 * Whether a threshold can still be met while the run goes on. It can as long as it would be met if every request still
 * to come went as well as can be: answered at once, without an error (or, for a claim that something is above a bound, as
 * badly as can be). Claims about throughput are bounded by nothing while time is left; only a run of a fixed number of
 * requests can miss them before its end.
 *
 * @module
 */
import { type HistogramData, indexOfValue, mergeHistograms } from "../../metrics/histogram.ts";
import type { StepStats } from "../../metrics/snapshot.ts";
import { endedOf, type Stats } from "../../metrics/stats.ts";
import { judge, type Threshold } from "./threshold.ts";

/** What may still come. */
export interface Future {
  /** Requests at most. */
  readonly requests: number;
  /** `requests` is the plan's number and no estimate. */
  readonly isExact: boolean;
  /** The run's length at its end at best, in ms: now for a number of requests, the planned time otherwise. */
  readonly durationMs: number;
}

const SLOWEST_US = 2 ** 32 - 1;

/** Whether a threshold may yet be met; `true` whenever that cannot be told. */
export function canStillHold(threshold: Threshold, stats: Stats, future: Future): boolean {
  const best = bestCase(threshold, stats, future);
  return best === undefined || judge(threshold, best).passed;
}

/** The statistics at the end of the run if all goes as the threshold wants; `undefined`: there is no telling. */
function bestCase(
  { metric: { key, unit }, operator, custom }: Threshold,
  { counts }: Stats,
  { requests, isExact, durationMs }: Future,
): Stats | undefined {
  if (custom !== undefined) return undefined;
  const wantsLess = operator.startsWith("<");
  const succeed = (latencyUs: number) => ({ counts: withLatencies(counts, requests, latencyUs), durationMs });
  const fail = { counts: { ...counts, failed: counts.failed + requests }, durationMs };
  switch (key) {
    case "error_rate":
    case "total_errors":
      return wantsLess ? succeed(0) : fail;
    case "success_rate":
      return wantsLess ? fail : succeed(0);
    case "total_requests":
    case "total_bytes":
    case "duration":
      return wantsLess
        ? { counts, durationMs }
        : key === "total_requests" && isExact
        ? succeed(0)
        : undefined;
    case "rps":
    case "success_rps":
      return isExact && !wantsLess ? succeed(0) : undefined;
    case "stdev_latency":
      return undefined;
    default:
      return unit !== "s" ? undefined : endedOf(counts) + requests === 0 ? undefined : succeed(
        wantsLess ? 0 : SLOWEST_US,
      );
  }
}

function withLatencies(counts: StepStats, requests: number, us: number): StepStats {
  if (requests === 0) return counts;
  const more: HistogramData = {
    count: requests,
    min: us,
    max: us,
    sum: us * requests,
    sumOfSquares: us * us * requests,
    offset: indexOfValue(us),
    counts: [requests],
  };
  return {
    ...counts,
    succeeded: counts.succeeded + requests,
    latency: mergeHistograms(counts.latency, more),
    ...(counts.serviceLatency && { serviceLatency: mergeHistograms(counts.serviceLatency, more) }),
  };
}
