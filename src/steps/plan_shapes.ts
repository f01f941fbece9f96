/**
 * The kinds of step in a plan from the wire.
 *
 * @module
 */
import { type Schema, variant } from "../lib/shape.ts";
import { httpStepSchema } from "../plan/http_step.ts";
import type { Step } from "../plan/scenario.ts";
import { codeStepShape } from "./code/plan_shape.ts";
import { replayStepShape } from "./replay/plan_shape.ts";
import { webSocketStepShape } from "./websocket/plan_shape.ts";

/** A step of any kind. */
export const stepShape: Schema<Step> = variant<Step>()("kind", [
  httpStepSchema,
  codeStepShape,
  replayStepShape,
  webSocketStepShape,
]);
