/**
 * One step of a search for the largest sustainable load: its result, judged. How the loads are chosen is left to the
 * campaign. Nothing measured never passes, and what was cut short is not judged at all.
 *
 * @module
 */
import { formatCompactTime, formatTenths } from "../lib/number_format.ts";
import {
  endedOf,
  errorRatePercent,
  type Percentile,
  percentileOf,
  requestsPerSecond,
  samplesOf,
} from "../metrics/stats.ts";
import { overallStats, type RunResult } from "./run_result.ts";

/** What is searched: users who pause, or iterations started a second. */
export type AutofindBy = "users" | "rate";

/** What a sustainable load keeps. */
export interface AutofindLimits {
  readonly maxErrorRatePercent: number;
  readonly maxP95Ms: number;
}

/** A step of the search. Absent values were not measured. */
export interface AutofindStep {
  /** Users, or the target in iterations per second. */
  readonly load: number;
  /** `interrupted`: cut short, and therefore not judged. */
  readonly verdict: "passed" | "failed" | "interrupted";
  /** Why the step failed, one clause a limit; empty unless it did. */
  readonly reasons: readonly string[];
  /** Requests that ended, a second. */
  readonly requestsPerSecond?: number;
  readonly p50?: Percentile;
  readonly p95?: Percentile;
  readonly p99?: Percentile;
  readonly errorRatePercent?: number;
  /** Requests that ended, errors included. */
  readonly requests: number;
  readonly errors: number;
  /** Requests behind the percentiles. */
  readonly samples: number;
  /** Only when searching by rate. */
  readonly openLoop?: {
    /** Iterations completed, a second. */
    readonly achievedRate: number;
    /** Arrivals that were due and never sent. */
    readonly unsent: number;
    /** Arrivals that started over 1 ms after they were due. */
    readonly late: number;
  };
}

/** The share of its target rate that a step must reach; the rest is what ends after the step and rounding. */
export const LEAST_ACHIEVED = 0.95;

/** Judges the run of one step. */
export function judgeStep(
  result: RunResult,
  { load, limits }: { readonly load: number; readonly limits: AutofindLimits },
): AutofindStep {
  const stats = overallStats(result);
  const { counts } = stats;
  const [p50, p95, p99] = [50, 95, 99].map((percentile) => percentileOf(counts, percentile));
  const rps = requestsPerSecond(stats);
  const errorRate = errorRatePercent(counts);
  const measured = {
    load,
    ...(rps !== undefined && { requestsPerSecond: rps }),
    ...(p50 && { p50 }),
    ...(p95 && { p95 }),
    ...(p99 && { p99 }),
    ...(errorRate !== undefined && { errorRatePercent: errorRate }),
    requests: endedOf(counts),
    errors: counts.failed,
    samples: samplesOf(counts),
    ...(result.plan.load.kind === "rate" && { openLoop: openLoopOf(result) }),
  };
  if (result.interrupted) return { ...measured, verdict: "interrupted", reasons: [] };
  const reasons = failuresOf(measured, limits);
  if (result.lost.length > 0) reasons.push(`${result.lost.length} of the load's workers were lost`);
  return { ...measured, verdict: reasons.length === 0 ? "passed" : "failed", reasons };
}

function failuresOf(
  step: Omit<AutofindStep, "verdict" | "reasons">,
  { maxErrorRatePercent, maxP95Ms }: AutofindLimits,
): string[] {
  const { errorRatePercent: errorRate, p95, openLoop } = step;
  if (errorRate === undefined) return ["no request ended"];
  const reasons: string[] = [];
  if (errorRate > maxErrorRatePercent) {
    reasons.push(`error rate ${percent(errorRate)} is above ${percent(maxErrorRatePercent)}`);
  }
  const limit = formatCompactTime(maxP95Ms);
  if (p95 === undefined) reasons.push("p95 was not measured");
  else if (p95.ms > maxP95Ms) reasons.push(`p95 ${formatCompactTime(p95.ms)} is above ${limit}`);
  else if (p95.isAtLeast) reasons.push("p95 falls among requests without an answer");
  if (openLoop && openLoop.achievedRate < LEAST_ACHIEVED * step.load) {
    reasons.push(`only ${formatTenths(openLoop.achievedRate)} of ${step.load} a second were served`);
  }
  return reasons;
}

/** The rate that was served, over the planned time or, if the answers took longer, over that. */
function openLoopOf({ plan: { load }, durationMs, total }: RunResult): AutofindStep["openLoop"] & object {
  const plannedMs = load.kind === "rate" ? load.durationMs ?? 0 : 0;
  const seconds = Math.max(durationMs, plannedMs) / 1000;
  return {
    achievedRate: seconds > 0 ? total.iterations / seconds : 0,
    unsent: total.unsent,
    late: total.late,
  };
}

/** Up to two decimals, as many as needed: `1%`, `5.25%`. */
function percent(value: number): string {
  return `${Number(value.toFixed(2))}%`;
}
