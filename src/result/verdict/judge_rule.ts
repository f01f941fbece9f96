/**
 * Whether a rule of a comparison holds. A rule fires only when the change is beyond its bound and beyond chance; where
 * chance is unknown, as of extremes and counts, the bound alone decides. What cannot be judged passes, and says so. What
 * is missing in the current run fails; what the baseline lacks cannot be compared and passes. The same goes for a value of
 * which only a lower bound is known, where that does not decide.
 *
 * @module
 */
import { formatDuration } from "../../lib/duration.ts";
import { formatMetricValue, type Unit } from "../../metrics/catalog.ts";
import type { MetricChange, RuleVerdict } from "../comparison.ts";
import type { Resolution } from "./run_interval.ts";
import type { FailRule } from "./fail_rule.ts";

/** A change, and what the runs can tell of it; absent: that is not known. */
export type JudgedChange = MetricChange & { readonly resolution?: Resolution };

/** Judges a rule on the change it is about, or on the headline metrics when it names none. */
export function judgeRule(
  rule: FailRule,
  { about, headline }: {
    readonly about: JudgedChange | undefined;
    readonly headline: readonly MetricChange[];
  },
): RuleVerdict {
  const verdict = about === undefined ? judgeHeadline(headline) : judgeChange(rule, about);
  return { expression: rule.expression, isKnown: true, ...verdict };
}

type Judged = Omit<RuleVerdict, "expression" | "isKnown"> & { readonly isKnown?: false };

function judgeHeadline(headline: readonly MetricChange[]): Judged {
  const lost = headline.filter(({ baseline, current }) => baseline !== undefined && current === undefined);
  const worse = headline.filter(({ verdict }) => verdict === "worse");
  const isJudged = ({ notJudged }: MetricChange) => notJudged === undefined;
  const untold = headline.filter((change) => change.isAtLeast && isUntold(change) && isJudged(change));
  const reasons = [
    ...worse.map((change) => `${change.metric} ${changeText(change)}`),
    ...lost.map(({ metric }) => `${metric} was not measured`),
  ];
  const clauses = [
    ...(reasons.length > 0 ? [`worse: ${reasons.join(", ")}`] : []),
    ...(untold.length > 0
      ? [`cannot be told: ${untold.map((change) => `${change.metric} ${changeText(change)}`).join(", ")}`]
      : []),
  ];
  if (clauses.length > 0) return { passed: false, reason: clauses.join("; ") };
  const unjudged = headline.filter((change) => !isJudged(change));
  if (unjudged.length === 0) return { passed: true, reason: "nothing is worse beyond noise" };
  const why = [...new Set(unjudged.map(({ notJudged }) => notJudged))].join("; ");
  const names = unjudged.map(({ metric }) => metric).join(", ");
  const isAll = unjudged.length === headline.length;
  return { passed: true, isKnown: false, reason: isAll ? why : `${why} (${names})` };
}

function judgeChange({ bound }: FailRule, change: JudgedChange): Judged {
  const { baseline, current, percent, verdict } = change;
  if (current === undefined) {
    return {
      passed: false,
      reason: `not measured in ${baseline === undefined ? "either run" : "the current run"}`,
    };
  }
  if (baseline === undefined) return { passed: true, reason: "not in the baseline, nothing to compare with" };
  const text = changeText(change);
  if (change.notJudged !== undefined) {
    return { passed: true, isKnown: false, reason: `${text}; ${change.notJudged}` };
  }
  if (bound === undefined) {
    return isUntold(change)
      ? undecided(change)
      : { passed: verdict !== "worse", reason: `${text}, ${inWords(change)}` };
  }
  const { operator, amount, isRelative } = bound;
  const delta = current - baseline;
  const measured = !isRelative
    ? delta
    : baseline === 0
    ? changeFromZero(current)
    : percent ?? delta / Math.abs(baseline) * 100;
  const isBeyond = operator === ">" ? measured > amount : measured < amount;
  if (!isDecided(change, { operator, isBeyond })) return undecided(change);
  // A rule that demands an improvement has fired as soon as there is none.
  const demandsChange = operator === ">" ? amount < 0 : amount > 0;
  const isNoise = verdict === "same" && !demandsChange;
  if (isBeyond && !isNoise) return { passed: false, reason: `${text}, ${inWords(change)}` };
  const needs = isNoise ? neededText({ amount: Math.abs(amount), isRelative }, change) : "";
  return { passed: true, reason: `${text}${isBeyond ? ", not beyond noise" : ""}${needs}` };
}

