/**
 * The shortcut for scenarios of requests that never change.
 *
 * @module
 */
import type { RunPlan } from "../../../plan/run_plan.ts";
import { httpStepsOf, type Scenario, stepsOf } from "../../../plan/scenario.ts";
import { flowTurn } from "../../../plan/flow_turn.ts";
import type { DriverContext, UserFactory } from "../../step_kind.ts";
import { prepareStep } from "../prepare.ts";
import { StaticUser, type StaticWork } from "./static_user.ts";

/** Whether every iteration is one request that is known beforehand, whose response is only counted. */
function isStatic(scenario: Scenario): boolean {
  return scenario.cookies === "ignore" &&
    scenario.flows.every(({ steps }) => steps.length === 1) &&
    stepsOf(scenario).every((step) =>
      step.kind === "http" && !step.isTemplate && step.thinkMs === undefined &&
      step.checks.length + step.extract.length === 0 && step.stream === undefined
    );
}

/** Users who send one request an iteration, the same every time; `null` when the scenario asks for more. */
export function staticUsers(plan: RunPlan, context: DriverContext): UserFactory | null {
  if (!isStatic(plan.scenario)) return null;
  const isBusting = plan.scenario.cacheBust;
  const work: StaticWork = {
    ...context,
    client: plan.client,
    requests: httpStepsOf(plan.scenario).map((step, index) =>
      prepareStep(step, index, {
        client: plan.client,
        isRepeated: !isBusting,
        wantsHead: plan.verbosity >= 4,
        wantsBody: false,
        wantsCookies: false,
      })
    ),
    turnOf: flowTurn(plan.scenario, { ...context, seed: plan.seed }),
    lengths: plan.client.verifyLength ? new Map() : null,
    bustsCaches: isBusting,
  };
  return {
    newUser: (client) => new StaticUser(client, work),
    firstRequest: work.requests[0] ?? null,
    pauseThemselves: false,
  };
}
