/**
 * A load with what is done once before and after it: setup, then the load, then teardown, also when the load was
 * interrupted or failed.
 *
 * @module
 */
import type { RunOnce } from "../../engine/run_steps_once.ts";
import { formatDuration } from "../../lib/duration.ts";
import { messageOf, RunError } from "../../lib/errors.ts";
import type { RunPlan } from "../../plan/run_plan.ts";

/** What goes along. */
export interface Around {
  /** Absent: nothing is done once. */
  readonly once: RunOnce | undefined;
  /** Ends setup; the load has its own way to end. */
  readonly signal: AbortSignal;
  /** How long setup may take, and how long teardown; in ms. */
  readonly setupTimeoutMs: number;
  /** Is told why teardown failed, in a sentence: what was measured stands all the same. */
  warn(sentence: string): void;
}

/**
 * Runs a load with the plan that workers get.
 *
 * @throws {RunError} when setup fails, which has cleaned up behind itself: then there is no load
 */
export async function runAround<T>(
  { once: _once, ...plan }: RunPlan,
  { once, signal, setupTimeoutMs, warn }: Around,
  run: (plan: RunPlan) => Promise<T>,
): Promise<T> {
  if (once === undefined) return await run(plan);
  const vars = await doWithin("Setup", setupTimeoutMs, (late) => once.setUp(AbortSignal.any([signal, late])));
  try {
    return await run(Object.keys(vars).length === 0 ? plan : { ...plan, vars });
  } finally {
    // Who interrupts the load does not want its traces to stay.
    await doWithin("Teardown", setupTimeoutMs, (late) => once.tearDown(vars, late))
      .catch((error) => warn(messageOf(error)));
  }
}

/** Does something that has a limit. @throws {RunError} when it takes longer */
async function doWithin<T>(
  what: string,
  limitMs: number,
  work: (late: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = AbortSignal.timeout(limitMs);
  try {
    return await work(late);
  } catch (error) {
    if (!late.aborted) throw error;
    throw new RunError(
      `${what} took longer than ${formatDuration(limitMs)} and was cut off (--setup-timeout)`,
    );
  }
}
