/**
 * The measured parts of the JSON result: latency blocks, steps, phases and the timeline, in seconds with
 * six decimals. Left out where nothing was measured; never NaN or Infinity.
 *
 * @module
 */
import { present, rounded } from "../../lib/json/present.ts";
import {
  isResolved,
  maxLatencyOf,
  REPORTED_PERCENTILES,
  resolvedServicePercentile,
} from "../../metrics/catalog.ts";
import { type HistogramData, meanOf, rankOf, stdevOf, valueAtRank } from "../../metrics/histogram.ts";
import { PHASES, type Snapshot, type StepStats } from "../../metrics/snapshot.ts";
import {
  endedOf,
  errorsOf,
  percentileOf,
  requestsPerSecond,
  samplesOf,
  type Stats,
} from "../../metrics/stats.ts";
import { namedSpans, namedSteps } from "../describe_run.ts";
import type { SpanKind } from "../../metrics/measures.ts";
import type { RunResult } from "../run_result.ts";
import { type FurtherJson, furtherJson } from "./stream_json.ts";
import { type ServerTimingJson, serverTimingJson } from "../server_timing.ts";

/** Latency of successful requests; `median` and `max` rank unanswered requests last. All in seconds. */
export interface LatencyJson {
  /** Exact. */
  readonly min: number;
  /** A lower bound when `percentiles_at_least` names it. */
  readonly max: number;
  /** Over successful requests alone. */
  readonly mean: number;
  /** A lower bound when `percentiles_at_least` names it. */
  readonly median: number;
  /** 0 for a single request. */
  readonly stdev: number;
}

/** One series of times on its own, in seconds. Percentiles that so few samples cannot tell are absent. */
export interface SeriesJson {
  /** Values in the series, 1 or more. */
  readonly count: number;
  /** Exact. */
  readonly min: number;
  /** Exact. */
  readonly max: number;
  /** Arithmetic, exact. */
  readonly mean: number;
  /** Of the sample (n − 1); absent for a single value. */
  readonly stdev?: number;
  /** Nearest rank, at most 0.1 % too high. */
  readonly p50: number;
  /** Absent below 20 samples. */
  readonly p95?: number;
  /** Absent below 100 samples. */
  readonly p99?: number;
  /** Names of the percentiles above that are lower bounds. */
  readonly at_least?: readonly string[];
}

/** One step. Latencies in seconds, absent where nothing was measured. */
export interface StepJson extends FurtherJson {
  /** As it went on the wire. */
  readonly method: string;
  /** Credentials masked. */
  readonly url: string;
  /** Requests that ended, errors included. */
  readonly count: number;
  /** Of `count`, the failed ones; besides, `template_errors`. */
  readonly errors: number;
  /** Times that it could not be filled in and was not sent: among `errors`, not in `count`. Absent: none. */
  readonly template_errors?: number;
  /** Still open at the end; in no other number. */
  readonly unfinished: number;
  /** `count` over the duration of the whole run. */
  readonly requests_per_sec: number;
  /** Over successful requests alone, exact. */
  readonly min?: number;
  /** Unanswered requests rank last, which can make it a lower bound. */
  readonly max?: number;
  /** Over successful requests alone. */
  readonly mean?: number;
  /** The same as `p50`. */
  readonly median?: number;
  /** Ranked as `max`. */
  readonly p50?: number;
  /** Ranked as `max`; absent below 20 samples. */
  readonly p95?: number;
  /** Ranked as `max`; absent below 100 samples. */
  readonly p99?: number;
  /** Over successful requests alone; absent below two of them. */
  readonly stdev?: number;
  /** Names of the fields above that are lower bounds. */
  readonly at_least?: readonly string[];
  /** Responses that count as errors, timed apart. */
  readonly failed_latency?: SeriesJson;
  /** Errors by kind; absent: none. */
  readonly error_types?: Readonly<Record<string, number>>;
  /** What its responses said in `Server-Timing`, by metric; absent: nothing, or nobody looked. */
  readonly server_timing?: readonly ServerTimingJson[];
}

/** Passes through a flow, or a group of steps. Times in seconds, absent where nothing was measured. */
export interface SpanJson {
  /** Those that ended, failures included. */
  readonly count: number;
  /** Of `count`, those in which a step failed. */
  readonly errors: number;
  /** Over those that succeeded, exact. */
  readonly min?: number;
  /** Those with a request without a whole response rank last, which can make it a lower bound. */
  readonly max?: number;
  /** Over those that succeeded. */
  readonly mean?: number;
  /** Ranked as `max`. */
  readonly p50?: number;
  /** Ranked as `max`; absent below 20 samples. */
  readonly p95?: number;
  /** Ranked as `max`; absent below 100 samples. */
  readonly p99?: number;
  /** Over those that succeeded; absent below two of them. */
  readonly stdev?: number;
  /** Names of the fields above that are lower bounds. */
  readonly at_least?: readonly string[];
  /** Those that failed although every request got a whole response. */
  readonly failed_latency?: SeriesJson;
}

