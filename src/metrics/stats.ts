/**
 * Rates, ratios and quantiles over anything that was counted: a whole run, one window or one step.
 *
 * @module
 */
import type { Checks, CustomMetrics } from "./custom_metrics.ts";
import { unconnectedIn } from "./failure.ts";
import { EMPTY_HISTOGRAM, type HistogramData, mergeHistograms, rankOf, valueAtRank } from "./histogram.ts";
import type { ShownCounter, ShownTimes } from "./measures.ts";
import { addStepStats, type Snapshot, type StepStats, sumOfSteps } from "./snapshot.ts";

/** Counts together with the time they were counted over. */
export interface Stats {
  readonly counts: StepStats;
  readonly durationMs: number;
  /** Of a whole run or window: what the user's code counted. */
  readonly custom?: CustomMetrics;
  /** Of a whole run or window: checks of the user's code. */
  readonly checks?: Checks;
}

/** All of a snapshot over a time. */
export function statsOfAll(snapshot: Snapshot, durationMs: number): Stats {
  const { custom, checks } = snapshot;
  return { counts: sumOfSteps(snapshot), durationMs, ...(custom && { custom }), ...(checks && { checks }) };
}

/** What two runs, or windows, counted together, over both times. */
export function addStats(a: Stats, b: Stats): Stats {
  return { counts: addStepStats(a.counts, b.counts), durationMs: a.durationMs + b.durationMs };
}

/** A percentile: the value in ms, or a bound below which it cannot lie. */
export interface Percentile {
  readonly ms: number;
  /** The percentile falls among requests that were never answered: it is at least `ms`. */
  readonly isAtLeast: boolean;
}

/** Exchanges that ended: answered or failed. What was still open at the end is not among them. */
export function endedOf(counts: StepStats): number {
  return counts.succeeded + counts.failed;
}

/** Failed requests, steps that could not be filled in, and iterations that an exception ended. */
export function errorsOf(counts: StepStats): number {
  return counts.failed + counts.unfilled + counts.exceptions;
}

/** What errors are a share of: ended exchanges, and what could not be one, or ended its iteration besides. */
export function attemptsOf(counts: StepStats): number {
  return endedOf(counts) + counts.unfilled + counts.exceptions;
}

/** Whether nothing came of a load: no request succeeded, and none was a stream that had brought events until the end. */
export function isFruitless({ succeeded, unfinished, stream }: StepStats): boolean {
  const isFlowing = stream !== undefined && stream.events > 0 && stream.streams > stream.broken;
  return succeeded === 0 && !(isFlowing && unfinished > 0);
}

/** What percentiles rank: answered requests by their latency and, behind them, all that were never answered. */
export type Ranked = Pick<StepStats, "latency" | "unanswered" | "dropped">;

/** How long those were waited for that rank behind every answered request. */
export function waitedInVain({ unanswered, dropped }: Ranked): HistogramData {
  return dropped === undefined ? unanswered : mergeHistograms(unanswered, dropped);
}

/** Requests behind the latency percentiles: successes, those never answered in full, and dropped arrivals. */
export function samplesOf({ latency, unanswered, dropped }: Ranked): number {
  return latency.count + unanswered.count + (dropped?.count ?? 0);
}

/**
 * A latency percentile (50, 99.9 …) by nearest rank; `undefined` when nothing was measured.
 *
 * Of n requests, k were answered. The others never were: they failed without a whole response, were still open at the
 * end, or never started. They count as slower than every answered one, in the order of the time that each was waited
 * for, so that an outage cannot improve a percentile:
 *
 * ```text
 * rank 1 … k      the latency at that rank, exact
 * rank k+1 … n    at least the longest latency, and at least the time waited at rank − k
 * ```
 *
 * The second line is the largest value that is certain to be a lower bound under that order. So percentiles never fall
 * as they rise, and from the first lower bound on all are. Whole responses that count as errors are not ranked.
 */
export function percentileOf(ranked: Ranked, percentile: number): Percentile | undefined {
  const total = samplesOf(ranked);
  return total === 0 ? undefined : valueAt(ranked, rankOf(percentile, total));
}

/** What {@linkcode percentileOf} says of a rank, from 1 to the number of samples. */
export function valueAt(ranked: Ranked, rank: number): Percentile {
  const { latency } = ranked;
  if (rank <= latency.count) return { ms: valueAtRank(latency, rank) / 1000, isAtLeast: false };
  const waited = valueAtRank(waitedInVain(ranked), rank - latency.count);
  return { ms: Math.max(latency.max, waited) / 1000, isAtLeast: true };
}

/** The smallest number of samples in which a percentile is more than the largest value: 100 for p99. */
export function samplesToResolve(percentile: number): number {
  return Math.ceil(100 / (100 - percentile) - 1e-9);
}

/** Exchanges that ended after something could be sent: all but those for which no connection could be opened. */
export function exchangedOf(counts: StepStats): number {
  return endedOf(counts) - unconnectedIn(counts.failures);
}

/** Exchanges per second, without those that never had a connection; `undefined` over no time. */
export function requestsPerSecond(stats: Stats): number | undefined {
  return stats.durationMs > 0 ? exchangedOf(stats.counts) / stats.durationMs * 1000 : undefined;
}

/** Successful requests per second; `undefined` over no time. */
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

/** Body bytes per second; `undefined` over no time. */
export function bytesPerSecond(stats: Stats): number | undefined {
  return stats.durationMs > 0 ? stats.counts.bodyBytes / stats.durationMs * 1000 : undefined;
}

/** A counter that users meet; `undefined` where it was not counted: those of a run for a single step. */
export function shownCount(
  { scope, name }: Pick<ShownCounter, "scope" | "name">,
  counts: StepStats,
): number | undefined {
  const from = (scope === "run" ? counts.run : scope === "step" ? counts : counts[scope]) as
    | Readonly<Partial<Record<string, number>>>
    | undefined;
  return from?.[name];
}

/** What percentiles of a distribution beyond latency rank, with what was waited for in vain behind; `undefined` where it was not measured. */
export function rankedTimes({ group, name, unanswered }: ShownTimes, counts: StepStats): Ranked | undefined {
  const stats = counts[group] as Readonly<Partial<Record<string, HistogramData>>> | undefined;
  const latency = stats?.[name];
  if (latency === undefined) return undefined;
  const waited = unanswered === undefined ? undefined : stats?.[unanswered];
  return { latency, unanswered: waited ?? EMPTY_HISTOGRAM };
}
