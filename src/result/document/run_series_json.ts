/**
 * Series of a run's parts in the JSON result: columns with an entry a window, times in seconds.
 *
 * @module
 */
import { amount, count, list, maybe, type Schema, shape, text } from "../../lib/shape.ts";
import { present, rounded } from "../../lib/json/present.ts";
import * as v from "valibot";
import { namedSteps } from "../describe_run.ts";
import type { RunResult } from "../run_result.ts";
import { namedScenarios } from "../scenario_parts.ts";
import { type CountSeries, OTHER_STEPS, type PartSeries, type RunSeries } from "../series/run_series.ts";

/** What one part of a run did, an entry a window. */
export interface PartSeriesJson {
  /** A step's, a flow's or a group's. */
  readonly name: string;
  /** The step's number from 0; absent: what has no series of its own, and what is no step. */
  readonly index?: number;
  /** Requests, or passes, that ended; errors included. */
  readonly requests: readonly number[];
  /** Of them, the failed ones. */
  readonly errors: readonly number[];
  /** `null` where nothing was measured, or where only a lower bound is known. */
  readonly p50: readonly (number | null)[];
  /** Absent values as in `p50`. */
  readonly p95: readonly (number | null)[];
  /** Absent values as in `p50`. */
  readonly p99: readonly (number | null)[];
}

/** How often a status or an error was seen, an entry a window. */
export interface CountSeriesJson {
  /** The status, or the kind of error as in `error_types`. */
  readonly name: string;
  /** How often, in each window. */
  readonly counts: readonly number[];
}

/** When an error of a step was seen. Times in seconds since the run's start. */
export interface ErrorPeriodJson {
  /** The name. */
  readonly step: string;
  /** Its number from 0. */
  readonly index: number;
  /** The kind as in `error_types`. */
  readonly error: string;
  /** How often in all. */
  readonly count: number;
  /** Start of the first window with it. */
  readonly first: number;
  /** End of the last one. */
  readonly last: number;
}

/** What the parts of a run did over time. */
export interface RunSeriesJson {
  /** Start of each window in seconds: one a second, one every 10 s after ten minutes, one a minute after ten hours. */
  readonly t: readonly number[];
  /** Length of each window. */
  readonly span: readonly number[];
  /** Steps or URLs; those beyond the first hundred are one. */
  readonly steps: readonly PartSeriesJson[];
  /** Each of several scenarios; absent: there is one load. */
  readonly scenarios?: readonly PartSeriesJson[];
  /** Passes through flows. */
  readonly iterations: readonly PartSeriesJson[];
  /** Passes through groups. */
  readonly groups: readonly PartSeriesJson[];
  /** Whole responses. */
  readonly statuses: readonly CountSeriesJson[];
  /** By kind, all steps together. */
  readonly errors: readonly CountSeriesJson[];
  /** In the order in which they began. */
  readonly error_periods: readonly ErrorPeriodJson[];
}

/** What steps are called, by their numbers. */
export function stepNames(
  result: Pick<RunResult, "plan" | "total" | "durationMs">,
): (step: number) => string {
  const names = new Map(namedSteps(result).map(({ name, stats }) => [stats.counts.step, name]));
  return (step) => step === OTHER_STEPS ? "(other steps)" : names.get(step) ?? `step ${step + 1}`;
}

/** A run's series; `undefined` where an earlier program kept none. */
export function runSeriesJson(result: RunResult): RunSeriesJson | undefined {
  const { series } = result;
  if (series === undefined) return undefined;
  const nameOf = stepNames(result);
  const spans = (kind: string) =>
    series.spans.filter((span) => span.kind === kind).map((span) => ({ name: span.name, ...partJson(span) }));
  return {
    t: series.windows.map(([fromMs]) => fromMs / 1000),
    span: series.windows.map(([fromMs, toMs]) => (toMs - fromMs) / 1000),
    steps: series.steps.map((part) =>
      present<PartSeriesJson>({
        name: nameOf(part.step),
        index: part.step === OTHER_STEPS ? undefined : part.step,
        ...partJson(part),
      })
    ),
    ...(series.scenarios && {
      scenarios: series.scenarios.map((part) => ({
        name: namedScenarios(result)[part.step]?.name ?? `scenario ${part.step + 1}`,
        index: part.step,
        ...partJson(part),
      })),
    }),
    iterations: spans("iteration"),
    groups: spans("group"),
    statuses: series.statuses,
    errors: series.errors,
    error_periods: series.periods.map(({ step, error, count, firstMs, lastMs }) => ({
      step: nameOf(step),
      index: step,
      error,
      count,
      first: firstMs / 1000,
      last: lastMs / 1000,
    })),
  };
}

