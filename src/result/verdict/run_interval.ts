/**
 * Where a change between runs lies. Chance has two parts. Within a run it is read from its seconds (`run_noise.ts`). From
 * run to run a machine drifts more than that; with one run on each side the drift is read from how slowly the seconds of
 * both move, and never taken to be less than what a run cannot show of itself; with several runs on a side it is
 * measured, and the first is worth {@linkcode PRIOR_RUNS} runs beside them. Both are on the scale of ratios: an interval is
 * `exp(ln(current / baseline) ± t · √variance)`. Error rates are compared in percentage points.
 *
 * @module
 */
import { meanOf, squaresOf } from "../../lib/statistics/mean.ts";
import { oneSidedT } from "../../lib/statistics/student_t.ts";
import type { Metric } from "../../metrics/catalog.ts";
import type { PartName } from "../run_parts.ts";
import { overallStats } from "../run_result.ts";
import { type ComparedRun, statsOf, type Value } from "./compared_run.ts";
import {
  driftOf,
  maxNoiseOf,
  type Noise,
  NOISE_FACTORS,
  noiseKindOf,
  noiseOf,
  stepNoiseOf,
} from "./run_noise.ts";

/** What the assumed drift weighs against measured one. */
const PRIOR_RUNS = 4;

/** How well two runs tell how far runs drift, in degrees of freedom: about the octaves of time that they have seen. */
const DRIFT_DEGREES = 8;

/** What runs can tell from chance: in percent, of error rates in percentage points. */
export interface Resolution {
  /** Changes from here on. */
  readonly change: number;
  /** The same of runs as long as one likes. */
  readonly least: number;
  /** How long the runs are, the shortest of them. */
  readonly durationMs: number;
}

/** Two sides, and what is taken to be so. */
export interface IntervalSides {
  readonly baseline: readonly ComparedRun[];
  readonly current: readonly ComparedRun[];
  /** Of the baseline, and of the current runs. */
  readonly values: readonly [Value, Value];
  /** See `CompareOptions`. */
  readonly confidence: number;
  /** See `CompareOptions`. */
  readonly runNoisePercent: number;
}

/** Where a change lies, with bounds that each hold with the confidence: in percent, of error rates in percentage points. `short`: the runs are too short to tell. */
export type RunInterval =
  | { readonly low: number; readonly high: number; readonly resolution: Resolution }
  | "short";

/** Where a change lies; `undefined` for what has no known noise, or no values to compare. */
export function intervalOf(
  { metric, part }: { readonly metric: Metric; readonly part?: PartName | undefined },
  { baseline, current, values, confidence, runNoisePercent }: IntervalSides,
): RunInterval | undefined {
  const kind = noiseKindOf(metric);
  if (kind === "unknown") return undefined;
  const isAbsolute = kind === "errors";
  const [before, after] = values.map(({ value }) => value) as [number, number];
  if (!isAbsolute && (before <= 0 || after <= 0)) return undefined;
  const assumed = (isAbsolute ? runNoisePercent / 30 : runNoisePercent / 100 * NOISE_FACTORS[kind]) ** 2;
  const runs = [...baseline, ...current];
  const shown = driftOf(
    metric,
    runs.map(({ result }) => ({ stats: overallStats(result), timeline: result.timeline })),
  );
  const drift = Math.max(assumed, shown);
  const [a, b] = [baseline, current].map((runs, i) => {
    // How a lower bound scatters says nothing about the value: the other side's scatter stands for both.
    const shown = values[i]!.isAtLeast ? i === 0 ? current : baseline : runs;
    const spread = spreadOf(metric, { runs: shown, part, isAbsolute });
    return spread && { ...spread, runs: runs.length };
  });
  if (a === undefined || b === undefined) return undefined;
  const measured = a.degrees + b.degrees;
  const variances = [a, b].map(({ within, runs }) =>
    (PRIOR_RUNS * (drift + within.variance) + a.squares + b.squares) / (PRIOR_RUNS + measured) / runs
  );
  const variance = variances[0]! + variances[1]!;
  // Of a run whose length nobody knows.
  if (!Number.isFinite(variance)) return undefined;
  const slow = drift > assumed ? [{ variance: 2 * drift, degreesOfFreedom: DRIFT_DEGREES }] : [];
  const uncertain = measured === 0 ? [a.within, b.within, ...slow] : [{
    variance: (a.squares + b.squares) / (PRIOR_RUNS + measured) * (1 / a.runs + 1 / b.runs),
    degreesOfFreedom: measured,
  }];
  const degrees = pairDegrees(variance, uncertain);
  const reach = oneSidedT(confidence / 100, degrees) * Math.sqrt(variance);
  const middle = isAbsolute ? after - before : Math.log(after / before);
  // Of runs too short to tell their noise only what is beyond any noise is known.
  if ((a.isShort || b.isShort) && Math.abs(middle) <= reach) return "short";
  const scaled = (bound: number) => isAbsolute ? bound : (Math.exp(bound) - 1) * 100;
  const lasting = [a, b].reduce(
    (sum, { squares, runs }) => sum + (PRIOR_RUNS * drift + squares) / (PRIOR_RUNS + measured) / runs,
    0,
  );
  return {
    low: scaled(middle - reach),
    high: scaled(middle + reach),
    resolution: {
      change: scaled(reach),
      least: scaled(oneSidedT(confidence / 100, Infinity) * Math.sqrt(Math.min(lasting, variance))),
      durationMs: Math.min(...runs.map(({ result }) => result.durationMs)),
    },
  };
}

/** Welch and Satterthwaite's degrees of freedom of a difference; an assumed part of the variance is certain. */
function pairDegrees(variance: number, parts: readonly Noise[]): number {
  const uncertain = parts.reduce(
    (sum, part) => sum + part.variance ** 2 / Math.max(part.degreesOfFreedom, 1),
    0,
  );
  return uncertain === 0 ? Infinity : variance ** 2 / uncertain;
}

interface Spread {
  readonly runs: number;
  /** Of a typical single run. */
  readonly within: Noise;
  /** Squared distances of the runs from their mean, in logarithms or percentage points. */
  readonly squares: number;
  readonly degrees: number;
  /** A run was too short to tell its noise, so the most was assumed. */
  readonly isShort: boolean;
}

/** How one side's runs scatter, each in itself and among each other. */
function spreadOf(
  metric: Metric,
  { runs, part, isAbsolute }: {
    readonly runs: readonly ComparedRun[];
    readonly part: PartName | undefined;
    readonly isAbsolute: boolean;
  },
): Spread | undefined {
  const noises: Noise[] = [];
  const values: number[] = [];
  let isShort = false;
  for (const run of runs) {
    const stats = statsOf([run], part);
    const value = stats && metric.read(stats);
    if (!stats || value === undefined || (!isAbsolute && value <= 0)) return undefined;
    const { timeline } = run.result;
    const measured = part === undefined
      ? noiseOf(metric, { stats, timeline })
      : stepNoiseOf(metric, { stats, run: overallStats(run.result), timeline });
    const noise = measured ?? maxNoiseOf(metric, stats);
    if (noise === undefined) return undefined;
    if (measured === undefined) isShort = true;
    noises.push(noise);
    values.push(isAbsolute ? value : Math.log(value));
  }
  return {
    runs: runs.length,
    within: {
      variance: meanOf(noises.map(({ variance }) => variance)),
      degreesOfFreedom: Math.min(...noises.map(({ degreesOfFreedom }) => degreesOfFreedom)) * runs.length,
    },
    squares: squaresOf(values),
    degrees: runs.length - 1,
    isShort,
  };
}
