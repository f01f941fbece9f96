/**
 * The kinds of step there are.
 *
 * @module
 */
import type { Step } from "../plan/scenario.ts";
import { codeSteps } from "./code/code_steps.ts";
import { httpSteps } from "./http/http_steps.ts";
import { replaySteps } from "./replay/replay_steps.ts";
import { webSocketSteps } from "./websocket/websocket_steps.ts";
import type { StepKind } from "./step_kind.ts";

type StepKinds = { readonly [Kind in Step["kind"]]: StepKind<Extract<Step, { readonly kind: Kind }>> };

const KINDS: StepKinds = {
  http: httpSteps,
  code: codeSteps,
  replay: replaySteps,
  websocket: webSocketSteps,
};

/** All kinds. */
export const STEP_KINDS: readonly StepKind[] = Object.values(KINDS);

/** The kind of this name. */
export function stepKind(kind: Step["kind"]): StepKind {
  return KINDS[kind];
}
