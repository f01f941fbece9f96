/**
 * Whether a rule of a comparison holds. A rule fires only when the change is beyond its bound and beyond chance; where
 * chance is unknown, the bound alone decides. What is missing in the current run fails; what the baseline lacks cannot
 * be compared and passes.
 *
 * @module
 */
import { formatMetricValue, type Unit } from "../../metrics/catalog.ts";
import type { MetricChange, RuleVerdict } from "./comparison.ts";
import type { FailRule } from "./fail_rule.ts";

/** Judges a rule on the change it is about, or on the headline metrics when it names none. */
export function judgeRule(
  rule: FailRule,
  { about, headline }: {
    readonly about: MetricChange | undefined;
    readonly headline: readonly MetricChange[];
  },
): RuleVerdict {
  const verdict = about === undefined ? judgeHeadline(headline) : judgeChange(rule, about);
  return { expression: rule.expression, ...verdict };
}

type Judged = Omit<RuleVerdict, "expression">;

function judgeHeadline(headline: readonly MetricChange[]): Judged {
  const lost = headline.filter(({ baseline, current }) => baseline !== undefined && current === undefined);
  const worse = headline.filter(({ verdict }) => verdict === "worse");
  const reasons = [
    ...worse.map((change) => `${change.metric} ${changeText(change)}`),
    ...lost.map(({ metric }) => `${metric} was not measured`),
  ];
  if (reasons.length > 0) return { passed: false, reason: `worse: ${reasons.join(", ")}` };
  const isKnown = headline.some(({ verdict }) => verdict !== "unknown");
  return { passed: true, reason: isKnown ? "nothing is worse beyond noise" : "too short to tell from noise" };
}

function judgeChange({ bound }: FailRule, change: MetricChange): Judged {
  const { baseline, current, verdict } = change;
  if (current === undefined) return { passed: false, reason: "not measured in the current run" };
  if (baseline === undefined) return { passed: true, reason: "not in the baseline, nothing to compare with" };
  const text = changeText(change);
  if (bound === undefined) return { passed: verdict !== "worse", reason: `${text}, ${inWords(change)}` };
  const { operator, amount, isRelative } = bound;
  const measured = isRelative ? change.percent ?? changeFromZero(current) : current - baseline;
  const isBeyond = operator === ">" ? measured > amount : measured < amount;
  if (!isBeyond) {
    return operator === ">" && change.isAtLeast
      ? { passed: false, reason: `${text}, but the true value is that or more` }
      : { passed: true, reason: text };
  }
  // A rule that demands an improvement has fired as soon as there is none.
  const demandsChange = operator === ">" ? amount < 0 : amount > 0;
  const isNoise = verdict === "same" && !demandsChange;
  return { passed: isNoise, reason: isNoise ? `${text}, not beyond noise` : `${text}, ${inWords(change)}` };
}

/** `+12.3% (100.00ms to 112.30ms)`. */
function changeText({ unit, baseline, current, percent, delta, isAtLeast }: MetricChange): string {
  const amount = unit === "%"
    ? `${signed(delta ?? 0, 2)} points`
    : percent === undefined
    ? "from 0"
    : `${signed(percent, 1)}%`;
  const [before, after] = [baseline, current].map((value) => formatMetricValue(value ?? 0, unit));
  return `${amount} (${before} to ${isAtLeast ? "≥ " : ""}${after})`;
}

function inWords({ unit, verdict }: MetricChange): string {
  if (isCount(unit)) return "a count, which grows with the run's length";
  switch (verdict) {
    case "same":
      return "not beyond noise";
    case "unknown":
      return "noise unknown";
    default:
      return `${verdict} beyond noise`;
  }
}

/** Counts follow from a run's length, so how they change is neither better nor worse. */
export function isCount(unit: Unit): boolean {
  return unit === "1" || unit === "B";
}

function changeFromZero(current: number): number {
  return current === 0 ? 0 : Math.sign(current) * Infinity;
}

/** A number with its sign. */
export function signed(value: number, decimals: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(decimals)}`;
}
