/**
 * What variables are before the load: those of the scenario file, and what setup found out. What no step binds anew is as
 * good as written in the steps, and costs nothing.
 *
 * @module
 */
import type { RunPlan } from "../plan/run_plan.ts";
import { type DataValue, stepsOf } from "../plan/scenario.ts";
import { stepKind } from "../steps/registry.ts";
import { envNameOf } from "../template/functions.ts";
import { parseTemplate } from "../template/template.ts";

/** Values by variable. */
export interface KnownValues {
  /** The same through all of the run. */
  readonly constants: ReadonlyMap<string, DataValue>;
  /** What an iteration begins with; its steps bind these anew. */
  readonly initial: ReadonlyMap<string, DataValue>;
}

/** The values of a plan. */
export function knownValues({ scenario, vars }: Pick<RunPlan, "scenario" | "vars">): KnownValues {
  const constants = new Map<string, DataValue>();
  const initial = new Map<string, DataValue>();
  if (scenario.vars === undefined && vars === undefined) return { constants, initial };
  const bound = new Set(stepsOf(scenario).flatMap((step) => stepKind(step.kind).binds(step)));
  const { env = {} } = scenario;
  for (const [name, value] of Object.entries({ ...scenario.vars, ...vars })) {
    const isFiles = vars === undefined || !Object.hasOwn(vars, name);
    const known = isFiles && typeof value === "string" ? withEnvironment(value, env) : value;
    (bound.has(name) ? initial : constants).set(name, known);
  }
  return { constants, initial };
}

function withEnvironment(text: string, env: Readonly<Record<string, string>>): string {
  return parseTemplate(text).map((part) =>
    typeof part === "string"
      ? part
      : part.expression.kind === "call" && part.expression.name === "env"
      ? env[envNameOf(part.expression.args, part.source)] ?? part.source
      : part.source
  ).join("");
}
