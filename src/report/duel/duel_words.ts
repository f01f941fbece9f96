/**
 * A duel in words: what was found in a sentence, how a change is written, why it ended. Nothing is escaped here.
 *
 * @module
 */
import { formatCounted, formatSeconds, listed, NOT_MEASURED } from "../../lib/number_format.ts";
import { formatMetricValue } from "../../metrics/catalog.ts";
import type { RuleVerdict } from "../../result/comparison.ts";
import type { DuelMetric, DuelResult } from "../../result/duel/duel_result.ts";
import { signed } from "../../result/verdict/judge_rule.ts";
import { factorText, factorWithin, isFar, ratioOf, ratioText, timesText } from "./duel_ratio.ts";

/** `+3.1% ± 0.8%`, `×90.0 (×42.3 to ×190)`, `+0.50 points ± 0.10 points`; what is not known yet says so. */
export function changeText(metric: DuelMetric): string {
  const { change, low, high, a, b } = metric;
  if (a === undefined || b === undefined) return "not compared";
  const [decimals, unit] = unitOf(metric);
  if (change === undefined || (low === undefined && high === undefined)) return "not known yet";
  if (low === undefined) return `≤ ${boundText(metric, high!)}`;
  if (high === undefined) return `≥ ${boundText(metric, low)}`;
  if (isFar(metric)) return ratioText(metric);
  return `${signed(change, decimals)}${unit} ± ${((high - low) / 2).toFixed(decimals)}${unit}`;
}

/** The end of a change whose other one is not known. */
function boundText(metric: DuelMetric, value: number): string {
  const [decimals, unit] = unitOf(metric);
  return isFar(metric) ? `×${factorText(ratioOf(value))}` : `${signed(value, decimals)}${unit}`;
}

/** What is said of a rule. */
export function ruleText({ passed, isKnown }: RuleVerdict): string {
  return isKnown ? passed ? "pass" : "fail" : "not known";
}

/** A side's value, with what it is known to be at least. */
export function sideText({ unit, a, b, isAAtLeast, isBAtLeast }: DuelMetric, side: "a" | "b"): string {
  const [value, isBound] = side === "a" ? [a, isAAtLeast] : [b, isBAtLeast];
  return value === undefined ? NOT_MEASURED : `${isBound ? "≥ " : ""}${formatMetricValue(value, unit)}`;
}

/** What is said of a metric: whether B is better or worse; no difference that was found may be too small to find. */
export function verdictText({ verdict, isKnown }: DuelMetric): string {
  switch (verdict) {
    case "same":
      return isKnown ? "same" : "none found";
    case "unknown":
      return "not known";
    default:
      return verdict;
  }
}

/** What the duel found, in one or two sentences. */
export function findingText(result: DuelResult): string {
  const { metrics, pairs } = result;
  if (pairs === 0) return "Nothing was measured.";
  const different = metrics.filter(({ verdict }) => verdict === "better" || verdict === "worse");
  const same = metrics.filter(({ verdict }) => verdict === "same");
  const open = metrics.filter(({ verdict, a, b }) =>
    verdict === "unknown" && a !== undefined && b !== undefined
  );
  const sentences = [
    ...(different.length > 0 ? [`${clausesOf(different)}.`] : []),
    ...(same.length > 0
      ? [
        `${different.length > 0 ? "No other difference" : "No difference"} between A and B was found; ` +
        `if there is one, it is at most ${
          listed(same.map((metric) => `${within(metric)} in ${nameOf(metric)}`), "and")
        }.`,
      ]
      : []),
    ...(different.length + same.length === 0
      ? ["It is not known yet whether A and B differ: measure longer (-d), or with more requests."]
      : open.length > 0
      ? [`Not known yet: ${listed(open.map(nameOf), "and")}.`]
      : []),
  ];
  return sentences.join(" ");
}

