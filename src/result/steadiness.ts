/**
 * Whether a run stood still while it was measured: a start that differs from the rest, a step, a trend or a period in its
 * throughput or latency, and when. Means over what moves depend on when they were taken.
 *
 * What counts is large (a tenth of the value) and not to be expected of seconds that are only alike: in series without any
 * of these, with a correlation of neighbours up to 0.8, there is an alarm in about one of a hundred.
 *
 * @module
 */
import { strongestPeriod, strongestStep, trendOf } from "../lib/statistics/change_tests.ts";
import { meanOf, squaresOf } from "../lib/statistics/mean.ts";
import { warmupLength } from "../lib/statistics/warmup_length.ts";
import { formatRate, formatSeconds, formatTime } from "../lib/number_format.ts";
import { isOpenLoop, loadFacts } from "../plan/load_kinds.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import { socketLoadOf } from "../plan/scenario.ts";
import type { RunResult } from "./run_result.ts";
import { exactPercentile, type TimelinePoint } from "./series/timeline_point.ts";

/** Fewer seconds say nothing. */
const MIN_WINDOWS = 10;
/** Shorter ones, as the last may be, or the one after a second in which a thread stood still, scatter too much. */
const MIN_WINDOW_MS = 500;
/** Changes are told from this part of the value on. */
const MIN_CHANGE = 0.1;
/** Standard errors that a start and a step, and a trend, must have. */
const MIN_STRENGTH = { start: 6, step: 8, trend: 7 } as const;
/** Part of all scatter that a period must explain. */
const MIN_PERIOD_SHARE = 0.65;

/** A series of a run's whole seconds. */
interface Series {
  readonly name: string;
  readonly values: readonly number[];
  /** When each began, in ms. */
  readonly fromMs: readonly number[];
  text(value: number): string;
}

/** What was not steady, in a sentence; `undefined`: nothing was found, or the load itself was to change. */
export function unsteadinessOf({ plan, timeline }: Pick<RunResult, "plan" | "timeline">): string | undefined {
  if (!isLoadSteady(plan)) return undefined;
  const rate = seriesOf(
    timeline,
    "Throughput",
    ({ requests, errors, unfilled = 0, fromMs, toMs }) =>
      Math.max(0, requests - (errors - unfilled)) / (toMs - fromMs) * 1000,
    (value) => `${formatRate(value)}/s`,
  );
  const latency = seriesOf(
    timeline,
    "The median latency",
    (point) => exactPercentile(point, "p50"),
    (value) => formatTime(value),
  );
  for (const series of isOpenLoop(plan) ? [latency, rate] : [rate, latency]) {
    const found = series && findingIn(series);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isLoadSteady({ load, scenario }: RunPlan): boolean {
  // Connections that are held are opened at the start, and nothing is measured after that.
  if (socketLoadOf(scenario)?.messages.length === 0) return false;
  const { openLoop, rampUpMs } = loadFacts(load);
  return rampUpMs === 0 && (openLoop === undefined || openLoop.pacer.kind === "constant") &&
    openLoop?.arrivals !== "recorded";
}

function seriesOf(
  timeline: readonly TimelinePoint[],
  name: string,
  read: (point: TimelinePoint) => number | undefined,
  text: (value: number) => string,
): Series | undefined {
  const whole = timeline.filter(({ fromMs, toMs }) => toMs - fromMs >= MIN_WINDOW_MS);
  const values = whole.flatMap((point) => read(point) ?? []);
  return values.length < MIN_WINDOWS || values.length < whole.length
    ? undefined
    : { name, values, fromMs: whole.map(({ fromMs }) => fromMs), text };
}

function findingIn(series: Series): string | undefined {
  const { name, values, fromMs, text } = series;
  const at = (index: number) => formatSeconds(Math.round((fromMs[index] ?? 0) / 100) * 100);
  const isLarge = (a: number, b: number) => Math.abs(a - b) > MIN_CHANGE * Math.min(Math.abs(a), Math.abs(b));
  const start = startOf(values);
  if (start !== undefined && isLarge(start.before, start.after)) {
    return `${name} was ${text(start.before)} in the first ${at(start.length)} and ${
      text(start.after)
    } after them: ` +
      "leave the start out with --warmup auto";
  }
  const step = strongestStep(values);
  if (step !== undefined && step.strength > MIN_STRENGTH.step && isLarge(step.before, step.after)) {
    return `${name} changed from ${text(step.before)} to ${text(step.after)} at ${at(step.at)}: ` +
      "the numbers are a mixture of both";
  }
  const trend = trendOf(values);
  if (trend !== undefined && trend.strength > MIN_STRENGTH.trend && isLarge(trend.from, trend.to)) {
    return `${name} ${trend.to > trend.from ? "rose" : "fell"} from ${text(trend.from)} to ${
      text(trend.to)
    } ` +
      "over the whole run: a longer run would give other numbers";
  }
  const period = strongestPeriod(values);
  const mean = meanOf(values);
  if (period !== undefined && period.share > MIN_PERIOD_SHARE && period.amplitude > MIN_CHANGE * mean) {
    return `${name} went up and down every ${formatSeconds(Math.round(period.length * 10) * 100)}, between ` +
      `${text(Math.max(0, mean - period.amplitude))} and ${text(mean + period.amplitude)}: ` +
      "something happens there at regular times";
  }
  return undefined;
}

/** A start that differs from the rest by more than the rest scatters. */
function startOf(
  values: readonly number[],
): { readonly length: number; readonly before: number; readonly after: number } | undefined {
  const length = warmupLength(values) ?? 0;
  if (length === 0) return undefined;
  const [start, rest] = [values.slice(0, length), values.slice(length)];
  const [before, after] = [meanOf(start), meanOf(rest)];
  const scatter = Math.sqrt(squaresOf(rest) / (rest.length - 1));
  // Neighbours are alike, so a start of several seconds is no better known than one.
  return Math.abs(before - after) > MIN_STRENGTH.start * scatter ? { length, before, after } : undefined;
}
