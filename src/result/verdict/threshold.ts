/**
 * Pass or fail: claims such as `p95 < 300ms`, judged on a finished run or any part of one. What was not measured fails;
 * a lower bound fails a claim that it is below something, unless even the bound is above it and the claim is `>`.
 *
 * @module
 */
import { UsageError } from "../../lib/errors.ts";
import { formatMetricValue, type Metric, type Unit } from "../../metrics/catalog.ts";
import type { Stats } from "../../metrics/stats.ts";
import { boundOf, knownMetric, NUMBER, refuseUnit, UNIT } from "./bound.ts";
import type { ThresholdVerdict } from "../outcome.ts";

/** A comparison that must hold. */
export type Operator = "<" | ">" | "<=" | ">=";

/** A claim, read. */
export interface Threshold {
  /** As the user wrote it, with the unit that it was taken to have. */
  readonly expression: string;
  readonly metric: Metric;
  /** The step it is about; absent: the whole run. */
  readonly step?: string;
  readonly operator: Operator;
  /** In the metric's unit. */
  readonly bound: number;
  /** A bound without a unit that others would read in another one: seconds for ms, percent for a fraction. */
  readonly isUnitMissing: boolean;
}

const GRAMMAR = new RegExp(
  String.raw`^\s*(?:step:(?:"(?<quoted>[^"]*)"|(?<step>.+?))\s+)?(?<metric>[a-z_][\w.]*)\s*` +
    String.raw`(?<operator><=|>=|<|>)\s*(?<number>${NUMBER})\s*(?<unit>${UNIT})?\s*$`,
);
/** What verdicts add to a bound that has no unit. */
const IMPLIED: Readonly<Partial<Record<Unit, string>>> = { s: " s", "%": "%" };

/**
 * Reads `[step:NAME] METRIC OPERATOR NUMBER[UNIT]`; a name may stand in double quotes.
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
  const parts = GRAMMAR.exec(expression)?.groups;
  if (!parts) {
    throw new UsageError(`expected a claim such as "p95 < 300ms" or "error_rate < 1%"`);
  }
  const metric = knownMetric(parts.metric!, { written: parts.metric!, others: "or any percentile" });
  const unit = parts.unit;
  const step = parts.quoted ?? parts.step;
  if (unit !== undefined && !isUnitOf(metric, unit)) refuseUnit(metric, unit);
  return {
    expression: unit === undefined ? `${expression.trim()}${IMPLIED[metric.unit] ?? ""}` : expression.trim(),
    metric,
    ...(step !== undefined && { step }),
    operator: parts.operator as Operator,
    bound: boundOf(parts.number!, unit, metric),
    isUnitMissing: unit === undefined && (metric.unit === "s" || metric.key === "success_rate"),
  };
}

/** Judges a claim on what was measured; `undefined` stats: the step never ran. */
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