function partJson({ requests, errors, p50Ms, p95Ms, p99Ms }: PartSeries): Omit<PartSeriesJson, "name"> {
  const seconds = (times: readonly (number | null)[]) =>
    times.map((ms) => ms === null ? null : rounded(ms / 1000, 9));
  return { requests, errors, p50: seconds(p50Ms), p95: seconds(p95Ms), p99: seconds(p99Ms) };
}

/** The series that a document was made of; what is shorter than it should be ends early. */
export function seriesOfJson(json: RunSeriesJson): RunSeries {
  const rows = Math.min(json.t.length, json.span.length);
  const whole = <T>(values: readonly T[], nothing: T) =>
    Array.from({ length: rows }, (_, i) => values[i] ?? nothing);
  const ms = (times: readonly (number | null)[]) =>
    whole(times, null).map((sec) => sec === null ? null : Number((sec * 1000).toPrecision(4)));
  const part = ({ requests, errors, p50, p95, p99 }: PartSeriesJson): PartSeries => ({
    requests: whole(requests, 0),
    errors: whole(errors, 0),
    p50Ms: ms(p50),
    p95Ms: ms(p95),
    p99Ms: ms(p99),
  });
  const counts = (series: readonly CountSeriesJson[]): readonly CountSeries[] =>
    series.map(({ name, counts }) => ({ name, counts: whole(counts, 0) }));
  return {
    windows: Array.from({ length: rows }, (_, i) => {
      const fromMs = Math.round(json.t[i]! * 1000);
      return [fromMs, fromMs + Math.round(json.span[i]! * 1000)];
    }),
    steps: json.steps.map((step) => ({ step: step.index ?? OTHER_STEPS, ...part(step) })),
    ...(json.scenarios && {
      scenarios: json.scenarios.map((scenario) => ({ step: scenario.index ?? 0, ...part(scenario) })),
    }),
    spans: [
      ...json.iterations.map((span) => ({ kind: "iteration" as const, name: span.name, ...part(span) })),
      ...json.groups.map((span) => ({ kind: "group" as const, name: span.name, ...part(span) })),
    ],
    statuses: counts(json.statuses),
    errors: counts(json.errors),
    periods: json.error_periods.map(({ index, error, count, first, last }) => ({
      step: index,
      error,
      count,
      firstMs: Math.round(first * 1000),
      lastMs: Math.round(last * 1000),
    })),
  };
}

const known = v.nullable(amount) as unknown as Schema<number | null>;
const partSeries = shape<PartSeriesJson>()({
  name: text,
  index: maybe(count),
  requests: list(count),
  errors: list(count),
  p50: list(known),
  p95: list(known),
  p99: list(known),
});
const countSeries = shape<CountSeriesJson>()({ name: text, counts: list(count) });

/** Series as JSON. */
export const runSeriesSchema: Schema<RunSeriesJson> = shape<RunSeriesJson>()({
  t: list(amount),
  span: list(amount),
  steps: list(partSeries, 10_000),
  scenarios: maybe(list(partSeries, 10_000)),
  iterations: list(partSeries, 10_000),
  groups: list(partSeries, 10_000),
  statuses: list(countSeries, 10_000),
  errors: list(countSeries, 10_000),
  error_periods: list(
    shape<ErrorPeriodJson>()({
      step: text,
      index: count,
      error: text,
      count,
      first: amount,
      last: amount,
    }),
    10_000,
  ),
});
