/**
 * The top of the HTML report: what ran, the verdict in a sentence and the indicator tiles.
 *
 * @module
 */
import { formatDuration } from "../../lib/duration.ts";
import {
  formatBytes,
  formatCount,
  formatCounted,
  formatMeasured,
  formatRate,
  formatShare,
  formatTime,
  NOT_MEASURED,
} from "../../lib/number_format.ts";
import { isResolved, maxLatencyOf } from "../../metrics/catalog.ts";
import { meanOf, stdevOf } from "../../metrics/histogram.ts";
import {
  attemptsOf,
  bytesPerSecond,
  endedOf,
  errorsOf,
  isFruitless,
  type Percentile,
  percentileOf,
  requestsPerSecond,
  samplesOf,
  successesPerSecond,
} from "../../metrics/stats.ts";
import { loadFacts } from "../../plan/load_kinds.ts";
import { verdictOf as judged } from "../../result/verdict/verdict.ts";
import { isRegressed, rulesNotJudged } from "../../result/comparison.ts";
import {
  connectionsInWords,
  firstUrl,
  keepAliveText,
  modeText,
  namedSteps,
  pauseText,
  targetText,
} from "../../result/describe_run.ts";
import { countedWords } from "../../result/describe_sockets.ts";
import type { RateLoad, RunPlan } from "../../plan/run_plan.ts";
import { exitCodeOf, type Outcome } from "../../result/outcome.ts";
import { overallStats, type RunResult } from "../../result/run_result.ts";
import { foreign, spaced, splitUnit, timeText, type Tone } from "./display.ts";

/** What ran. */
export interface Heading {
  readonly title: string;
  /** Below the title: the first URL when a scenario's name is the title. */
  readonly subtitle: string;
  readonly method: string;
  readonly facts: readonly string[];
  readonly startedAt: string;
  readonly tags: readonly (readonly [key: string, value: string])[];
}

/** The run judged in one sentence. */
export interface Verdict {
  readonly tone: Tone;
  readonly title: string;
  readonly text: string;
}

/** One indicator. */
export interface Tile {
  readonly label: string;
  readonly value: string;
  readonly unit: string;
  readonly hint: string;
  readonly tone: Tone;
  /** The column of the timeline drawn below it. */
  readonly spark?: "rate" | "errors" | "p95" | "p99";
}

/** Beyond these the tiles warn, as people do: a second is felt, two seconds lose them. */
const SLOW_P95_MS = 1000;
const SLOW_P99_MS = 2000;

/** What ran, for the page's head. */
export function headingOf({ result, tags }: Outcome): Heading {
  const { plan } = result;
  const { scenario } = plan;
  const { openLoop, simulation } = loadFacts(plan.load);
  const steps = namedSteps(result);
  const isNamed = scenario.name !== undefined;
  // The name is the title already.
  const { name: _, ...unnamed } = scenario;
  const target = foreign(targetText(plan), 2000);
  const method = isNamed || steps.length === 0 ? "" : foreign(steps[0]!.method, 20);
  const facts = [
    modeText({ ...plan, scenario: unnamed }),
    simulation ? "" : connectionsInWords(plan),
    openLoop ? rateText(openLoop) : "",
    simulation ? `think time: ${pauseText(simulation, plan.scenario)}` : "",
    isNamed ? formatCounted(steps.length, "step") : "",
    ...Object.keys(result.total.protocols).map((version) => `HTTP/${version}`),
    keepAliveFact(plan),
    formatCounted(result.threads, "thread"),
  ];
  return {
    title: isNamed
      ? foreign(scenario.name)
      : target.slice(target.startsWith(method) ? method.length : 0).trim(),
    subtitle: isNamed ? foreign(firstUrl(plan), 2000) : "",
    method,
    facts: facts.filter((fact) => fact !== "").map((fact) => foreign(spaced(fact))),
    startedAt: `${new Date(result.startedAtMs).toISOString().slice(0, 19).replace("T", " ")} UTC`,
    tags: Object.entries(tags).map(([key, value]) => [foreign(key, 80), foreign(value)]),
  };
}

