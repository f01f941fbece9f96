/**
 * What a module does once for a whole run: its functions `setup` and `teardown`.
 *
 * @module
 */
import { RunError } from "../lib/errors.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import { callOnce } from "../steps/code/call_once.ts";
import { functionOf, loadModule } from "../steps/code/load_module.ts";
import { shareValue } from "../steps/code/shared_value.ts";
import { type RunOnce, stepsOnce } from "./run_steps_once.ts";

/** What is done once, whoever says it; `undefined`: nothing. `say`: is told what a module logs, where that is asked for. */
export function onceOf(plan: RunPlan, say?: (line: string) => void): RunOnce | undefined {
  return plan.module === undefined
    ? stepsOnce(plan)
    : moduleOnce(plan, plan.verbosity >= 1 ? say : undefined);
}

function moduleOnce(plan: RunPlan, log: ((line: string) => void) | undefined): RunOnce {
  return {
    setUp: async (signal) => shareValue(await callExported("setup", plan, { signal, log })),
    async tearDown(vars, signal) {
      await callExported("teardown", { ...plan, vars }, { signal, log });
    },
  };
}

async function callExported(
  name: "setup" | "teardown",
  plan: RunPlan,
  { signal, log }: { readonly signal: AbortSignal; readonly log: ((line: string) => void) | undefined },
): Promise<unknown> {
  const module = plan.module!;
  const exports = await loadModule(module);
  if (!Object.hasOwn(exports, name)) return undefined;
  const { value, exception, broken } = await callOnce(functionOf(exports, name, module), plan, {
    signal,
    ...(log && { log }),
  });
  const what = name === "setup" ? "Setup" : "Teardown";
  if (signal.aborted) throw new RunError(`${what} was interrupted`);
  if (exception !== undefined) throw new RunError(`${what} failed: ${exception}`);
  const [first] = broken;
  if (first !== undefined) throw new RunError(`${what} failed: the check "${first}" does not hold`);
  return value;
}
