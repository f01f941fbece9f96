/**
 * Where a run takes place: on this machine, or on workers that come to this master.
 *
 * @module
 */
import { runLocally, type RunOptions } from "../../fleet/coordination/run_local.ts";
import { threadCount } from "../../load/load_options.ts";
import { connectionsOf } from "../../load/users_of.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import type { RunResult } from "../../result/run_result.ts";
import type { MainValues } from "../settings/settings.ts";

/** Runs plans, wherever. */
export interface Runner extends AsyncDisposable {
  run(plan: RunPlan, options: RunOptions): Promise<RunResult>;
  /** Load threads that a plan will have, all machines together. */
  threadsFor(plan: RunPlan): number;
}

/** What speaks against running a plan on the workers that were asked for. */
export function runnerProblems(values: MainValues, plan: RunPlan): readonly string[] {
  const users = connectionsOf(plan);
  const { expectWorkers } = values;
  if (!values.master || expectWorkers === undefined || users >= expectWorkers) return [];
  return [
    `Cannot divide ${users} ${users === 1 ? "connection" : "connections"} among ${expectWorkers} workers: ` +
    "give each at least one, with -c or -u",
  ];
}

/** Load threads in this process. */
export function localThreads(plan: RunPlan, values: MainValues): number {
  if (values.master) return 1;
  return threadCount(values.threads, { cores: navigator.hardwareConcurrency, users: connectionsOf(plan) });
}

/** Runs on this machine. */
export function localRunner(values: MainValues): Runner {
  return {
    run: async (plan, options) => await runLocally(plan, { ...options, threads: localThreads(plan, values) }),
    threadsFor: (plan) => localThreads(plan, values),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