/** The verdict, the most serious finding first. */
export function verdictOf(outcome: Outcome): Verdict {
  const { thresholds, comparison, undelivered, result } = outcome;
  const regressed = comparison !== undefined && isRegressed(comparison);
  const { counts } = overallStats(result);
  const failed = thresholds.filter((verdict) => !verdict.passed);
  const exit = exitCodeOf(outcome);
  const code = exit === 0 ? "" : ` Exit code ${exit}.`;
  if (isFruitless(counts)) {
    const attempts = attemptsOf(counts);
    return {
      tone: "bad",
      title: "No request succeeded",
      text: attempts === 0
        ? `No response arrived before the end.${code}`
        : `${attempts === 1 ? "The only request" : `All ${formatCount(attempts)} requests`} failed.${code}`,
    };
  }
  if (failed.length > 0) {
    const names = failed.slice(0, 3).map(({ expression, actual }) =>
      `${foreign(expression, 80)} (${actual === undefined ? "not measured" : spaced(foreign(actual, 40))})`
    );
    const more = failed.length > 3 ? ` and ${failed.length - 3} more` : "";
    return {
      tone: "bad",
      title: `Failed: ${failed.length} of ${thresholds.length} ${noun(thresholds.length)} not met`,
      text: `${names.join(", ")}${more}.${regressed ? " Also worse than the baseline allows." : ""}${code}`,
    };
  }
  if (regressed) return { tone: "bad", title: "Regressed", text: `Worse than the baseline allows.${code}` };
  if (result.lost.length > 0) {
    const names = result.lost.slice(0, 3).map(({ thread }) => foreign(thread, 80));
    const more = result.lost.length > 3 ? ` and ${result.lost.length - 3} more` : "";
    return { tone: "warn", title: "Part of the load was lost", text: `${names.join(", ")}${more}.${code}` };
  }
  if (undelivered) {
    return {
      tone: "warn",
      title: "Not everything was delivered",
      text: `A report or an export failed.${code}`,
    };
  }
  const verdict = judged(outcome);
  if (verdict.kind === "passed") return { tone: "good", title: "Passed", text: `${sentence(verdict.text)}.` };
  if (verdict.kind === "errors") {
    return { tone: "bad", title: "Errors", text: `${sentence(verdict.text)}.` };
  }
  const isNotJudged = comparison !== undefined && rulesNotJudged(comparison).length > 0;
  if (verdict.kind === "done" && isNotJudged) {
    return { tone: "warn", title: "Not judged", text: `${sentence(verdict.text)}.` };
  }
  return verdict.kind === "interrupted"
    ? { tone: "warn", title: "Interrupted", text: `${sentence(verdict.text)}.` }
    : {
      tone: "neutral",
      title: "No thresholds set",
      text:
        'The run was measured, not judged. Add a threshold such as "p95 < 300ms" to make it pass or fail.',
    };
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The indicator tiles. */
export function tilesOf(result: RunResult): readonly Tile[] {
  const stats = overallStats(result);
  const { counts } = stats;
  const ended = endedOf(counts);
  const attempts = attemptsOf(counts);
  const errors = errorsOf(counts);
  const peak = Math.max(
    0,
    ...result.timeline.map(({ requests, fromMs, toMs }) => rateOf(requests, toMs - fromMs)),
  );
  const [p50, p95, p99] = [50, 95, 99].map((percentile) => resolved(counts, percentile));
  const slowest = maxLatencyOf(counts);
  const mean = meanOf(counts.latency);
  const stdev = stdevOf(counts.latency);
  return [
    {
      ...tile("Throughput", formatRate(requestsPerSecond(stats) ?? NaN)),
      unit: requestsPerSecond(stats) === undefined ? "" : countedWords(result.plan).rateUnit,
      hint: errors > 0
        ? `${formatRate(successesPerSecond(stats) ?? 0)} successful/s`
        : peak > 0
        ? `peak ${formatCount(peak)}/s`
        : "",
      spark: "rate",
    },
    {
      ...tile(countedWords(result.plan).short, formatCount(ended)),
      hint: counts.unfinished > 0 ? `${formatCount(counts.unfinished)} more unfinished` : "errors included",
    },
    {
      ...tile("Errors", formatCount(errors)),
      hint: attempts === 0 ? "" : `${formatShare(errors, attempts)} of requests` +
        (errors > 0 ? `, ${formatShare(counts.succeeded, attempts)} succeeded` : ""),
      tone: errors > 0 ? "bad" : "good",
      ...(errors > 0 && { spark: "errors" as const }),
    },
    {
      ...tile("Duration", formatTime(result.durationMs)),
      hint: result.interrupted ? "interrupted" : plannedText(result),
      tone: result.interrupted ? "warn" : "neutral",
    },
    {
      ...tile("Mean latency", mean === undefined ? NOT_MEASURED : formatTime(mean / 1000)),
      hint: [
        p50 ? `p50 ${timeText(p50)}` : "",
        stdev === undefined ? "" : `σ ${spaced(formatTime(stdev / 1000))}`,
      ].filter((part) => part !== "").join(" · "),
    },
    {
      ...tile("p95 latency", formatMeasured(p95)),
      hint: !p95
        ? "too few samples"
        : p95.isAtLeast
        ? "falls among requests without a response"
        : "95 of 100 took this or less",
      tone: p95 && p95.ms > SLOW_P95_MS ? "warn" : "neutral",
      spark: "p95",
    },
    {
      ...tile("p99 latency", formatMeasured(p99)),
      hint: slowest ? `slowest ${timeText(slowest)}` : "too few samples",
      tone: p99 && p99.ms > SLOW_P99_MS ? "bad" : "neutral",
      spark: "p99",
    },
    {
      ...tile("Received", formatBytes(counts.bodyBytes)),
      hint: `${spaced(formatBytes(bytesPerSecond(stats) ?? 0))}/s of response bodies` +
        (counts.bytesSent > 0 ? ` · ${spaced(formatBytes(counts.bytesSent))} sent` : ""),
    },
  ];
}

/** A percentile that enough samples stand behind. */
export function resolved(
  counts: Parameters<typeof percentileOf>[0],
  percentile: number,
): Percentile | undefined {
  return isResolved(percentile, samplesOf(counts)) ? percentileOf(counts, percentile) : undefined;
}

function tile(label: string, formatted: string): Tile {
  return { label, ...splitUnit(formatted), hint: "", tone: "neutral" };
}

function rateOf(count: number, ms: number): number {
  // Shorter windows hold too few requests for a rate.
  return ms >= 500 ? count / ms * 1000 : 0;
}

function plannedText({ plan: { load }, durationMs }: RunResult): string {
  const { durationMs: plannedMs, amount } = loadFacts(load);
  if (plannedMs === undefined) return "until all were sent";
  if (amount !== undefined && durationMs < plannedMs) return "until all were sent";
  const over = durationMs - plannedMs;
  return over > plannedMs / 100
    ? `${formatDuration(plannedMs)} of load, then ${spaced(formatTime(over))} for the last responses`
    : `${formatDuration(plannedMs)} of load`;
}

/** What is unusual about how long connections are kept. */
function keepAliveFact({ client }: RunPlan): string {
  const text = keepAliveText(client);
  return text === "yes" ? "" : text === "no" ? "no keep-alive" : text.replace("yes", "connections kept");
}

function rateText(load: RateLoad): string {
  const { description, targetRate, rampTargetRate } = load;
  if (targetRate === undefined) return "as recorded";
  const rate = `${formatCount(targetRate)}${
    rampTargetRate === undefined ? "" : ` to ${formatCount(rampTargetRate)}`
  }/s`;
  return description === undefined ? rate : `${rate}, ${description}`;
}

function noun(count: number): string {
  return count === 1 ? "threshold" : "thresholds";
}
