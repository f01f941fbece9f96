/**
 * What a conversation holds, as steps of HTTP hold it: whoever looks for placeholders and secrets there finds them here.
 *
 * @module
 */
import type { HttpStep } from "../../plan/http_step.ts";
import { type ExpectedMessage, handshakeOf, type WebSocketStep } from "../../plan/websocket_step.ts";

/** The handshake with all that is expected, then a step for each message that is sent. */
export function talkSteps(step: WebSocketStep): readonly HttpStep[] {
  const handshake = handshakeOf(step);
  const { actions = [] } = step;
  const expected = actions.filter((action): action is ExpectedMessage => action.kind === "expect");
  return [
    {
      ...handshake,
      checks: expected.flatMap(({ checks }) => checks),
      extract: expected.flatMap(({ extract }) => extract),
    },
    ...actions.flatMap((action): HttpStep[] =>
      action.kind === "send" ? [{ ...handshake, headers: [], url: "", body: action.message }] : []
    ),
  ];
}