/** One phase over the requests that went through it, in seconds; only `count` (0) when none did. */
export interface PhaseJson {
  /** Requests that went through the phase; those on an open connection skip `dns`, `connect` and `tls`. */
  readonly count: number;
  /** Arithmetic mean, exact. */
  readonly avg?: number;
  /** Exact. */
  readonly min?: number;
  /** Exact. */
  readonly max?: number;
  /** Nearest rank, at most 0.1 % too high. */
  readonly p50?: number;
  /** Nearest rank; below 20 values it is the largest. */
  readonly p95?: number;
}

/** Where the time of a request went. */
export interface BreakdownJson {
  /** Connections opened, those from before the load included. */
  readonly new_connections: number;
  /** Requests on a connection that had carried one before. */
  readonly reused_connections: number;
  /** Looking the name up; once a name and thread. */
  readonly dns: PhaseJson;
  /** The TCP handshake. */
  readonly connect: PhaseJson;
  /** The TLS handshake; nothing over plain HTTP. */
  readonly tls: PhaseJson;
  /** From sending the request to the first byte of the response. */
  readonly ttfb: PhaseJson;
  /** From the first byte of the response to the last. */
  readonly transfer: PhaseJson;
  /** From the actual start of the request to its end, connecting included. */
  readonly total: PhaseJson;
}

const SERIES_PERCENTILES = [50, 95, 99] as const;

/** From ms to seconds with six decimals; `undefined` stays. */
function sec<T extends number | undefined>(ms: T): T extends number ? number : number | undefined;
function sec(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : rounded(ms / 1000, 6);
}

/** The `latency` block; `undefined` without a single success. */
export function latencyJson(counts: StepStats): LatencyJson | undefined {
  const { latency } = counts;
  if (latency.count === 0) return undefined;
  return {
    min: sec(latency.min / 1000),
    max: sec(maxLatencyOf(counts)?.ms ?? 0),
    mean: sec((meanOf(latency) ?? 0) / 1000),
    median: sec(percentileOf(counts, 50)?.ms ?? 0),
    stdev: sec((stdevOf(latency) ?? 0) / 1000),
  };
}

/** The reported percentiles that the sample resolves, by key; `undefined` when nothing was measured. */
export function percentilesJson(counts: StepStats): Readonly<Record<string, number>> | undefined {
  const samples = samplesOf(counts);
  if (samples === 0) return undefined;
  return Object.fromEntries(
    REPORTED_PERCENTILES.filter((p) => isResolved(p, samples))
      .map((p) => [`p${p}`, sec(percentileOf(counts, p)?.ms ?? 0)]),
  );
}

/** The keys of `percentiles`, then `median` and `max`, that are lower bounds. */
export function atLeastKeys(counts: StepStats): readonly string[] {
  const samples = samplesOf(counts);
  const keys: (readonly [key: string, percentile: number])[] = REPORTED_PERCENTILES
    .filter((p) => isResolved(p, samples)).map((p) => [`p${p}`, p]);
  if (counts.latency.count > 0) keys.push(["median", 50], ["max", 100]);
  return keys.filter(([, p]) => percentileOf(counts, p)?.isAtLeast).map(([key]) => key);
}

/** One series as a block; `undefined` without values. */
export function seriesJson(data: HistogramData | undefined): SeriesJson | undefined {
  if (data === undefined || data.count === 0) return undefined;
  const stdev = stdevOf(data);
  return present<SeriesJson>({
    count: data.count,
    min: sec(data.min / 1000),
    max: sec(data.max / 1000),
    mean: sec((meanOf(data) ?? 0) / 1000),
    stdev: sec(stdev === undefined ? undefined : stdev / 1000),
    p50: sec(valueAtRank(data, rankOf(50, data.count)) / 1000),
    p95: ownPercentile(data, 95),
    p99: ownPercentile(data, 99),
  });
}

/** The service latency of successful requests; its percentiles rank unanswered requests last, as everywhere. */
export function serviceJson(counts: StepStats): SeriesJson | undefined {
  const series = seriesJson(counts.serviceLatency);
  if (series === undefined) return undefined;
  const percentile = (p: number) => sec(resolvedServicePercentile(counts, p)?.ms);
  const bounds = SERIES_PERCENTILES
    .filter((p) => resolvedServicePercentile(counts, p)?.isAtLeast)
    .map((p) => `p${p}`);
  return present<SeriesJson>({
    ...series,
    p50: percentile(50) ?? series.p50,
    p95: percentile(95),
    p99: percentile(99),
    at_least: bounds.length > 0 ? bounds : undefined,
  });
}

