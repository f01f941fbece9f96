/**
 * What an exception of the user's code is counted as: its message and the line of the user's file.
 *
 * @module
 */
import { messageOf } from "../../lib/errors.ts";

/** Thrown by `fail`: its message says all. */
export class ScriptFailure extends Error {
  override readonly name = "ScriptFailure";
}

/** Messages are cut here, so that those with whole bodies in them do not fill reports. */
const MAX_CHARACTERS = 200;

const FRAME = /(file:\/\/[^\s()]+?):(\d+):\d+/g;

/**
 * The place and the message, such as `shop.ts:12: TypeError: order is undefined`.
 *
 * @param moduleUrl the file URL of the module: places are in its folder or below it
 */
export function describeException(thrown: unknown, moduleUrl: string): string {
  const message = messageOf(thrown);
  const name = thrown instanceof Error && !(thrown instanceof ScriptFailure) ? `${thrown.name}: ` : "";
  const whole = `${name}${message}`;
  const text = whole.length > MAX_CHARACTERS ? `${whole.slice(0, MAX_CHARACTERS)}…` : whole;
  const place = thrown instanceof Error ? placeIn(thrown.stack ?? "", moduleUrl) : undefined;
  return place === undefined ? text : `${place}: ${text}`;
}

/** The first line of a stack that is in the user's folder: `shop.ts:12`. */
function placeIn(stack: string, moduleUrl: string): string | undefined {
  const folder = moduleUrl.slice(0, moduleUrl.lastIndexOf("/") + 1);
  for (const [, url = "", line] of stack.matchAll(FRAME)) {
    if (url.startsWith(folder)) return `${decodeURI(url.slice(folder.length))}:${line}`;
  }
  return undefined;
}
