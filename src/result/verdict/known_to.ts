/**
 * How precisely a metric is known while a run goes on, for `--until 'p99 ± 2%'`. Each window of a second gives the metric a
 * pull; that of their mean scatters is told by batch means, which respect that neighbouring seconds are alike
 * (`correlated_mean.ts`). For a percentile the pull is the share of requests above it, and the interval of that share is
 * carried over to the values (Woodruff 1952). Ending a run when an interval is narrow enough is sound in the limit of
 * narrow ones (Chow and Robbins 1965; Glynn and Whitt 1992), and so cautious for wide ones as simulations ask for.
 *
 * @module
 */
import { percentileIn } from "../../metrics/catalog.ts";
import { UsageError } from "../../lib/errors.ts";
import { reachOfMean } from "../../lib/statistics/correlated_mean.ts";
import { countAtMost } from "./count_at_most.ts";
import { valueBetweenRanks } from "../../metrics/histogram.ts";
import { addStats, attemptsOf, errorsOf, exchangedOf, samplesOf, type Stats } from "../../metrics/stats.ts";
import type { PartName } from "../run_parts.ts";
import { type MetricPath, parseRule, refuseUnit } from "./rule_grammar.ts";

/** What a run goes on for. */
export interface Until {
  /** As the user wrote it. */
  readonly expression: string;
  readonly about: MetricPath;
  /** Half the width of the interval: in percent of the value, or in the metric's unit. */
  readonly amount: number;
  readonly isRelative: boolean;
}

/** What is known of a metric. */
export interface Known {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const FORM = /^(?<path>.*?)\s*(?:±|\+\/?-)\s*(?<number>\d+(?:\.\d+)?|\.\d+)\s*(?<unit>%|ms|us|s)?\s*$/;

/**
 * Reads `[KIND:NAME] METRIC ± NUMBER[%|ms|us|s]`; `+-` and `+/-` stand for `±`.
 * @throws {UsageError} with what goes on after what was found.
 */
export function parseUntil(expression: string): Until {
  const { path = "", number, unit } = FORM.exec(expression.trim())?.groups ?? {};
  const about = number === undefined ? undefined : parseRule(`${path} worse`)?.about;
  if (about === undefined) throw new UsageError('expected a precision such as "p99 ± 2%" or "rps +- 1%"');
  if (Number(number) === 0) {
    throw new UsageError("expected a precision above 0: no run knows a value exactly");
  }
  const { metric } = about;
  if (seriesOf(about) === undefined) {
    throw new UsageError(
      `but how precisely ${metric.key} is known cannot be told; expected rps, success_rps, error_rate, avg_latency or a percentile`,
    );
  }
  if (unit !== undefined && unit !== "%" && metric.unit !== "s") refuseUnit(metric, unit);
  if (unit === undefined && metric.unit === "s") {
    throw new UsageError(`expected a unit: "${metric.key} ± ${number}%" or "${metric.key} ± ${number}ms"`);
  }
  const isRelative = unit === "%" && metric.unit !== "%";
  const scale = metric.unit === "s" ? { ms: 1e-3, us: 1e-6, s: 1 }[unit ?? "s"] ?? 1 : 1;
  return {
    expression: expression.trim(),
    about,
    amount: Number(number) * (isRelative ? 1 : scale),
    isRelative,
  };
}

/** Whether a metric is known as well as is asked for. */
export function isMet({ amount, isRelative }: Until, known: Known | undefined): boolean {
  if (known === undefined) return false;
  const reach = (known.high - known.low) / 2;
  return isRelative ? reach <= Math.abs(known.value) * amount / 100 : reach <= amount;
}

/**
 * How long a run has to be until a metric is known as well as is asked for, by how well it is known after `atMs`; at least
 * that. Intervals become narrower with the root of time.
 */
export function neededMs({ amount, isRelative }: Until, known: Known, atMs: number): number {
  const asked = isRelative ? Math.abs(known.value) * amount / 100 : amount;
  const reach = (known.high - known.low) / 2;
  return atMs * Math.max(1, (reach / asked) ** 2);
}

/** What windows of about the same length tell of a metric; `undefined` while they are too few, or only a bound is known. */
export function knownTo(
  { about }: Pick<Until, "about">,
  windows: readonly Stats[],
  confidence: number,
): Known | undefined {
  const series = seriesOf(about);
  if (series === undefined || windows.length === 0) return undefined;
  const all = windows.reduce(addStats);
  if (about.metric.isAtLeast(all)) return undefined;
  return series(windows, all, confidence / 100);
}

type Series = (windows: readonly Stats[], all: Stats, confidence: number) => Known | undefined;

/** How a metric is read from windows; `undefined`: it cannot be. */
function seriesOf(
  { metric }: { readonly metric: MetricPath["metric"]; readonly part?: PartName },
): Series | undefined {
  switch (metric.key) {
    case "rps":
      return ratioOf((stats) => exchangedOf(stats.counts), (stats) => stats.durationMs / 1000);
    case "success_rps":
      return ratioOf((stats) => stats.counts.succeeded, (stats) => stats.durationMs / 1000);
    case "error_rate":
      return ratioOf((stats) => 100 * errorsOf(stats.counts), (stats) => attemptsOf(stats.counts));
    case "success_rate":
      return ratioOf((stats) => 100 * stats.counts.succeeded, (stats) => attemptsOf(stats.counts));
    case "avg_latency":
      return ratioOf(({ counts }) => counts.latency.sum / 1e6, ({ counts }) => counts.latency.count);
  }
  const percentile = percentileIn(metric.key);
  return percentile === undefined || percentile >= 100 ? undefined : percentileSeries(percentile);
}

/** A sum over another: rates, shares, means. */
function ratioOf(over: (stats: Stats) => number, under: (stats: Stats) => number): Series {
  return (windows, all, confidence) => {
    const [whole, weight] = [over(all), under(all) / windows.length];
    if (weight <= 0) return undefined;
    const value = whole / under(all);
    const reach = reachOfMean(
      windows.map((stats) => (over(stats) - value * under(stats)) / weight),
      confidence,
    );
    return reach === undefined ? undefined : { value, low: value - reach, high: value + reach };
  };
}

function percentileSeries(percentile: number): Series {
  return (windows, all, confidence) => {
    const samples = samplesOf(all.counts);
    const rank = samples * percentile / 100;
    if (rank <= 0 || rank > all.counts.latency.count) return undefined;
    const us = valueBetweenRanks(all.counts.latency, rank);
    const above = windows.map(({ counts }) => samplesOf(counts) - countAtMost(counts.latency, us));
    const share = above.reduce((sum, count) => sum + count, 0) / samples;
    const weight = samples / windows.length;
    const reach = reachOfMean(
      windows.map(({ counts }, i) => (above[i]! - share * samplesOf(counts)) / weight),
      confidence,
    );
    if (reach === undefined) return undefined;
    const at = (rank: number) =>
      rank <= 0 || rank >= all.counts.latency.count
        ? undefined
        : valueBetweenRanks(all.counts.latency, rank) / 1e6;
    const [low, high] = [at(rank - reach * samples), at(rank + reach * samples)];
    // Beyond the longest latency nothing is known.
    return low === undefined || high === undefined ? undefined : { value: us / 1e6, low, high };
  };
}
