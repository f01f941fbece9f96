/** Made-up results of runs: what autofind and URL tables judge and show. */
import type { RunPlan } from "../../src/plan/run_plan.ts";
import type { RunResult } from "../../src/result/run_result.ts";
import { histogramOf, outcomeOf, stepOf } from "./outcomes.ts";

/** What a made-up run looked like; every request answered takes the same time. */
export interface StepFacts {
  readonly succeeded: number;
  readonly latencyMs?: number;
  /** The latencies, `succeeded` of them, when they differ. */
  readonly latenciesMs?: readonly number[];
  /** Requests answered with status 503. */
  readonly failed?: number;
  /** Requests without a response, each waited for this long. */
  readonly unanswered?: { readonly count: number; readonly ms: number };
  readonly iterations?: number;
  readonly dropped?: number;
  readonly bodyBytes?: number;
  readonly result?: Partial<RunResult>;
}

/** The result of running `plan`, over the planned time unless told otherwise. */
export function resultOf(plan: RunPlan, facts: StepFacts): RunResult {
  const { succeeded, latencyMs = 10, failed = 0, unanswered = { count: 0, ms: 0 } } = facts;
  const step = stepOf({
    latency: histogramOf(...facts.latenciesMs ?? new Array(succeeded).fill(latencyMs)),
    failedLatency: histogramOf(...new Array(failed).fill(1)),
    unanswered: histogramOf(...new Array(unanswered.count).fill(unanswered.ms)),
    bodyBytes: facts.bodyBytes ?? 0,
    statuses: { "200": succeeded, "503": failed },
    failures: { "HTTP 503": failed, timeout: unanswered.count },
  });
  const planned = "durationMs" in plan.load ? plan.load.durationMs : undefined;
  const { result } = outcomeOf(plan, [step], { result: { durationMs: planned ?? 1000, ...facts.result } });
  const { iterations = succeeded + failed, dropped = 0 } = facts;
  return { ...result, total: { ...result.total, iterations, dropped } };
}