/** Why it ended, and how much was measured. */
export function courseText({ ended, pairs, elapsedMs, blockMs, precision }: DuelResult): string {
  const blocks = `${formatCounted(pairs, "pair")} of blocks of ${formatSeconds(blockMs)}`;
  const took = `${blocks} in ${formatSeconds(Math.round(elapsedMs / 100) * 100)}`;
  switch (ended) {
    case "known":
      return `${took}; ended because every change is known to ± ${precision}%`;
    case "time":
      return `${took}; ended because its time was up (-d)`;
    case "interrupted":
      return `${took}; interrupted: this is what was known by then`;
    case "server":
      return `${took}; ended because a server did`;
  }
}

/** Decimals and sign of a change. */
function unitOf({ scale }: DuelMetric): readonly [decimals: number, unit: string] {
  return scale === "points" ? [2, " points"] : [1, "%"];
}

function within(metric: DuelMetric): string {
  if (isFar(metric)) return `a factor of ${factorWithin(metric)}`;
  const { low = 0, high = 0 } = metric;
  const [decimals, unit] = unitOf(metric);
  return `${Math.max(-low, high).toFixed(decimals)}${unit}`;
}

function nameOf({ metric }: DuelMetric): string {
  return Object.hasOwn(NAMES, metric) ? NAMES[metric]! : metric;
}

const NAMES: Readonly<Record<string, string>> = {
  rps: "throughput",
  error_rate: "the error rate",
  success_rate: "the success rate",
  cpu: "CPU per request",
};

/** `B responds 3.1% ± 0.8% slower at p50 and 4.0% ± 1.1% slower at p99; it serves …`. */
function clausesOf(metrics: readonly DuelMetric[]): string {
  const latencies = metrics.filter(isLatency);
  const speeds = latencies.map((metric) => `${speedOf(metric)} ${placeOf(metric)}`);
  return [
    ...(latencies.length > 0 ? [`B responds ${listed(speeds, "and")}`] : []),
    ...metrics.filter((metric) => !isLatency(metric)).map((metric, i) =>
      otherClause(metric, latencies.length + i === 0)
    ),
  ].join("; ");
}

function isLatency({ unit, metric }: DuelMetric): boolean {
  return unit === "s" && metric !== "cpu" && metric !== "duration";
}

function placeOf({ metric }: DuelMetric): string {
  return metric === "avg_latency" ? "on average" : `at ${metric}`;
}

function speedOf(metric: DuelMetric): string {
  const isSlower = metric.change! > 0;
  return isFar(metric)
    ? `${timesText(metric)} as ${isSlower ? "slowly" : "fast"}`
    : `${amountOf(metric)} ${isSlower ? "slower" : "faster"}`;
}

function otherClause(metric: DuelMetric, isFirst: boolean): string {
  if (isFar(metric)) return farClause(metric, isFirst);
  const amount = amountOf(metric);
  const isMore = metric.change! > 0;
  const subject = isFirst ? "B" : "it";
  switch (metric.metric) {
    case "rps":
      return `${subject} serves ${amount} ${isMore ? "more" : "fewer"} requests per second`;
    case "error_rate":
      return `${subject} fails ${amount} ${isMore ? "more" : "less"} often`;
    case "cpu":
      return `${subject} uses ${amount} ${isMore ? "more" : "less"} CPU per request`;
    default:
      return `${subject} has ${amount} ${isMore ? "more" : "less"} ${metric.metric}`;
  }
}

/** `its throughput is 90.0 times (42.3 to 190) A's`: the larger one comes first. */
function farClause(metric: DuelMetric, isFirst: boolean): string {
  const [more, less] = metric.change! > 0 ? [isFirst ? "B's" : "its", "A's"] : ["A's", "B's"];
  return `${more} ${nameOf(metric)} is ${timesText(metric)} ${less}`;
}

function amountOf(metric: DuelMetric): string {
  const { change = 0, low, high } = metric;
  const [decimals, unit] = unitOf(metric);
  if (low === undefined || high === undefined) {
    return `at least ${Math.abs(low ?? high ?? 0).toFixed(decimals)}${unit}`;
  }
  return `${Math.abs(change).toFixed(decimals)}${unit} ± ${((high - low) / 2).toFixed(decimals)}${unit}`;
}
