/**
 * How many threads a plan gets on this machine.
 *
 * @module
 */
import { hasReceiver } from "../../export/export_options.ts";
import { threadCount } from "../../load/load_options.ts";
import { connectionsOf, loadFacts } from "../../plan/load_kinds.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import type { MainValues } from "../settings/settings.ts";

/**
 * So many arrivals a second are a few percent of what a thread can start, unless code of the user's says what they do: the
 * start of another would take more of the processor than all of them.
 */
const MAX_RATE_OF_ONE = 500;

/** Whether the program's first thread has more to do during a run than to send load: a dashboard, exports, a page. */
export function hasOtherWork(values: MainValues): boolean {
  return values.live || values.serveMetrics !== undefined || values.web !== undefined || hasReceiver(values);
}

/** Load threads in this process; a master has none but its own. */
export function localThreads(
  plan: RunPlan,
  { threads, master, inspect }: Pick<MainValues, "threads" | "master"> & Partial<Pick<MainValues, "inspect">>,
): number {
  if (master || inspect) return 1;
  const { amount, openLoop } = loadFacts(plan.load);
  // A thread without anything to start would only take time to open.
  const users = Math.min(connectionsOf(plan), amount?.count ?? Infinity);
  const { pacer } = openLoop ?? {};
  const isLight = pacer?.kind === "constant" && pacer.rate <= MAX_RATE_OF_ONE && plan.module === undefined;
  if (isLight && threads === undefined) return 1;
  return threadCount(threads, { cores: navigator.hardwareConcurrency, users });
}
