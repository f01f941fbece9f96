/**
 * Pass or fail: thresholds such as `p95 < 300ms`, judged on a finished run or any part of one. What was not measured
 * fails. What is only known to be at least something fails `<`, and passes `>` if even that much is above the threshold.
 *
 * @module
 */
import { UsageError } from "../../lib/errors.ts";
import { formatMetricValue, type Metric, type Unit } from "../../metrics/catalog.ts";
import type { Stats } from "../../metrics/stats.ts";
import { ALL_CHECKS, customMetric, isCustomField } from "../custom_results.ts";
import { type Operator, parseRule, refuseUnit } from "./rule_grammar.ts";
import type { ThresholdVerdict } from "../outcome.ts";
import type { PartName } from "../run_parts.ts";

/** A threshold, read. */
export interface Threshold {
  /** As the user wrote it, with the unit that it was taken to have. */
  readonly expression: string;
  readonly metric: Metric;
  /** The part it is about; absent: the whole run. */
  readonly part?: PartName;
  /** The name of a metric or check of the user's code that it is about; absent: it is about what all runs have. */
  readonly custom?: string;
  readonly operator: Operator;
  /** In the metric's unit. */
  readonly bound: number;
  /** A bound without a unit that others would read in another one: seconds for ms, percent for a fraction. */
  readonly isUnitMissing: boolean;
}

/** What verdicts add to a bound that has no unit. */
const IMPLIED: Readonly<Partial<Record<Unit, string>>> = { s: " s", "%": "%" };

/**
 * Reads `[KIND:NAME] [TIMES] METRIC OPERATOR NUMBER[UNIT]`, the kind being `step`, `group`, `iteration` or `scenario`, or `NAME FIELD
 * OPERATOR NUMBER[%]` for a metric of the user's code; a name may stand in double quotes.
 * @throws {UsageError} with what goes on after what was found: what is wrong with it, what was expected.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const { metric, operator, bound } = parseThreshold("p95 < 300ms");
 * assertEquals([metric.key, operator, bound], ["p95", "<", 0.3]);
 * ```
 */
export function parseThreshold(expression: string): Threshold {
  const { about, comparison } = parseRule(expression) ?? {};
  const custom = about === undefined ? parseCustom(expression) : undefined;
  if (custom !== undefined) return custom;
  if (about === undefined || comparison === undefined || comparison.isSigned) {
    throw new UsageError(`expected a threshold such as "p95 < 300ms" or "error_rate < 1%"`);
  }
  const { metric, part } = about;
  const { operator, bound, unit } = comparison;
  if (unit !== undefined && !isUnitOf(metric, unit)) refuseUnit(metric, unit);
  return {
    expression: unit === undefined ? `${expression.trim()}${IMPLIED[metric.unit] ?? ""}` : expression.trim(),
    metric,
    ...(part && { part }),
    operator,
    bound,
    isUnitMissing: unit === undefined && (metric.unit === "s" || metric.key === "success_rate"),
  };
}

const CUSTOM =
  /^\s*(?:"(?<quoted>[^"]+)"|(?<bare>[A-Za-z_][\w./-]*))\s+(?<field>[a-z]+[\d.]*)\s*(?<operator><=|>=|<|>)\s*(?<number>-?(?:\d+(?:\.\d+)?|\.\d+))\s*(?<percent>%)?\s*$/;

/** A threshold on a metric of the user's code, such as `orders count > 40`; `undefined`: it is none. */
function parseCustom(expression: string): Threshold | undefined {
  const { quoted, bare, field = "", operator, number, percent } = CUSTOM.exec(expression)?.groups ?? {};
  const name = quoted ?? bare;
  // "iteration p95" is a part of every run.
  if (name === undefined || name === "iteration" || !isCustomField(field)) return undefined;
  if (name === ALL_CHECKS && field === "rate" && percent === undefined && Number(number) > 1) {
    throw new UsageError(
      `but the rate of checks is a share: did you mean ${ALL_CHECKS} rate ${operator} ${number}%?`,
    );
  }
  return {
    expression: expression.trim(),
    metric: customMetric(name, field, percent !== undefined),
    custom: name,
    operator: operator as Operator,
    bound: Number(number),
    isUnitMissing: false,
  };
}

/** Judges a threshold on what was measured; `undefined` stats: the step never ran. */
export function judge(threshold: Threshold, stats: Stats | undefined): ThresholdVerdict {
  const { expression, metric, operator, bound } = threshold;
  const value = stats && metric.read(stats);
  if (stats === undefined || value === undefined) return { expression, passed: false };
  const isBound = metric.isAtLeast(stats);
  const actual = `${isBound ? "≥ " : ""}${formatMetricValue(value, metric.unit)}`;
  const wantsLess = operator.startsWith("<");
  return { expression, actual, passed: !(isBound && wantsLess) && holds(value, operator, bound) };
}

function isUnitOf(metric: Metric, unit: string): boolean {
  return unit === "%" ? metric.unit === "%" : metric.unit === "s";
}

function holds(value: number, operator: Operator, bound: number): boolean {
  switch (operator) {
    case "<":
      return value < bound;
    case ">":
      return value > bound;
    case "<=":
      return value <= bound;
    case ">=":
      return value >= bound;
  }
}
