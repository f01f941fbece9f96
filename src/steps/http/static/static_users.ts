/**
 * The shortcut for scenarios of requests that never change.
 *
 * @module
 */
import { UsageError } from "../../../lib/errors.ts";
import type { HttpStep } from "../../../plan/http_step.ts";
import type { RunPlan } from "../../../plan/run_plan.ts";
import { httpStepsOf, type Scenario, stepsOf } from "../../../plan/scenario.ts";
import { flowTurn } from "../../../plan/flow_turn.ts";
import type { DriverContext, UserFactory } from "../../step_kind.ts";
import { type CallForm, compileCall } from "../grpc/call_form.ts";
import { encodeCall, messageOf } from "../make_call.ts";
import { prepareStep } from "../prepare.ts";
import { loadRuleCompilers } from "../rules/rule_compilers.ts";
import { compileStream } from "../stream/stream_reader.ts";
import { StaticUser, type StaticWork } from "./static_user.ts";

/** Whether every iteration is one request that is known beforehand, whose response is only counted. */
function isStatic(scenario: Scenario): boolean {
  return scenario.cookies === "ignore" &&
    scenario.flows.every(({ steps }) => steps.length === 1) &&
    stepsOf(scenario).every((step) =>
      step.kind === "http" && !step.isTemplate && step.thinkMs === undefined &&
      step.checks.length + step.extract.length === 0
    );
}

/** Users who send one request an iteration, the same every time; `null` when the scenario asks for more. */
export async function makeStaticUsers(plan: RunPlan, context: DriverContext): Promise<UserFactory | null> {
  if (!isStatic(plan.scenario)) return null;
  const isBusting = plan.scenario.cacheBust;
  const steps = httpStepsOf(plan.scenario);
  const calls = steps.map(({ grpc }, step) =>
    grpc === undefined ? null : compileCall(grpc, { step, recorder: context.recorder, keptBytes: 0 })
  );
  const streams = await compileStreams(steps, context);
  const work: StaticWork = {
    ...context,
    client: plan.client,
    requests: steps.map((step, index) =>
      prepareStep(step, index, {
        ...fixedBody(step, calls[index]!),
        client: plan.client,
        isRepeated: !isBusting,
        wantsHead: plan.verbosity >= 4,
        wantsBody: false,
        wantsCookies: false,
      })
    ),
    calls: calls.every((call) => call === null) ? null : calls,
    streams,
    turnOf: flowTurn(plan.scenario, { ...context, seed: plan.seed }),
    lengths: plan.client.verifyLength ? new Map() : null,
    bustsCaches: isBusting,
    showsHeads: plan.verbosity >= 4,
  };
  return {
    newUser: (client) => new StaticUser(client, work),
    firstRequest: work.requests[0] ?? null,
    pauseThemselves: false,
  };
}

/** How the streams of steps are read, by their index; `null`: none has any. */
async function compileStreams(
  steps: readonly HttpStep[],
  { recorder }: DriverContext,
): Promise<StaticWork["streams"]> {
  if (steps.every(({ stream }) => stream === undefined)) return null;
  const { path } = await loadRuleCompilers(steps);
  return steps.map(({ stream }, step) =>
    stream === undefined ? null : compileStream(stream, { step, recorder, path })
  );
}

/** The body of a step's calls. @throws {UsageError} when its message does not fit */
function fixedBody(step: HttpStep, call: CallForm | null): { readonly bytes?: Uint8Array } {
  if (call === null) return {};
  const encoded = encodeCall(messageOf(step), call, false);
  if (typeof encoded === "string") {
    throw new UsageError(`Cannot make a request of step "${step.name}": ${encoded}`);
  }
  return { bytes: encoded.slice() };
}