/** Longer runs are nothing to advise. */
const MAX_ADVISED_MS = 1_800_000;

/** What it takes to tell a change as small as a rule's bound from chance; empty when these runs do. */
function neededText(
  { amount, isRelative }: { readonly amount: number; readonly isRelative: boolean },
  { unit, baseline = 0, resolution }: JudgedChange,
): string {
  const bound = isRelative || unit === "%" ? amount : amount / Math.abs(baseline) * 100;
  if (resolution === undefined || bound === 0 || !Number.isFinite(bound) || resolution.change <= bound) {
    return "";
  }
  const { change, least, durationMs } = resolution;
  const inUnit = (value: number) => unit === "%" ? `${value.toFixed(2)} points` : `${value.toFixed(1)}%`;
  const neededMs = least < bound
    ? durationMs * (change ** 2 - least ** 2) / (bound ** 2 - least ** 2)
    : Infinity;
  const remedy = neededMs <= MAX_ADVISED_MS
    ? `runs of ${formatDuration(Math.ceil(neededMs / 5000) * 5000)} would tell ${inUnit(bound)}`
    : "longer runs would not tell it either, bench duel or several runs of each side may";
  return `; less than ${inUnit(change)} cannot be told from noise here: ${remedy}`;
}

/** A lower bound on either side, and no telling which side is larger. */
export function isUntold({ isAtLeast, isBaselineAtLeast, delta }: MetricChange): boolean {
  return (isAtLeast === true || isBaselineAtLeast === true) && delta === undefined;
}

/**
 * Whether what was measured tells if the true change is beyond a rule's bound: with a lower bound in the current run it
 * may be larger than what was measured, with one in the baseline smaller.
 */
function isDecided(
  { isAtLeast, isBaselineAtLeast }: MetricChange,
  { operator, isBeyond }: { readonly operator: "<" | ">"; readonly isBeyond: boolean },
): boolean {
  if (!isAtLeast && !isBaselineAtLeast) return true;
  if (isAtLeast && isBaselineAtLeast) return false;
  return (operator === ">") === (isAtLeast === true) ? isBeyond : !isBeyond;
}

function undecided(change: MetricChange): Judged {
  return change.isBaselineAtLeast
    ? { passed: true, reason: `${changeText(change)}: the baseline has only a lower bound to compare with` }
    : {
      passed: false,
      reason: `${changeText(change)}: only a lower bound is known, the change cannot be told`,
    };
}

/** `+12.3% (100.00ms to 112.30ms)`. */
function changeText(change: MetricChange): string {
  const { unit, baseline, current, isAtLeast, isBaselineAtLeast } = change;
  const [before, after] = [baseline, current].map((value) => formatMetricValue(value ?? 0, unit));
  const values = `${isBaselineAtLeast ? "≥ " : ""}${before} to ${isAtLeast ? "≥ " : ""}${after}`;
  return isUntold(change) ? values : `${amountText(change)} (${values})`;
}

/** `+12.3%`, `+0.50 points`, `≥ +20.0%`; a change whose direction is known. */
export function amountText({ unit, percent, delta, isAtLeast, isBaselineAtLeast }: MetricChange): string {
  const bound = isAtLeast ? "≥ " : isBaselineAtLeast ? "≤ " : "";
  if (unit === "%") return `${bound}${signed(delta ?? 0, 2)} points`;
  return percent === undefined ? "from 0" : `${bound}${signed(percent, 1)}%`;
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
