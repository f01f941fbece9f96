/**
 * Runs against a baseline: each metric's change, how much of it is chance, and whether rules hold.
 *
 * A change counts only when it is more than chance (`run_interval.ts`), and when no load generator that did not keep up
 * explains it (`spoiling.ts`). What the runs do not tell is not judged: no rule about it fires, and none holds.
 *
 * A rule that names a metric is judged by that alone. One that names none looks at several, any of which may be off by
 * chance: each of them has its share of the doubt (Bonferroni).
 *
 * @module
 */
import { isResolved, type Metric, metricFor, percentileIn } from "../../metrics/catalog.ts";
import { SHOWN_TIMES } from "../../metrics/measures.ts";
import { errorsOf, samplesOf } from "../../metrics/stats.ts";
import { type ChangeVerdict, type Comparison, roundedChange } from "../comparison.ts";
import type { FailRule } from "./fail_rule.ts";
import type { MetricPath } from "./rule_grammar.ts";
import { type PartName, partNames, pathOf } from "../run_parts.ts";
import { type JudgedChange, judgeRule } from "./judge_rule.ts";
import { targetText } from "../describe_run.ts";
import type { ConfigSnapshot } from "../outcome.ts";
import { type ComparedRun, pooled, statsOf, type Value, valueOf } from "./compared_run.ts";
import { intervalOf } from "./run_interval.ts";
import { isSpoilt, spoilingOf, warningsAbout } from "./spoiling.ts";

/** How runs are compared. */
export interface CompareOptions {
  readonly rules: readonly FailRule[];
  /** How sure an interval is to hold the true change, in percent; above 50, below 100. */
  readonly confidence: number;
  /**
   * How far two runs of the same thing drift apart even if neither shows it: the standard deviation of a run's throughput,
   * mean and median, in percent. Half as much again for percentiles up to p95, twice that beyond; error rates in thirtieths of a
   * point.
   */
  readonly runNoisePercent: number;
}

/** Metrics that every comparison shows, and that a rule without a metric looks at. */
const HEADLINE_METRICS: readonly string[] = ["rps", "error_rate", "p50", "p95", "p99"];

/** Shown besides; the rate of successes only where something failed. */
const FURTHER_METRICS = ["success_rps", "total_requests", "avg_latency", "max_latency", "transfer_rate"];

/** Shown of each of several scenarios. */
const SCENARIO_METRICS = ["rps", "error_rate", "p95"];

/** Metrics of `Server-Timing` that are shown. */
const MAX_TIMINGS = 5;

/** Settings that must agree for two runs to be comparable. */
const COMPARED_SETTINGS = "mode connections users duration num_requests rate url_host read_body".split(" ");

/** Compares pooled runs with a pooled baseline; each side has at least one run. */
export function compareRuns(
  allOfBaseline: readonly ComparedRun[],
  allOfCurrent: readonly ComparedRun[],
  options: CompareOptions,
): Comparison {
  const [baseline, current] = [unspoilt(allOfBaseline), unspoilt(allOfCurrent)];
  // A rule without a metric looks at several, any of which may be off by chance: they share the doubt.
  const together = { ...options, confidence: 100 - (100 - options.confidence) / HEADLINE_METRICS.length };
  const changeOf = (path: MetricPath, options: CompareOptions) =>
    roundedChange(change(path, { baseline, current, options }));
  const shown = [...HEADLINE_METRICS, ...FURTHER_METRICS].map((key): MetricPath => ({
    path: key,
    metric: metricFor(key)!,
  }));
  const headline = shown.filter(({ metric }) => [baseline, current].some((runs) => isTold(metric, runs)));
  const further = [
    ...timePaths(baseline, current),
    ...scenarioPaths(baseline, current),
    ...timingPaths(baseline, current),
  ];
  const paths = new Map(
    [...headline, ...further, ...options.rules.flatMap(({ about }) => about ?? [])].map(
      (path) => [pathOf(path.metric.key, path.part), path],
    ),
  );
  const named = new Set(
    options.rules.flatMap(({ about }) => about ? [pathOf(about.metric.key, about.part)] : []),
  );
  const judgedTogether = options.rules.some(({ about }) => about === undefined)
    ? new Map(
      headline.filter(({ path }) => HEADLINE_METRICS.includes(path)).map(
        (path) => [path.path, changeOf(path, together)],
      ),
    )
    : new Map<string, JudgedChange>();
  const changes = new Map(
    [...paths].map(([key, path]) => [
      key,
      (named.has(key) ? undefined : judgedTogether.get(key)) ?? changeOf(path, options),
    ]),
  );
  return {
    sources: baseline.map(({ source }) => source),
    confidence: options.confidence,
    warnings: [
      ...warningsOf(baseline, current),
      ...[...allOfBaseline, ...allOfCurrent].filter((run) => ![...baseline, ...current].includes(run)).map(
        ({ source, result }) => `${source} is left out: ${warningsAbout(result).join("; ")}`,
      ),
    ],
    metrics: [...changes.values()].map(({ resolution: _, ...change }) => change),
    rules: options.rules.map((rule) =>
      judgeRule(rule, {
        about: rule.about && changes.get(pathOf(rule.about.metric.key, rule.about.part)),
        headline: [...judgedTogether.values()],
      })
    ),
  };
}

