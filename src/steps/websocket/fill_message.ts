/**
 * Messages made ready to send: the same bytes every time, or filled in with values for each.
 *
 * @module
 */
import type { OutgoingMessage } from "../../client/websocket/message_socket.ts";
import { payloadOf } from "../../client/websocket/frames.ts";
import type { DataValue, Scenario } from "../../plan/scenario.ts";
import { handshakeOf, type SocketMessage, type WebSocketStep } from "../../plan/websocket_step.ts";
import type { Scope } from "../../template/scope.ts";
import { bindStep, draw } from "../http/step_form.ts";
import { placeholdersIn, renderParts } from "../../template/template.ts";
import { isStamp } from "./fan_out.ts";

/** Makes a message; `error`: a placeholder has no value. */
export type MessageSource = (scope: Scope) => OutgoingMessage | { readonly error: string };

/** A message of a step, ready to be made as often as need be. */
export interface FilledMessage {
  /** The message, when it is the same every time. */
  readonly fixed: OutgoingMessage | null;
  readonly make: MessageSource;
}

/** What messages are filled in with. */
export interface FillContext {
  readonly step: WebSocketStep;
  readonly scenario: Scenario;
  /** Variables that are the same through all of the run; absent: none. */
  readonly constants?: ReadonlyMap<string, DataValue>;
}

const encoder = new TextEncoder();

/** Gets a message ready. @throws {UsageError} when a placeholder in it is unusable */
export function fillMessage(
  message: SocketMessage,
  { step, scenario, constants }: FillContext,
): FilledMessage {
  if (message.kind === "base64") {
    const fixed = { isText: false, payload: payloadOf(Uint8Array.fromBase64(message.base64)) };
    return { fixed, make: () => fixed };
  }
  // A message is filled in as the body of a request is.
  const request = { ...handshakeOf(step), headers: [], body: message };
  const form = bindStep(request, { ...scenario, cacheBust: false }, constants);
  const parts = form.body?.kind === "text" ? form.body.parts : [];
  const isStamped = step.isTemplate && placeholdersIn(message.text, message.isJson).some(isStamp);
  const text = (values: readonly string[]) => textMessage(renderParts(parts, values), isStamped);
  if (form.slots.getters.length === 0) {
    const fixed = text([]);
    return { fixed, make: () => fixed };
  }
  return {
    fixed: null,
    make(scope) {
      const { values, error } = draw(form, scope);
      return error === undefined ? text(values) : { error };
    },
  };
}

function textMessage(text: string, isStamped: boolean): OutgoingMessage {
  return { isText: true, payload: payloadOf(encoder.encode(text)), isStamped };
}
