/**
 * Runs against a baseline: each metric's change, how much of it is chance, and whether rules hold.
 *
 * A change counts only when it is more than chance, and chance has two parts. Within a run it is read from its seconds
 * (`run_noise.ts`). From run to run a machine drifts more than that; with one run on each side the drift is read from how
 * slowly the seconds of both move, and never taken to be less than what a run cannot show of itself
 * ({@linkcode CompareOptions.runNoisePercent}); with several runs on a side it is measured, and the first is worth
 * {@linkcode PRIOR_RUNS} runs beside them. Both are on the scale of ratios: an interval is
 * `exp(ln(current / baseline) ± t · √variance)`. Error rates are compared in percentage points.
 *
 * A rule without a metric looks at several, any of which may be off by chance: each of them has its share of the doubt
 * (Bonferroni).
 *
 * @module
 */
import { isResolved, type Metric, metricFor } from "../../metrics/catalog.ts";
import { SHOWN_TIMES } from "../../metrics/measures.ts";
import { addStepStats } from "../../metrics/snapshot.ts";
import { errorsOf, samplesOf, type Stats } from "../../metrics/stats.ts";
import { meanOf, squaresOf } from "../../lib/statistics/mean.ts";
import { twoSidedT } from "../../lib/statistics/student_t.ts";
import { type ChangeVerdict, type Comparison, type MetricChange, roundedChange } from "../comparison.ts";
import type { FailRule } from "./fail_rule.ts";
import type { MetricPath } from "./rule_grammar.ts";
import { type PartName, partNames, partStats, pathOf } from "../run_parts.ts";
import { judgeRule } from "./judge_rule.ts";
import { targetText } from "../describe_run.ts";
import type { ConfigSnapshot } from "../outcome.ts";
import { overallStats, type RunResult } from "../run_result.ts";
import { isSound } from "../trust.ts";
import {
  driftOf,
  maxNoiseOf,
  type Noise,
  NOISE_FACTORS,
  noiseKindOf,
  noiseOf,
  stepNoiseOf,
} from "./run_noise.ts";

/** A run on one side of a comparison. */
export interface ComparedRun {
  /** The file's name, or what the run is called. */
  readonly source: string;
  readonly result: RunResult;
  readonly config: ConfigSnapshot;
  /** Another tool that measured it; absent: bench. */
  readonly tool?: string;
  /** Metrics of the whole run that are known; absent: all that `result` holds. */
  readonly measured?: ReadonlySet<string>;
}

/** How runs are compared. */
export interface CompareOptions {
  readonly rules: readonly FailRule[];
  /** How sure an interval is to hold the true change, in percent; above 50, below 100. */
  readonly confidence: number;
  /**
   * How far two runs of the same thing drift apart even if neither shows it: the standard deviation of a run's throughput,
   * mean and median, in percent. Twice that for percentiles up to p95, four times beyond; error rates in thirtieths of a point.
   */
  readonly runNoisePercent: number;
}

/** Metrics that every comparison shows, and that a rule without a metric looks at. */
const HEADLINE_METRICS: readonly string[] = ["rps", "error_rate", "p50", "p95", "p99"];

/** Shown besides; the rate of successes only where something failed. */
const FURTHER_METRICS = ["success_rps", "total_requests", "avg_latency", "max_latency", "transfer_rate"];

/** Shown of each of several scenarios. */
const SCENARIO_METRICS = ["rps", "error_rate", "p95"];

/** What the assumed drift weighs against measured one. */
const PRIOR_RUNS = 4;

/** How well two runs tell how far runs drift, in degrees of freedom: about the octaves of time that they have seen. */
const DRIFT_DEGREES = 8;

/** Settings that must agree for two runs to be comparable. */
const COMPARED_SETTINGS = "mode connections users duration num_requests rate url_host read_body".split(" ");

/** Compares pooled runs with a pooled baseline; each side has at least one run. */
export function compareRuns(
  baseline: readonly ComparedRun[],
  current: readonly ComparedRun[],
  options: CompareOptions,
): Comparison {
  // A rule without a metric looks at all of these, any of which may be off by chance: they share the doubt.
  const isJudgedTogether = options.rules.some(({ about }) => about === undefined);
  const together = { ...options, confidence: 100 - (100 - options.confidence) / HEADLINE_METRICS.length };
  const changeOf = (path: MetricPath) => {
    const isShared = isJudgedTogether && path.part === undefined &&
      HEADLINE_METRICS.includes(path.metric.key);
    return roundedChange(change(path, { baseline, current, options: isShared ? together : options }));
  };
  const shown = [...HEADLINE_METRICS, ...FURTHER_METRICS].map((key): MetricPath => ({
    path: key,
    metric: metricFor(key)!,
  }));
  const headline = shown.filter(({ metric }) => [baseline, current].some((runs) => isTold(metric, runs)));
  const byScenario = [...timePaths(baseline, current), ...scenarioPaths(baseline, current)];
  const paths = new Map(
    [...headline, ...byScenario, ...options.rules.flatMap(({ about }) => about ?? [])].map(
      (path) => [pathOf(path.metric.key, path.part), path],
    ),
  );
  const changes = new Map([...paths].map(([key, path]) => [key, changeOf(path)]));
  return {
    sources: baseline.map(({ source }) => source),
    confidence: options.confidence,
    warnings: warningsOf(baseline, current),
    metrics: [...changes.values()],
    rules: options.rules.map((rule) =>
      judgeRule(rule, {
        about: rule.about && changes.get(pathOf(rule.about.metric.key, rule.about.part)),
        headline: HEADLINE_METRICS.flatMap((key) => changes.get(key) ?? []),
      })
    ),
  };
}