/** The runs of a side whose load generator kept up; all where none did. */
function unspoilt(runs: readonly ComparedRun[]): readonly ComparedRun[] {
  const good = runs.filter(({ result }) => !isSpoilt(result));
  return good.length === 0 ? runs : good;
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

/** What responses say in `Server-Timing`, where all runs have it: the metrics on which most time is spent. */
function timingPaths(
  baseline: readonly ComparedRun[],
  current: readonly ComparedRun[],
): readonly MetricPath[] {
  const runs = [...baseline, ...current];
  const { server_timing: names } = partNames(current[0]!.result);
  return names.slice(0, MAX_TIMINGS).flatMap((name) => {
    const part: PartName = { kind: "server_timing", name };
    const isTimed = runs.every((run) => (statsOf([run], part)?.counts.latency.count ?? 0) > 0);
    const keys = isTimed ? ["p50", "p95"] : [];
    return keys.map((key) => ({ path: pathOf(key, part), metric: metricFor(key)!, part }));
  });
}

/** Other settings, and runs whose numbers mean less than they seem to. */
function warningsOf(baseline: readonly ComparedRun[], current: readonly ComparedRun[]): readonly string[] {
  const runs = [...baseline, ...current];
  const pooled = [...baseline.slice(1), ...current.slice(1)];
  return [
    ...new Set([
      ...differencesBetween(baseline[0]!, current[0]!),
      // What is pooled must be alike, too.
      ...pooled.flatMap((run) =>
        differencesBetween(baseline.includes(run) ? baseline[0]! : current[0]!, run).map((text) =>
          `${run.source}: ${text}`
        )
      ),
      ...runs.filter(({ result }) => result.interrupted).map(({ source }) => `${source} was cut short`),
      ...runs.flatMap(({ source, result }) => warningsAbout(result).map((clause) => `${source}: ${clause}`)),
      ...runs.flatMap(({ source, tool }) =>
        tool === undefined ? [] : [
          `${source} is a result of ${tool}: measured in its way, and without its noise, so that only large changes count`,
        ]
      ),
    ]),
  ];
}

function differencesBetween(before: ComparedRun, after: ComparedRun): readonly string[] {
  return [...settingDifferences(before.config, after.config), ...targetDifference(before, after)];
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
  const percentile = percentileIn(metric.key);
  return percentile === undefined || isResolved(percentile, samplesOf(pooled(runs).counts));
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

function change({ metric, part }: MetricPath, { baseline, current, options }: Sides): JudgedChange {
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
  const notJudged = spoiltBy({ metric, change: after.value - before.value }, [...baseline, ...current]);
  const found = notJudged === undefined
    ? intervalOf({ metric, part }, { baseline, current, values: [before, after], ...options })
    : undefined;
  const interval = found === "short" ? undefined : found;
  const reason = found === "short" ? shortness([...baseline, ...current]) : notJudged;
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
    ...(reason !== undefined && { notJudged: reason }),
  };
}

/** Why the noise of runs is not known. */
function shortness(runs: readonly ComparedRun[]): string {
  const others = runs.filter(({ tool }) => tool !== undefined).map(({ source }) => source);
  return others.length === 0
    ? "the runs are too short to tell"
    : `the noise of ${others.join(", ")} is not known`;
}

/** Why runs do not tell of a change whether it is the server's: the load generators that explain it. */
function spoiltBy(
  { metric, change }: { readonly metric: Metric; readonly change: number },
  runs: readonly ComparedRun[],
): string | undefined {
  const clauses = runs.flatMap(({ source, result }) => {
    const spoiling = spoilingOf(metric, result);
    return spoiling === undefined || Math.abs(change) * 1000 > spoiling.delayMs
      ? []
      : [`${source}: ${spoiling.reason}`];
  });
  return clauses.length === 0 ? undefined : [...new Set(clauses)].join("; ");
}

/** Whether it is known which of the two is larger: at least 120 ms is more than 100 ms, at least 3 ms may be anything. */
function hasDirection(before: Value, after: Value): boolean {
  if (before.isAtLeast) return !after.isAtLeast && after.value < before.value;
  return !after.isAtLeast || after.value > before.value;
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

function text(setting: unknown): string {
  return setting === null ? "not set" : String(setting);
}
