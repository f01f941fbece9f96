/**
 * Rules of a comparison, such as `p95 > +10%`: how much worse a run may be than its baseline. What is compared is the
 * change, never the value itself. Judging is in `compare.ts`.
 *
 * @module
 */
import { UsageError } from "../../lib/errors.ts";
import { type MetricPath, parseRule, refuseUnit } from "./rule_grammar.ts";
import { noiseKindOf } from "./run_noise.ts";

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

/**
 * Reads `METRIC < or > [SIGN]NUMBER[%|ms|us|s]`, `METRIC worse` or `worse`.
 * @throws {UsageError} with what goes on after what was found: what is wrong with it, what was expected.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(parseFailRule("p95 > +10%").bound, { operator: ">", amount: 10, isRelative: true });
 * assertEquals(parseFailRule('step:"GET /a b".p95 > 5ms').about?.part, { kind: "step", name: "GET /a b" });
 * ```
 */
export function parseFailRule(expression: string): FailRule {
  const trimmed = expression.trim();
  if (trimmed === "worse") return { expression: trimmed, isUnitMissing: false };
  const { about, comparison } = parseRule(expression) ?? {};
  if (about === undefined || comparison?.operator.endsWith("=")) {
    throw new UsageError(
      `expected a rule such as "p95 > +10%", "rps < -5%", "p99 worse" or "worse"`,
    );
  }
  const { metric } = about;
  if (comparison === undefined) {
    if (noiseKindOf(metric) === "unknown") {
      throw new UsageError(
        `but the noise of ${metric.key} is not known; expected a limit, such as "${about.path} > +10%"`,
      );
    }
    return { expression: trimmed, about, isUnitMissing: false };
  }
  const { operator, bound: amount, unit } = comparison;
  if (unit !== undefined && unit !== "%" && metric.unit !== "s") refuseUnit(metric, unit);
  const isUnitMissing = metric.unit === "s" && unit === undefined;
  return {
    expression: isUnitMissing ? `${trimmed} s` : trimmed,
    about,
    bound: { operator: operator as "<" | ">", amount, isRelative: unit === "%" },
    isUnitMissing,
  };
}
