/**
 * What a search for the largest sustainable load found, and its public JSON document. Names and units are part of the
 * interface and only ever added to; seconds, counts, percent.
 *
 * @module
 */
import type { Percentile } from "../metrics/stats.ts";
import type { AutofindBy, AutofindLimits, AutofindStep } from "./autofind_step.ts";
import { rounded } from "../lib/json/present.ts";

/** A search, ended. */
export interface AutofindResult {
  readonly by: AutofindBy;
  /** The URL or first URL, credentials masked. */
  readonly url: string;
  readonly limits: AutofindLimits;
  readonly stepDurationMs: number;
  /** The limit on p95 is this many times p95 of the first step; absent: it was given. */
  readonly kneeFactor?: number;
  /** The largest load that passed; absent: none did. */
  readonly best?: number;
  /** The smallest load that failed: what the server sustains lies below; absent: none did. */
  readonly firstFailed?: number;
  /** `best` is the largest load that the search may try: the server may sustain more. */
  readonly reachedMax: boolean;
  /** The search was ended early: `best` is what had passed by then. */
  readonly interrupted: boolean;
  /** In the order run. */
  readonly steps: readonly AutofindStep[];
}

/** One step in the document; times in seconds, `null` where nothing was measured. */
export interface AutofindStepJson {
  /** Searching by users. */
  readonly users?: number;
  /** Searching by rate: the target, what was served, and what did not start in time or at all. */
  readonly rate?: number;
  readonly achieved_rate?: number;
  readonly delayed?: number;
  readonly dropped?: number;
  readonly rps: number | null;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  /** Percentiles above whose true value is what is given or more. */
  readonly percentiles_at_least: readonly string[];
  readonly error_rate: number | null;
  readonly total_requests: number;
  readonly total_errors: number;
  readonly latency_samples: number;
  /** How long the step took, in seconds: less than `step_duration` when it was clear before. */
  readonly duration: number;
  /** The load generator did not keep up: the step tells of it, not of the server. */
  readonly generator_limited: boolean;
  /** `null`: cut short and not judged. */
  readonly passed: boolean | null;
  /** Why it failed. */
  readonly reasons: readonly string[];
}

/** The document of a search. */
export interface AutofindJson {
  readonly mode: "autofind";
  readonly url: string;
  /** In percent. */
  readonly max_error_rate: number;
  /** In seconds. */
  readonly max_p95: number;
  /** In seconds. */
  readonly step_duration: number;
  /** `null`: no load passed, or the search was by rate. */
  readonly max_sustainable_users: number | null;
  /** Only in a search by rate; `null`: no rate passed. */
  readonly max_sustainable_rate?: number | null;
  /** The smallest load that failed: what the server sustains lies between the two. `null`: none failed. */
  readonly first_failed: number | null;
  /** `max_p95` is this many times p95 of the first step; `null`: it was given. */
  readonly knee_factor: number | null;
  readonly reached_max: boolean;
  readonly interrupted: boolean;
  readonly steps: readonly AutofindStepJson[];
}

/** A search as the public document. */
export function toAutofindJson(result: AutofindResult): AutofindJson {
  const { by, limits, best = null } = result;
  return {
    mode: "autofind",
    url: result.url,
    max_error_rate: limits.maxErrorRatePercent,
    max_p95: limits.maxP95Ms / 1000,
    step_duration: result.stepDurationMs / 1000,
    max_sustainable_users: by === "users" ? best : null,
    ...(by === "rate" && { max_sustainable_rate: best }),
    first_failed: result.firstFailed ?? null,
    knee_factor: result.kneeFactor ?? null,
    reached_max: result.reachedMax,
    interrupted: result.interrupted,
    steps: result.steps.map((step) => stepJson(step, by)),
  };
}

function stepJson(step: AutofindStep, by: AutofindBy): AutofindStepJson {
  const { p50, p95, p99, openLoop } = step;
  return {
    ...(by === "users" ? { users: step.load } : { rate: step.load }),
    ...(openLoop && {
      achieved_rate: rounded(openLoop.achievedRate, 2),
      delayed: openLoop.delayed,
      dropped: openLoop.dropped,
    }),
    rps: orNull(step.requestsPerSecond, 2),
    p50: seconds(p50),
    p95: seconds(p95),
    p99: seconds(p99),
    percentiles_at_least: Object.entries({ p50, p95, p99 }).flatMap(([key, value]) =>
      value?.isAtLeast ? [key] : []
    ),
    error_rate: orNull(step.errorRatePercent, 2),
    total_requests: step.requests,
    total_errors: step.errors,
    latency_samples: step.samples,
    duration: rounded(step.durationMs / 1000, 1),
    generator_limited: step.isGeneratorLimited,
    passed: step.verdict === "interrupted" ? null : step.verdict === "passed",
    reasons: step.reasons,
  };
}

function seconds(value: Percentile | undefined): number | null {
  return orNull(value && value.ms / 1000, 6);
}

function orNull(value: number | undefined, decimals: number): number | null {
  return value === undefined ? null : rounded(value, decimals);
}
