/**
 * One step of a search for the largest sustainable load: its result, judged. How the loads are chosen is left to the
 * campaign. Nothing measured never passes, and what was cut short is not judged at all.
 *
 * @module
 */
import { formatDuration } from "../lib/duration.ts";
import { formatTenths, formatTime } from "../lib/number_format.ts";
import { rankOf, valueAtRank } from "../metrics/histogram.ts";
import { addStepStats, EMPTY_STEP_STATS } from "../metrics/snapshot.ts";
import {
  endedOf,
  errorRatePercent,
  errorsOf,
  exchangedOf,
  type Percentile,
  percentileOf,
  requestsPerSecond,
  samplesOf,
  samplesToResolve,
} from "../metrics/stats.ts";
import { isOpenLoop, loadFacts } from "../plan/load_kinds.ts";
import type { Scenario } from "../plan/scenario.ts";
import { overallStats, type RunResult } from "./run_result.ts";
import { saturationOf } from "./saturation.ts";

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
  /** Requests that ended, per second. */
  readonly requestsPerSecond?: number;
  readonly p50?: Percentile;
  readonly p95?: Percentile;
  /** Absent of fewer requests than 100, too. */
  readonly p99?: Percentile;
  readonly errorRatePercent?: number;
  /** Requests that ended, errors included. */
  readonly requests: number;
  readonly errors: number;
  /** Requests behind the percentiles. */
  readonly samples: number;
  /** How long the load lasted. */
  readonly durationMs: number;
  /** The load generator did not keep up. */
  readonly isGeneratorLimited: boolean;
  /** Only when searching by rate. */
  readonly openLoop?: {
    /** Iterations a second whose first request was answered, as far as the server kept up. */
    readonly achievedRate: number;
    /** Arrivals that were due and never sent. */
    readonly dropped: number;
    /** Arrivals that started more than 1 ms late. */
    readonly delayed: number;
  };
}

/** The share of its target rate that a step must reach. */
const MIN_ACHIEVED = 0.95;

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
    ...(p99 && samplesOf(counts) >= samplesToResolve(99) && { p99 }),
    ...(errorRate !== undefined && { errorRatePercent: errorRate }),
    requests: endedOf(counts),
    errors: errorsOf(counts),
    samples: samplesOf(counts),
    durationMs: loadFacts(result.plan.load).durationMs ?? result.durationMs,
    isGeneratorLimited: saturationOf(result) !== undefined,
    ...(isOpenLoop(result.plan) && { openLoop: openLoopOf(result) }),
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
  const limit = formatDuration(maxP95Ms);
  if (p95 === undefined) reasons.push("p95 was not measured");
  else if (p95.ms > maxP95Ms) reasons.push(`p95 ${formatTime(p95.ms)} is above ${limit}`);
  else if (p95.isAtLeast) reasons.push("p95 falls among requests without a response");
  if (openLoop && openLoop.achievedRate < MIN_ACHIEVED * step.load) {
    reasons.push(`only ${formatTenths(openLoop.achievedRate)} of ${step.load} per second were served`);
  }
  return reasons;
}

/**
 * The rate that was served: iterations whose first request was answered, over the planned time and what the server fell
 * behind. What one that keeps up has still to answer in the end is not behind, nor are later requests of a long iteration.
 * One that is too slow for the rate falls behind evenly, so that the last response is late by twice the median delay.
 */
function openLoopOf({ plan, durationMs, total }: RunResult): AutofindStep["openLoop"] & object {
  const { durationMs: plannedMs = 0 } = loadFacts(plan.load);
  const firsts = firstSteps(plan.scenario);
  const counts = total.steps.filter(({ step }) => firsts.has(step)).reduce(addStepStats, EMPTY_STEP_STATS);
  const { latency } = counts;
  const median = latency.count === 0 ? Infinity : valueAtRank(latency, rankOf(50, latency.count));
  const behindMs = 2 * (median - latency.min) / 1000;
  const seconds = Math.min(Math.max(durationMs, plannedMs), plannedMs + behindMs) / 1000;
  return {
    achievedRate: seconds > 0 ? exchangedOf(counts) / seconds : 0,
    dropped: total.dropped,
    delayed: total.delayed,
  };
}

/** The positions of the flows' first steps among all steps. */
function firstSteps({ flows }: Scenario): ReadonlySet<number> {
  let next = 0;
  return new Set(flows.map(({ steps }) => (next += steps.length) - steps.length));
}

/** Up to two decimals, as many as needed: `1%`, `5.25%`. */
function percent(value: number): string {
  return `${Number(value.toFixed(2))}%`;
}
