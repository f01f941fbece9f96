/**
 * A comparison in words, for every form of report that shows one. Nothing is escaped here.
 *
 * @module
 */
import { NOT_MEASURED } from "../lib/number_format.ts";
import { formatMetricValue } from "../metrics/catalog.ts";
import {
  type ChangeVerdict,
  type Comparison,
  isRegressed,
  type MetricChange,
  rulesNotJudged,
  type RuleVerdict,
} from "../result/comparison.ts";
import { amountText, isCount, isUntold, signed } from "../result/verdict/judge_rule.ts";

/** Headings of {@linkcode comparisonRows}. */
export function comparisonHead({ confidence }: Comparison): readonly string[] {
  return ["Metric", "Baseline", "Current", "Change", `${confidence}% bounds`, "Verdict"];
}

/** A row a metric. */
export function comparisonRows({ metrics }: Comparison): readonly (readonly string[])[] {
  return metrics.map((change) => [
    change.metric,
    `${change.isBaselineAtLeast ? "≥ " : ""}${valueText(change, change.baseline)}`,
    `${change.isAtLeast ? "≥ " : ""}${valueText(change, change.current)}`,
    changeText(change),
    intervalText(change),
    verdictText(change),
  ]);
}

function verdictText(change: MetricChange): string {
  if (isCount(change.unit) || change.notJudged !== undefined) return "not judged";
  return isUntold(change) ? "cannot be told" : VERDICTS[change.verdict];
}

/** What a rule came to, in two words. */
export function ruleWords({ passed, isKnown }: RuleVerdict): "held" | "fired" | "not judged" {
  return isKnown ? passed ? "held" : "fired" : "not judged";
}

/** What all rules came to. */
export function rulesText(comparison: Comparison): string {
  const { rules } = comparison;
  if (isRegressed(comparison)) return "Worse than the baseline allows";
  const unjudged = rulesNotJudged(comparison).length;
  if (unjudged === 0) return "All rules held";
  return unjudged === rules.length
    ? "Not judged"
    : `${unjudged} of ${rules.length} rules not judged; the others held`;
}

/** Where the baseline came from. */
export function sourcesText({ sources }: Comparison): string {
  const [first = "nothing", ...others] = sources;
  return others.length === 0 ? first : `${sources.length} runs pooled: ${[first, ...others].join(", ")}`;
}

/** What a verdict says. */
const VERDICTS: Readonly<Record<ChangeVerdict, string>> = {
  better: "better",
  worse: "worse",
  same: "within noise",
  unknown: "noise unknown",
};

function valueText({ unit }: MetricChange, value: number | undefined): string {
  return value === undefined ? NOT_MEASURED : formatMetricValue(value, unit);
}

function changeText(change: MetricChange): string {
  return change.delta === undefined ? NOT_MEASURED : amountText(change);
}

function intervalText({ unit, low, high }: MetricChange): string {
  if (low === undefined || high === undefined) return NOT_MEASURED;
  const [decimals, sign] = unit === "%" ? [2, ""] : [1, "%"];
  return `${signed(low, decimals)} … ${signed(high, decimals)}${sign}`;
}
