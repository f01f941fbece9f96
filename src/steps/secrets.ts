/**
 * What is secret about the steps of a plan, whatever their kinds.
 *
 * @module
 */
import type { HttpStep } from "../plan/http_step.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import { NO_SECRETS, type Step, type StepSecrets, stepsOf } from "../plan/scenario.ts";
import { stepKind } from "./registry.ts";

/** The request that a step is or begins with; `undefined`: none is known before the load. */
export function requestOf(step: Step): HttpStep | undefined {
  return stepKind(step.kind).request(step);
}

/** What is secret about a step; `variables`: names of those whose values are. */
export function secretsOf(step: Step, variables: ReadonlySet<string>): StepSecrets {
  return stepKind(step.kind).secrets(step, variables);
}

/**
 * Names of the variables that steps take from what is named like a secret, whatever they themselves are called, and of all
 * that setup found out.
 */
export function secretVariables(
  { scenario, vars = {} }: Pick<RunPlan, "scenario" | "vars">,
): ReadonlySet<string> {
  const names = stepsOf(scenario).flatMap((step) => stepKind(step.kind).bindsSecrets(step));
  return new Set([...names, ...Object.keys(vars)]);
}

/** What is secret about every step by its index, found out when it is asked for. */
export function stepSecrets(plan: Pick<RunPlan, "scenario" | "vars">): (index: number) => StepSecrets {
  const steps = stepsOf(plan.scenario);
  const variables = secretVariables(plan);
  const known = new Map<number, StepSecrets>();
  return (index) => {
    // Steps that are found while the load runs stand behind the plan's.
    const step = steps[index];
    const found = known.get(index) ?? (step === undefined ? NO_SECRETS : secretsOf(step, variables));
    known.set(index, found);
    return found;
  };
}

/** All of it in words, such as `header authorization` and `field password`. */
export function describeSecrets({ headers, url, body }: StepSecrets): readonly string[] {
  const named = (kind: string) => (name: string) => name.startsWith("${") ? name : `${kind} ${name}`;
  return [...[...headers].map(named("header")), ...url.map(named("parameter")), ...body.map(named("field"))];
}
