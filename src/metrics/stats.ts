/**
 * Rates, ratios and quantiles over anything that was counted: a whole run, one window or one step.
 *
 * @module
 */
import { mergeHistograms, rankOf, valueAtRank } from "./histogram.ts";
import type { StepStats } from "./snapshot.ts";

/** Counts together with the time they were counted over. */
export interface Stats {
  readonly counts: StepStats;
  readonly durationMs: number;
}

/** A percentile: the value in ms, or a bound below which it cannot lie. */
export interface Percentile {
  readonly ms: number;
  /** The percentile falls among requests without an answer: its true value is at least `ms`. */
  readonly isAtLeast: boolean;
}

/** Exchanges that ended: answered or failed. What was still open at the end is not among them. */
export function endedOf(counts: StepStats): number {
  return counts.succeeded + counts.failed;
}

/** Failed requests, and steps that could not be filled in. */
export function errorsOf(counts: StepStats): number {
  return counts.failed + counts.unfilled;
}

/** What errors are a share of: ended exchanges, and what would have been one could it have been filled in. */
export function attemptsOf(counts: StepStats): number {
  return endedOf(counts) + counts.unfilled;
}

/** Requests behind the latency percentiles: successes and those that were never answered in full. */
export function samplesOf(counts: StepStats): number {
  return counts.latency.count + counts.unanswered.count;
}

/**
 * A latency percentile (50, 99.9 …) by nearest rank. Requests that were never answered rank behind all answered ones,
 * so that an outage cannot improve a percentile; where the rank falls among them, the value is the one it would have
 * had if each had been answered the moment it was given up, and is marked as a lower bound. Answers with an error
 * status are not among the ranks. `undefined` when nothing was measured.
 */
export function percentileOf(counts: StepStats, percentile: number): Percentile | undefined {
  const total = samplesOf(counts);
  if (total === 0) return undefined;
  const rank = rankOf(percentile, total);
  if (rank <= counts.latency.count) return { ms: valueAtRank(counts.latency, rank) / 1000, isAtLeast: false };
  return {
    ms: valueAtRank(mergeHistograms(counts.latency, counts.unanswered), rank) / 1000,
    isAtLeast: true,
  };
}

/** The smallest number of samples in which a percentile is more than the largest value: 100 for p99. */
export function samplesToResolve(percentile: number): number {
  return Math.ceil(100 / (100 - percentile) - 1e-9);
}

/** Ended exchanges a second; `undefined` over no time. */
export function requestsPerSecond(stats: Stats): number | undefined {
  return stats.durationMs > 0 ? endedOf(stats.counts) / stats.durationMs * 1000 : undefined;
}

/** Successful requests a second; `undefined` over no time. */
export function successesPerSecond({ counts, durationMs }: Stats): number | undefined {
  return durationMs > 0 ? counts.succeeded / durationMs * 1000 : undefined;
}

/** Successes among attempts, in percent; `undefined` when there was none. */
export function successRatePercent(counts: StepStats): number | undefined {
  const attempts = attemptsOf(counts);
  return attempts === 0 ? undefined : counts.succeeded / attempts * 100;
}

/** Errors among attempts, in percent; `undefined` when there was none. */
export function errorRatePercent(counts: StepStats): number | undefined {
  const attempts = attemptsOf(counts);
  return attempts === 0 ? undefined : errorsOf(counts) / attempts * 100;
}

/** Body bytes a second; `undefined` over no time. */
export function bytesPerSecond(stats: Stats): number | undefined {
  return stats.durationMs > 0 ? stats.counts.bodyBytes / stats.durationMs * 1000 : undefined;
}