/** Times that only some runs have, such as those of streams and tokens, where they were measured on both sides. */
function timePaths(baseline: readonly ComparedRun[], current: readonly ComparedRun[]): readonly MetricPath[] {
  const sides = [baseline, current].map(pooled);
  return SHOWN_TIMES.flatMap(({ key }) => [`${key}_p50`, `${key}_p95`]).flatMap((path) => {
    const metric = metricFor(path);
    const isMeasured = metric !== undefined && sides.every((stats) => metric.read(stats) !== undefined);
    return isMeasured ? [{ path, metric }] : [];
  });
}

/** The main metrics of scenarios that all runs have. */
function scenarioPaths(
  baseline: readonly ComparedRun[],
  current: readonly ComparedRun[],
): readonly MetricPath[] {
  const sides = [baseline, current];
  const { scenario = [] } = partNames(current[0]!.result);
  return scenario.flatMap((name) => {
    const part: PartName = { kind: "scenario", name };
    if (sides.some((runs) => statsOf(runs, part) === undefined)) return [];
    return SCENARIO_METRICS.map((key) => ({ path: pathOf(key, part), metric: metricFor(key)!, part }));
  });
}

/** Other settings, and runs whose numbers mean less than they seem to. */
function warningsOf(baseline: readonly ComparedRun[], current: readonly ComparedRun[]): readonly string[] {
  const runs = [...baseline, ...current];
  return [
    ...settingDifferences(baseline[0]!.config, current[0]!.config),
    ...targetDifference(baseline[0]!, current[0]!),
    ...runs.filter(({ result }) => result.interrupted).map(({ source }) => `${source} was cut short`),
    ...runs.filter(({ result }) => !isSound(result)).map(({ source }) =>
      `${source}: its load generator did not keep up`
    ),
    ...runs.flatMap(({ source, tool }) =>
      tool === undefined ? [] : [
        `${source} is a result of ${tool}: measured in its way, and without its noise, so that only large changes count`,
      ]
    ),
  ];
}

/** Other paths of the same server; another server is told already. */
function targetDifference(before: ComparedRun, after: ComparedRun): readonly string[] {
  if (before.tool !== undefined || after.tool !== undefined) return [];
  if (before.config["url_host"] !== after.config["url_host"]) return [];
  const [a, b] = [before, after].map(({ result }) => targetText(result.plan));
  return a === b ? [] : [`target was ${a} and is ${b}`];
}

/** Settings that must agree for two runs to be comparable, and do not: a clause each. */
export function settingDifferences(before: ConfigSnapshot, after: ConfigSnapshot): readonly string[] {
  return COMPARED_SETTINGS.flatMap((key) => {
    const [a, b] = [before[key], after[key]];
    return a === undefined || b === undefined || a === b ? [] : [`${key} was ${text(a)} and is ${text(b)}`];
  });
}

/** A percentile of too few samples is their largest value under another name; without errors all are successes. */
function isTold(metric: Metric, runs: readonly ComparedRun[]): boolean {
  if (!isMeasured({ metric }, runs)) return false;
  if (metric.key === "success_rps") return errorsOf(pooled(runs).counts) > 0;
  const percentile = /^p([\d.]+)$/.exec(metric.key)?.[1];
  return percentile === undefined || isResolved(Number(percentile), samplesOf(pooled(runs).counts));
}

/** Whether every run holds a metric. */
function isMeasured(
  { metric, part }: { readonly metric: Metric; readonly part?: PartName | undefined },
  runs: readonly ComparedRun[],
): boolean {
  return runs.every(({ measured }) =>
    measured === undefined || (part === undefined && measured.has(metric.key))
  );
}

interface Sides {
  readonly baseline: readonly ComparedRun[];
  readonly current: readonly ComparedRun[];
  readonly options: CompareOptions;
}

