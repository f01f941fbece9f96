/**
 * The keys of a WebSocket step in a scenario file.
 *
 * @module
 */
import * as v from "valibot";
import { described, description, duration, filled, pause, section, text } from "../../file/file_schema.ts";
import { checkKeys } from "../../http/file/check_keys.ts";
import { extractKeys } from "../../http/file/extract_keys.ts";
import { headers } from "../../http/file/file_schema.ts";

const CODE = "a close code: 1000, or a number from 3000 to 4999";
const SERVER_CODE = "a close code from 1000 to 4999";
const MESSAGE = "a text, a number, an object or a list";

const wait = described(duration, "Longest wait for it; the step's timeout if not given");

const action = section({
  description,
  send: described(
    v.union([v.string(), v.number(), v.array(v.unknown()), v.looseObject({})], MESSAGE),
    "Message to send: text as it is, an object or a list as JSON. May contain placeholders",
  ),
  send_base64: described(text, "Binary message to send, in base64"),
  expect: described(
    text,
    `Wait for a message that contains this text; "*": for any message. Others are passed over. May contain placeholders`,
  ),
  expect_regex: described(filled, "Wait for a message that this regular expression matches"),
  expect_json: v.pipe(
    checkKeys.assert_json,
    v.description(
      "Wait for a JSON message with these values: paths and what must be there, as in assert_json",
    ),
  ),
  extract: v.pipe(
    extractKeys.extract,
    v.description(
      "Variables taken from the expected message: with json, regex, or response: body for all of it",
    ),
  ),
  timeout: wait,
  hold: described(duration, "Keep the connection open for so long"),
  close: described(
    v.union([
      v.literal(1000),
      v.pipe(v.number(CODE), v.integer(CODE), v.minValue(3000, CODE), v.maxValue(4999, CODE)),
    ], CODE),
    "Close the connection with this code; 1000 after the last action if not given",
  ),
  expect_close: described(
    v.union([
      v.literal(true),
      v.pipe(
        v.number(SERVER_CODE),
        v.integer(SERVER_CODE),
        v.minValue(1000, SERVER_CODE),
        v.maxValue(4999, SERVER_CODE),
      ),
    ], `true or ${SERVER_CODE}`),
    "Wait for the server to close the connection, with this code, or true for any",
  ),
});

/** A WebSocket step. */
export const webSocketStepSchema = section({
  description,
  name: described(text, "Key of the step's statistics. Without it: Step <number>: WS <path>"),
  ws: v.pipe(
    filled,
    v.description(
      "WebSocket to connect to: a path on the base URL, or a ws or wss URL. May contain placeholders",
    ),
  ),
  actions: described(
    v.pipe(v.array(action, "a list of actions"), v.maxLength(10_000, "at most 10000 actions")),
    "What is done on the connection, in order. It is closed after the last one",
  ),
  headers: described(headers, "Headers of the handshake, as those of other steps"),
  subprotocols: described(
    v.pipe(v.array(filled, "a list of names"), v.minLength(1, "at least one name")),
    "Subprotocols to offer, best first",
  ),
  compressed: described(v.boolean("true or false"), "true: offer to compress messages"),
  timeout: described(
    duration,
    "Longest time for the handshake, and for each expected message; --timeout if not given",
  ),
  on_fail: described(
    v.picklist(["stop", "continue"], "stop or continue"),
    "stop: a failed step ends the iteration",
  ),
  think_time: described(pause, "Pause after the step; 0 for none"),
});

/** A checked step. */
export type WebSocketStepFile = v.InferOutput<typeof webSocketStepSchema>;
/** One of its actions. */
export type ActionFile = NonNullable<WebSocketStepFile["actions"]>[number];
