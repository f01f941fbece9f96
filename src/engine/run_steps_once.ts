/**
 * What is done once for a whole run, beside its load: setup, whose values all users know, and teardown. Steps of a
 * scenario file are one way to say it; others have the same interface.
 *
 * @module
 */
import { RunError } from "../lib/errors.ts";
import { maskUrlsIn } from "../lib/mask_url.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import type { DataValue, Flow } from "../plan/scenario.ts";
import { runFlow } from "./run_flow.ts";

/** Values that all users know, by variable. */
export type SharedValues = Readonly<Record<string, DataValue>>;

/** What is done once. */
export interface RunOnce {
  /** Before any load. @throws {RunError} that says why the load cannot begin */
  setUp(signal: AbortSignal): Promise<SharedValues>;
  /** After it, however it ended. @throws {RunError} */
  tearDown(values: SharedValues, signal: AbortSignal): Promise<void>;
}

/** What a plan's scenario file wants done once; `undefined`: nothing. */
export function stepsOnce(plan: RunPlan): RunOnce | undefined {
  const { setup, teardown } = plan.once ?? {};
  if (setup === undefined && teardown === undefined) return undefined;
  return {
    setUp: async (signal) => setup === undefined ? {} : await runAll("Setup", setup, { plan, signal }),
    async tearDown(vars, signal) {
      if (teardown !== undefined) await runAll("Teardown", teardown, { plan: { ...plan, vars }, signal });
    },
  };
}

async function runAll(
  what: string,
  flow: Flow,
  { plan, signal }: { readonly plan: RunPlan; readonly signal: AbortSignal },
): Promise<SharedValues> {
  const { steps, variables } = await runFlow(flow, plan, signal);
  if (signal.aborted) throw new RunError(`${what} was interrupted`);
  for (const { index, report: { passed, problems, checks } } of steps) {
    if (passed) continue;
    const broken = checks.filter(({ holds }) => !holds).map((check) => `${check.claim} does not hold`);
    // Without a response no check holds, which says nothing more.
    const reasons = (problems.length > 0 ? problems : broken).join("; ");
    throw new RunError(`${what} failed at step "${maskUrlsIn(flow.steps[index]!.name)}": ${reasons}`);
  }
  return Object.fromEntries(variables);
}
