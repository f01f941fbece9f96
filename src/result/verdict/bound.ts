/**
 * What thresholds and rules have in common: how a bound is written, its unit, and the metric that it is for.
 *
 * @module
 */
import { UsageError } from "../../lib/errors.ts";
import { type Metric, metricFor, METRICS } from "../../metrics/catalog.ts";

/** Parts of patterns: a number without a sign, and the units it may have. */
export const NUMBER = String.raw`(?:\d+(?:\.\d+)?|\.\d+)`;
/** See {@linkcode NUMBER}. */
export const UNIT = "(?:ms|us|s|%)";

const SECONDS: Readonly<Record<string, number>> = { s: 1, ms: 1e-3, us: 1e-6 };

/** A bound in the metric's unit: times without a unit are seconds. */
export function boundOf(number: string, unit: string | undefined, metric: Metric): number {
  return Number(number) * (metric.unit === "s" && unit !== "%" ? SECONDS[unit ?? "s"]! : 1);
}

/** The metric of this name. @throws {UsageError} that names it as it was `written`, and what else there is, if it is none */
export function knownMetric(name: string, { written, others }: {
  readonly written: string;
  readonly others: string;
}): Metric {
  const metric = metricFor(name);
  if (metric !== undefined) return metric;
  const known = METRICS.map(({ key }) => key).join(", ");
  throw new UsageError(`with the unknown metric "${written}"; expected one of ${known}, ${others}`);
}

/** @throws {UsageError} that says that the metric has no such unit */
export function refuseUnit(metric: Metric, unit: string): never {
  throw new UsageError(`but ${metric.key} has no unit "${unit}"`);
}
