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
import { type FlowRun, runFlow } from "./run_flow.ts";

/** Values that all users know, by variable. */
export type SharedValues = Readonly<Record<string, DataValue>>;

/** What is done once. */
export interface RunOnce {
  /** Before any load. @throws {RunError} that says why the load cannot begin; what was begun is then cleaned up */
  setUp(signal: AbortSignal): Promise<SharedValues>;
  /** After it, however it ended. @throws {RunError} */
  tearDown(values: SharedValues, signal: AbortSignal): Promise<void>;
}

/** What a plan's scenario file wants done once; `undefined`: nothing. */
export function stepsOnce(plan: RunPlan): RunOnce | undefined {
  const { setup, teardown } = plan.once ?? {};
  if (setup === undefined && teardown === undefined) return undefined;
  return {
    async setUp(signal) {
      if (setup === undefined) return {};
      const run = await runFlow(setup, plan, signal);
      const failure = failureOf("Setup", setup, { run, signal });
      if (failure === undefined) return Object.fromEntries(run.variables);
      if (teardown !== undefined) {
        await cleanUp(teardown, { ...plan, vars: Object.fromEntries(run.variables) });
      }
      throw new RunError(failure);
    },
    async tearDown(vars, signal) {
      if (teardown === undefined) return;
      const run = await runFlow(teardown, { ...plan, vars }, signal);
      const failure = failureOf("Teardown", teardown, { run, signal });
      if (failure !== undefined) throw new RunError(failure);
    },
  };
}

/** Removes what a setup that came to nothing has made by then, as far as its values are known: the rest cannot be. */
async function cleanUp(teardown: Flow, plan: RunPlan): Promise<void> {
  await runFlow(teardown, plan, new AbortController().signal);
}

/** Why a flow did not do what it was for; `undefined`: it did. */
function failureOf(
  what: string,
  flow: Flow,
  { run: { steps }, signal }: { readonly run: FlowRun; readonly signal: AbortSignal },
): string | undefined {
  if (signal.aborted) return `${what} was interrupted`;
  const failed = steps.find(({ report }) => !report.passed);
  if (failed === undefined) return undefined;
  const { index, report: { problems, checks } } = failed;
  const broken = checks.filter(({ holds }) => !holds).map((check) => `${check.claim} does not hold`);
  const reasons = (problems.length > 0 ? problems : broken).join("; ");
  return `${what} failed at step "${maskUrlsIn(flow.steps[index]!.name)}": ${reasons}`;
}
