/**
 * Where a run takes place: on this machine, or on workers that come to this master.
 *
 * @module
 */
import { wantsOwnThread } from "../../client/net/choose_transport.ts";
import { runLocally, type RunOptions } from "../../fleet/coordination/run_local.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import type { RunResult } from "../../result/run_result.ts";
import { localThreads } from "../compose/local_threads.ts";
import type { Printer } from "../printer.ts";
import type { MainValues } from "../settings/settings.ts";

/** Runs plans, wherever. */
export interface Runner extends AsyncDisposable {
  run(plan: RunPlan, options: RunOptions): Promise<RunResult>;
  /** Load threads that a plan will have, all machines together. */
  threadsFor(plan: RunPlan): number;
}

/** What a runner is opened with. */
export interface RunnerContext {
  /** Ends the wait for workers. */
  readonly signal: AbortSignal;
  readonly printer: Printer;
}

/** Runs on this machine. */
export function localRunner(values: MainValues): Runner {
  return {
    run: async (plan, options) =>
      await runLocally(plan, {
        ...options,
        threads: localThreads(plan, values),
        isBusy: wantsOwnThread(plan.client),
        ...(values.inspect && { isInspected: true }),
      }),
    threadsFor: (plan) => localThreads(plan, values),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
