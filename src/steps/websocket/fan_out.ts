/**
 * Times the way of stamped messages from one user to all others.
 *
 * @module
 */
import type { GroupRecorder } from "../../metrics/group_recorder.ts";
import { type Scenario, stepsOf } from "../../plan/scenario.ts";
import type { WebSocketStep } from "../../plan/websocket_step.ts";
import { findStamp, OWN_CLOCK, sharedUs } from "../../template/stamp.ts";
import { type Placeholder, placeholdersIn, referencesOf } from "../../template/template.ts";
import { stepPlaceholders } from "../http/step_placeholders.ts";
import { talkSteps } from "./talk_steps.ts";

/** Takes a message that `receiver` got at a time of `performance.now()`; bytes are valid during the call only. */
export type FanOut = (bytes: Uint8Array, heardMs: number, receiver: string) => void;

/** Records the stamps of others. */
export function recordFanOut(group: GroupRecorder<"websocket">): FanOut {
  return (bytes, heardMs, receiver) => {
    const stamp = findStamp(bytes);
    if (stamp === undefined) return;
    if (stamp.clock !== OWN_CLOCK) group.counts.stampedElsewhere++;
    else if (stamp.sender !== receiver) {
      group.times.fanOut.record(Math.max(0, sharedUs(heardMs) - stamp.atUs));
    }
  };
}

/** Whether something that steps send has a stamp in it. */
export function hasStamps(scenario: Scenario): boolean {
  return stepsOf(scenario).flatMap((step) =>
    step.kind === "http" ? stepPlaceholders(step) : step.kind === "websocket" ? sentPlaceholders(step) : []
  ).some(isStamp);
}

/** The placeholders of a step's handshake and messages. */
export function sentPlaceholders(step: WebSocketStep): readonly Placeholder[] {
  const { load, isTemplate } = step;
  const messages = isTemplate ? load?.messages ?? [] : [];
  return [
    ...talkSteps(step).flatMap(stepPlaceholders),
    ...messages.flatMap((message) => message.kind === "text" ? placeholdersIn(message.text) : []),
  ];
}

/** Whether a placeholder is one. */
export function isStamp(placeholder: Placeholder): boolean {
  return referencesOf(placeholder).some((one) => one.kind === "call" && one.name === "stamp");
}