/** Times of a part, in seconds; percentiles that so few samples cannot tell are absent. */
function partTimes(
  counts: StepStats,
): Pick<StepJson, "min" | "max" | "mean" | "p50" | "p95" | "p99" | "stdev"> {
  const samples = samplesOf(counts);
  const hasSuccess = counts.latency.count > 0;
  const percentile = (p: number) => isResolved(p, samples) ? sec(percentileOf(counts, p)?.ms) : undefined;
  const stdev = stdevOf(counts.latency);
  return present<ReturnType<typeof partTimes>>({
    min: hasSuccess ? sec(counts.latency.min / 1000) : undefined,
    max: sec(maxLatencyOf(counts)?.ms),
    mean: hasSuccess ? sec((meanOf(counts.latency) ?? 0) / 1000) : undefined,
    p50: percentile(50),
    p95: percentile(95),
    p99: percentile(99),
    stdev: sec(stdev === undefined ? undefined : stdev / 1000),
  });
}

/** Names of a part's times that are lower bounds; `undefined`: none. */
function partBounds<Key extends string>(
  counts: StepStats,
  keys: readonly (readonly [key: Key, percentile: number])[],
): readonly Key[] | undefined {
  const samples = samplesOf(counts);
  const bounds = keys
    .filter(([, p]) => (p === 100 || isResolved(p, samples)) && percentileOf(counts, p)?.isAtLeast)
    .map(([key]) => key);
  return bounds.length > 0 ? bounds : undefined;
}

/** The stretches of a kind by their names; `undefined` when nothing of them was seen. */
export function spansJson(result: RunResult, kind: SpanKind): Readonly<Record<string, SpanJson>> | undefined {
  const spans = namedSpans(result).filter((span) => span.kind === kind);
  if (spans.length === 0) return undefined;
  return Object.fromEntries(spans.map(({ name, stats }) => [name, spanJson(stats)]));
}

/** A stretch, or anything that has the statistics of one. */
export function spanJson({ counts }: Stats): SpanJson {
  return present<SpanJson>({
    count: endedOf(counts),
    errors: errorsOf(counts),
    ...partTimes(counts),
    at_least: partBounds(counts, [["max", 100], ["p50", 50], ["p95", 95], ["p99", 99]]),
    failed_latency: seriesJson(counts.failedLatency),
  });
}

/** Every step by its name. */
export function stepsJson(result: RunResult): Readonly<Record<string, StepJson>> {
  return Object.fromEntries(
    namedSteps(result).map(({ name, method, url, stats }) => {
      const { counts } = stats;
      const times = partTimes(counts);
      return [
        name,
        present<StepJson>({
          method,
          url,
          count: endedOf(counts),
          errors: errorsOf(counts),
          template_errors: counts.unfilled > 0 ? counts.unfilled : undefined,
          unfinished: counts.unfinished,
          requests_per_sec: rounded(requestsPerSecond(stats) ?? 0, 2),
          min: times.min,
          max: times.max,
          mean: times.mean,
          median: times.p50,
          p50: times.p50,
          p95: times.p95,
          p99: times.p99,
          stdev: times.stdev,
          at_least: partBounds(counts, [
            ["max", 100],
            ["median", 50],
            ["p50", 50],
            ["p95", 95],
            ["p99", 99],
          ]),
          failed_latency: seriesJson(counts.failedLatency),
          error_types: Object.keys(counts.failures).length > 0 ? counts.failures : undefined,
          ...furtherJson(stats),
          server_timing: serverTimingJson(counts.serverTimings),
        }),
      ];
    }),
  );
}

/** The phases; `undefined` when they were not timed. */
export function breakdownJson(total: Snapshot, counts: StepStats): BreakdownJson | undefined {
  const { phases } = counts;
  if (phases === undefined) return undefined;
  const blocks = Object.fromEntries(PHASES.map((phase) => [phase, phaseJson(phases[phase])]));
  return {
    new_connections: total.connects,
    reused_connections: total.reused,
    ...blocks as Record<(typeof PHASES)[number], PhaseJson>,
  };
}

function phaseJson(data: HistogramData): PhaseJson {
  if (data.count === 0) return { count: 0 };
  return {
    count: data.count,
    avg: sec((meanOf(data) ?? 0) / 1000),
    min: sec(data.min / 1000),
    max: sec(data.max / 1000),
    p50: sec(valueAtRank(data, rankOf(50, data.count)) / 1000),
    p95: sec(valueAtRank(data, rankOf(95, data.count)) / 1000),
  };
}

function ownPercentile(data: HistogramData, percentile: number): number | undefined {
  if (!isResolved(percentile, data.count)) return undefined;
  return sec(valueAtRank(data, rankOf(percentile, data.count)) / 1000);
}
