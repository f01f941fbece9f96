/**
 * How many threads a plan gets on this machine.
 *
 * @module
 */
import { threadCount } from "../../load/load_options.ts";
import { connectionsOf } from "../../plan/load_kinds.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import type { MainValues } from "../settings/settings.ts";

/** Load threads in this process; a master has none but its own. */
export function localThreads(
  plan: RunPlan,
  { threads, master, inspect }: Pick<MainValues, "threads" | "master"> & Partial<Pick<MainValues, "inspect">>,
): number {
  if (master || inspect) return 1;
  return threadCount(threads, { cores: navigator.hardwareConcurrency, users: connectionsOf(plan) });
}
