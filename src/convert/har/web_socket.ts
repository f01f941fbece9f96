/**
 * What a browser and a server said on a WebSocket, as the actions of a step. Chrome records messages; other browsers
 * record no more than the handshake.
 *
 * @module
 */
import { isRecord } from "../../lib/is_record.ts";
import { numberOf, textOf } from "../json_values.ts";
import type { FileAction } from "../scenario_file.ts";

/** A recorded message. */
export interface RecordedMessage {
  readonly isSent: boolean;
  /** Text, or base64 of bytes. */
  readonly data: string;
  readonly isBinary: boolean;
  /** In s since 1970; NaN when not recorded. */
  readonly timeSec: number;
}

/** A scenario takes no more actions a step. */
const MAX_ACTIONS = 10_000;
const TEXT = 1;
const BINARY = 2;

/** The messages of an entry; `undefined`: none were recorded. */
export function readMessages(list: unknown): readonly RecordedMessage[] | undefined {
  if (!Array.isArray(list)) return undefined;
  return list.flatMap((message): readonly RecordedMessage[] => {
    if (!isRecord(message)) return [];
    const data = textOf(message["data"]);
    const opcode = numberOf(message["opcode"]) ?? TEXT;
    if (data === undefined || (opcode !== TEXT && opcode !== BINARY)) return [];
    return [{
      isSent: message["type"] === "send",
      data,
      isBinary: opcode === BINARY,
      timeSec: numberOf(message["time"]) ?? NaN,
    }];
  });
}

/**
 * Sends what was sent, in order. Where the server had spoken in between, each waits for a message: how many there are, and
 * what they say, is the server's. With a factor on pauses, they are held.
 */
export function actionsOf(messages: readonly RecordedMessage[], multiplier?: number): readonly FileAction[] {
  const actions: FileAction[] = [];
  let lastSec = NaN;
  let isAnswered = false;
  for (const { isSent, data, isBinary, timeSec } of messages) {
    if (isSent) {
      const pauseSec = multiplier === undefined ? 0 : (timeSec - lastSec) * multiplier;
      if (pauseSec >= 0.01) actions.push({ hold: `${Math.round(pauseSec * 1000)}ms` });
      actions.push(
        isBinary ? { send_base64: data } : { send: data.replaceAll("${", () => "${concat('$')}{") },
      );
      isAnswered = false;
    } else if (!isAnswered) {
      actions.push({ expect: "*" });
      isAnswered = true;
    }
    lastSec = timeSec;
  }
  return actions.slice(0, MAX_ACTIONS);
}
