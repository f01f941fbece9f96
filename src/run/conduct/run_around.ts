/**
 * A load with what is done once before and after it: setup, then the load, then teardown, also when the load was
 * interrupted or failed.
 *
 * @module
 */
import type { RunOnce } from "../../engine/run_steps_once.ts";
import { messageOf } from "../../lib/errors.ts";
import type { RunPlan } from "../../plan/run_plan.ts";

/** What goes along. */
export interface Around {
  /** Absent: nothing is done once. */
  readonly once: RunOnce | undefined;
  /** Ends setup; the load has its own way to end. */
  readonly signal: AbortSignal;
  /** Is told why teardown failed, in a sentence: what was measured stands all the same. */
  warn(sentence: string): void;
}

/**
 * Runs a load with the plan that workers get.
 *
 * @throws {RunError} when setup fails: then there is neither load nor teardown
 */
export async function runAround<T>(
  { once: _once, ...plan }: RunPlan,
  { once, signal, warn }: Around,
  run: (plan: RunPlan) => Promise<T>,
): Promise<T> {
  if (once === undefined) return await run(plan);
  const vars = await once.setUp(signal);
  try {
    return await run(Object.keys(vars).length === 0 ? plan : { ...plan, vars });
  } finally {
    // Who interrupts the load does not want its traces to stay.
    await once.tearDown(vars, new AbortController().signal).catch((error) => warn(messageOf(error)));
  }
}
