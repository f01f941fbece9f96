/**
 * Rules of a comparison, such as `p95 > +10%`: how much worse a run may be than its baseline. What is compared is the
 * change, never the value itself. Judging is in `compare.ts`.
 *
 * @module
 */
import { UsageError } from "../../lib/errors.ts";
import type { Metric } from "../../metrics/catalog.ts";
import { boundOf, knownMetric, NUMBER, refuseUnit, UNIT } from "./bound.ts";
import { noiseKindOf } from "./run_noise.ts";

/** A metric of the whole run or of one step. */
export interface MetricPath {
  /** As rules and tables write it: `p95`, `step:login.p95`, `step:"GET /a b".p95`. */
  readonly path: string;
  readonly metric: Metric;
  /** Absent: the whole run. */
  readonly step?: string;
}

/** A rule, read. */
export interface FailRule {
  /** As the user wrote it, a latency bound without a unit with the one that it was taken to have. */
  readonly expression: string;
  /** Absent: every headline metric, in a rule without a bound. */
  readonly about?: MetricPath;
  /** The change that fires; absent: any change for the worse beyond the noise. */
  readonly bound?: {
    readonly operator: "<" | ">";
    /** With its sign: in percent of the baseline, or in the metric's unit. */
    readonly amount: number;
    readonly isRelative: boolean;
  };
  /** A latency bound without a unit was taken as seconds. */
  readonly isUnitMissing: boolean;
}

/** The names of a step's fields that differ from the run's metrics. */
const STEP_FIELDS: Readonly<Record<string, string>> = {
  count: "total_requests",
  errors: "total_errors",
  min: "min_latency",
  max: "max_latency",
  mean: "avg_latency",
  median: "median_latency",
  stdev: "stdev_latency",
};

const RULE = new RegExp(
  String.raw`^\s*(?<path>step:"[^"]*"\.\S+?|\S+?)\s*` +
    String.raw`(?:(?<operator>[<>])\s*(?<number>[+-]?${NUMBER})\s*(?<unit>${UNIT})?|\s+worse)\s*$`,
);
const STEP =
  /^step:(?:"(?<quoted>[^"]*)"|(?<bare>.+?))\.(?<field>(?:service_)?p\d+(?:\.\d+)?|[a-z_][a-z_\d]*)$/;

/**
 * Reads `METRIC < or > [SIGN]NUMBER[%|ms|us|s]`, `METRIC worse` or `worse`.
 * @throws {UsageError} with what goes on after what was found: what is wrong with it, what was expected.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(parseFailRule("p95 > +10%").bound, { operator: ">", amount: 10, isRelative: true });
 * assertEquals(parseFailRule('step:"GET /a b".p95 > 5ms').about?.step, "GET /a b");
 * ```
 */
export function parseFailRule(expression: string): FailRule {
  const trimmed = expression.trim();
  if (trimmed === "worse") return { expression: trimmed, isUnitMissing: false };
  const parts = RULE.exec(expression)?.groups;
  if (!parts) {
    throw new UsageError(
      `expected a rule such as "p95 > +10%", "rps < -5%", "p99 worse" or "worse"`,
    );
  }
  const about = parseMetricPath(parts.path!);
  const { operator, number, unit } = parts;
  const { metric } = about;
  if (operator === undefined) {
    if (noiseKindOf(metric) === "unknown") {
      throw new UsageError(
        `but it is not known how much of ${metric.key} is noise; expected a bound, such as "${about.path} > +10%"`,
      );
    }
    return { expression: trimmed, about, isUnitMissing: false };
  }
  if (unit !== undefined && unit !== "%" && metric.unit !== "s") refuseUnit(metric, unit);
  const isRelative = unit === "%";
  const isUnitMissing = metric.unit === "s" && unit === undefined;
  return {
    expression: isUnitMissing ? `${trimmed} s` : trimmed,
    about,
    bound: {
      operator: operator as "<" | ">",
      amount: boundOf(number!, unit, metric),
      isRelative,
    },
    isUnitMissing,
  };
}

/** A metric's name as text: names that need it are quoted. */
export function pathOf(field: string, step?: string): string {
  if (step === undefined) return field;
  return /^[^\s"<>]+$/.test(step) ? `step:${step}.${field}` : `step:"${step}".${field}`;
}

function parseMetricPath(path: string): MetricPath {
  const parts = STEP.exec(path)?.groups;
  const step = parts && (parts.quoted ?? parts.bare);
  const name = parts ? STEP_FIELDS[parts.field!] ?? parts.field! : path;
  const isBroken = path.startsWith("step:") && step === undefined;
  const metric = knownMetric(isBroken ? "" : name, {
    written: path,
    others: `any percentile, or step:"NAME".METRIC`,
  });
  return { path: pathOf(parts?.field ?? metric.key, step), metric, ...(step !== undefined && { step }) };
}