function change({ metric, part }: MetricPath, { baseline, current, options }: Sides): MetricChange {
  const read = (runs: readonly ComparedRun[]) =>
    isMeasured({ metric, part }, runs) ? valueOf(metric, statsOf(runs, part), runs.length) : undefined;
  const before = read(baseline);
  const after = read(current);
  const base = { metric: pathOf(metric.key, part), unit: metric.unit };
  if (before === undefined || after === undefined) {
    return {
      ...base,
      ...(before && { baseline: before.value }),
      ...(after && { current: after.value }),
      verdict: "unknown",
    };
  }
  const interval = intervalOf({ metric, part }, {
    baseline,
    current,
    options,
    values: [before, after],
  });
  return {
    ...base,
    baseline: before.value,
    current: after.value,
    ...(after.isAtLeast && { isAtLeast: true }),
    ...(before.isAtLeast && { isBaselineAtLeast: true }),
    ...(hasDirection(before, after) && {
      delta: after.value - before.value,
      ...(before.value !== 0 && { percent: (after.value - before.value) / Math.abs(before.value) * 100 }),
    }),
    ...(!before.isAtLeast && !after.isAtLeast && interval),
    verdict: verdictOf(metric, { interval, before, after }),
  };
}

/** Whether it is known which of the two is larger: at least 120 ms is more than 100 ms, at least 3 ms may be anything. */
function hasDirection(before: Value, after: Value): boolean {
  if (before.isAtLeast) return !after.isAtLeast && after.value < before.value;
  return !after.isAtLeast || after.value > before.value;
}

interface Value {
  readonly value: number;
  readonly isAtLeast: boolean;
}

function verdictOf(
  metric: Metric,
  { interval, before, after }: {
    readonly interval: { readonly low: number; readonly high: number } | undefined;
    readonly before: Value;
    readonly after: Value;
  },
): ChangeVerdict {
  if (interval === undefined || !hasDirection(before, after)) return "unknown";
  const isHigher = interval.low > 0;
  const isLower = interval.high < 0;
  if (!isHigher && !isLower) return before.isAtLeast || after.isAtLeast ? "unknown" : "same";
  return isHigher === (metric.better === "higher") ? "better" : "worse";
}

/** Where a change lies; `undefined` when the runs do not tell. */
function intervalOf(
  { metric, part }: { readonly metric: Metric; readonly part: PartName | undefined },
  { baseline, current, options, values }: Sides & { readonly values: readonly [Value, Value] },
): { readonly low: number; readonly high: number } | undefined {
  const kind = noiseKindOf(metric);
  if (kind === "unknown") return undefined;
  const isAbsolute = kind === "errors";
  const [before, after] = values.map(({ value }) => value) as [number, number];
  if (!isAbsolute && (before <= 0 || after <= 0)) return undefined;
  const assumed =
    (isAbsolute ? options.runNoisePercent / 30 : options.runNoisePercent / 100 * NOISE_FACTORS[kind]) ** 2;
  const runs = [...baseline, ...current];
  const shown = meanOf(runs.map(({ result }) => driftOf(metric, result.timeline)));
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
  const reach = twoSidedT(options.confidence / 100, degrees) * Math.sqrt(variance);
  const middle = isAbsolute ? after - before : Math.log(after / before);
  // Of runs too short to tell their noise only what is beyond any noise is known.
  if ((a.isShort || b.isShort) && Math.abs(middle) <= reach) return undefined;
  const scaled = (bound: number) => isAbsolute ? bound : (Math.exp(bound) - 1) * 100;
  return { low: scaled(middle - reach), high: scaled(middle + reach) };
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

/** All runs as one: counts and durations added, histograms merged. */
function pooled(runs: readonly ComparedRun[]): Stats {
  return runs.map(({ result }) => overallStats(result)).reduce(addStats);
}

function addStats(a: Stats, b: Stats): Stats {
  return { counts: addStepStats(a.counts, b.counts), durationMs: a.durationMs + b.durationMs };
}

/** The pooled statistics of the runs or of a part of them; `undefined` when the part is in none, or never ran. */
function statsOf(runs: readonly ComparedRun[], part: PartName | undefined): Stats | undefined {
  if (part === undefined) return pooled(runs);
  const found = runs.flatMap(({ result }) => partStats(result, part) ?? []);
  return found.length === 0 ? undefined : found.reduce(addStats);
}

/** A metric of pooled runs; plain totals are those of an average run. */
function valueOf(metric: Metric, stats: Stats | undefined, runs: number): Value | undefined {
  const value = stats && metric.read(stats);
  if (stats === undefined || value === undefined) return undefined;
  const isTotal = metric.unit === "1" || metric.unit === "B" || metric.key === "duration";
  return { value: isTotal ? value / runs : value, isAtLeast: metric.isAtLeast(stats) };
}

function text(setting: unknown): string {
  return setting === null ? "not set" : String(setting);
}
