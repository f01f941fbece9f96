/**
 * How thresholds and fail rules are written: a metric of the run or of a step, a comparison, a bound and its unit. What
 * they mean is in `threshold.ts` and `fail_rule.ts`.
 *
 * @module
 */
import { suggest } from "../../lib/suggest.ts";
import { UsageError } from "../../lib/errors.ts";
import { SHOWN_TIMES } from "../../metrics/measures.ts";
import { type Metric, metricFor, METRICS } from "../../metrics/catalog.ts";
import { PART_KINDS, type PartKind, type PartName, pathOf } from "../run_parts.ts";

/** A comparison that must hold, or must not. */
export type Operator = "<" | ">" | "<=" | ">=";

/** A metric of the whole run or of a part of it. */
export interface MetricPath {
  /** As rules and tables write it: `p95`, `step:login.p95`, `group:"sign up".p95`, `iteration.p95`. */
  readonly path: string;
  readonly metric: Metric;
  /** Absent: the whole run. */
  readonly part?: PartName;
}

/** A threshold or rule, taken apart. */
export interface Rule {
  readonly about: MetricPath;
  /** Absent: `worse` stands in its place. */
  readonly comparison?: {
    readonly operator: Operator;
    /** In the metric's unit, times without a unit in seconds; in percent if that is the unit. */
    readonly bound: number;
    readonly isSigned: boolean;
    readonly unit?: string;
  };
}

/** A distribution's name apart from what is asked of it: `rtt p95` for `rtt_p95`. */
const TWO_WORDS = new RegExp(
  String.raw`^(\s*(?:step:(?:"[^"]*"|\S+)\s+)?)(${
    SHOWN_TIMES.map(({ key }) => key).join("|")
  })\s+(?=p\d|mean|max)`,
);

const KINDS = PART_KINDS.join("|");
const RULE = new RegExp(
  [
    String
      .raw`^\s*(?<path>(?:(?<kind>${KINDS}):(?:"(?<quoted>[^"]*)"|(?<bare>.+?))|(?<all>iteration))(?:\s+|\.)`,
    String.raw`(?<field>[a-z_]\w*(?:\.\d+)?)|\S+?)\s*`,
    String
      .raw`(?:(?<operator><=|>=|<|>)\s*(?<sign>[+-])?(?<number>\d+(?:\.\d+)?|\.\d+)\s*(?<unit>ms|us|s|%)?`,
    String.raw`|\s+worse)\s*$`,
  ].join(""),
);
/** What is asked for most. */
const COMMON = ["rps", "p50", "p95", "p99", "avg_latency", "error_rate"] as const;

/** The names of a part's fields that differ from the run's metrics. */
const STEP_FIELDS: Readonly<Record<string, string>> = {
  count: "total_requests",
  errors: "total_errors",
  min: "min_latency",
  max: "max_latency",
  mean: "avg_latency",
  median: "median_latency",
  stdev: "stdev_latency",
};
const SECONDS: Readonly<Record<string, number>> = { s: 1, ms: 1e-3, us: 1e-6 };

/**
 * Reads `[KIND:NAME] METRIC OPERATOR [SIGN]NUMBER[UNIT]` or `[KIND:NAME] METRIC worse`, where the kind is that of a part of
 * the run. A name may stand in double quotes, and a dot for the blank behind it; `iteration` alone means those of all
 * flows. `undefined`: it is none of these.
 * @throws {UsageError} with what goes on after what was found, when there is no such metric.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const { about, comparison } = parseRule('step:"GET /a b" p95 <= 300ms')!;
 * assertEquals([about.part?.name, about.metric.key, comparison?.bound], ["GET /a b", "p95", 0.3]);
 * assertEquals(parseRule("step:login.p95 > +10%")?.about.path, "step:login.p95");
 * ```
 */
export function parseRule(expression: string): Rule | undefined {
  const parts = RULE.exec(expression.replace(TWO_WORDS, "$1$2_"))?.groups;
  if (!parts) return undefined;
  const part = partIn(parts);
  const { operator, unit, sign } = parts;
  const about = findMetric(parts.path!, parts.field, part);
  if (operator === undefined) return { about };
  const factor = about.metric.unit === "s" && unit !== "%" ? SECONDS[unit ?? "s"]! : 1;
  return {
    about,
    comparison: {
      operator: operator as Operator,
      bound: Number(`${sign ?? ""}${parts.number}`) * factor,
      isSigned: sign !== undefined,
      ...(unit !== undefined && { unit }),
    },
  };
}

function partIn(
  { kind, quoted, bare, all }: Readonly<Record<string, string | undefined>>,
): PartName | undefined {
  if (all !== undefined) return { kind: "iteration" };
  const name = quoted ?? bare;
  return name === undefined ? undefined : { kind: kind as PartKind, name };
}

/** @throws {UsageError} that says that the metric has no such unit */
export function refuseUnit(metric: Metric, unit: string): never {
  throw new UsageError(`but ${metric.key} has no unit "${unit}"`);
}

function findMetric(path: string, field: string | undefined, part: PartName | undefined): MetricPath {
  const name = field === undefined ? path : STEP_FIELDS[field] ?? field;
  const metric = metricFor(name);
  if (metric === undefined) {
    const near = suggest(name, [...COMMON, ...METRICS.map(({ key }) => key)]);
    const guess = near === undefined ? "" : `: did you mean ${near}?`;
    throw new UsageError(
      `with the unknown metric "${path}"${guess} (there are ${COMMON.join(", ")}, any percentile, ` +
        'step:"NAME" METRIC; bench help thresholds has all)',
    );
  }
  if (part?.kind === "server_timing" && metric.key !== "total_requests" && metric.unit !== "s") {
    throw new UsageError(`but Server-Timing has only count and times such as p95, not "${name}"`);
  }
  return { path: pathOf(field ?? metric.key, part), metric, ...(part && { part }) };
}
