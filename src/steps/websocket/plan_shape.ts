/**
 * What a WebSocket step of a plan from the wire may look like.
 *
 * @module
 */
import * as v from "valibot";
import { pauseSchema } from "../../plan/block_schema.ts";
import {
  amount,
  atLeast,
  count,
  flag,
  list,
  maybe,
  number,
  oneOf,
  type Schema,
  shape,
  text,
  variant,
} from "../../lib/shape.ts";
import { checkRuleSchema } from "../../plan/check_rule.ts";
import { extractRule, type HeaderLine } from "../../plan/http_step.ts";

import {
  type Correlation,
  type ExpectedClose,
  type ExpectedMessage,
  httpUrlOf,
  type SocketAction,
  type SocketLoad,
  type SocketMessage,
  type WebSocketStep,
} from "../../plan/websocket_step.ts";

const header = v.tuple([v.string(), v.string()]) as unknown as Schema<HeaderLine>;

const message = variant<SocketMessage>()("kind", [
  shape<Extract<SocketMessage, { kind: "text" }>>()({
    kind: oneOf("text"),
    text,
    isJson: maybe(oneOf(true)),
  }),
  shape<Extract<SocketMessage, { kind: "base64" }>>()({ kind: oneOf("base64"), base64: text }),
]);

const closeCode = atLeast(1000, 4999);

const correlation = variant<Correlation>()("kind", [
  shape<Extract<Correlation, { kind: "json" }>>()({ kind: oneOf("json"), path: text }),
  shape<Extract<Correlation, { kind: "pattern" }>>()({ kind: oneOf("pattern"), pattern: text }),
]);

const action = variant<SocketAction>()("kind", [
  shape<Extract<SocketAction, { kind: "send" }>>()({ kind: oneOf("send"), message }),
  shape<ExpectedMessage>()({
    kind: oneOf("expect"),
    checks: list(checkRuleSchema),
    extract: list(extractRule),
    timeoutMs: maybe(amount),
  }),
  shape<Extract<SocketAction, { kind: "hold" }>>()({ kind: oneOf("hold"), ms: amount }),
  shape<Extract<SocketAction, { kind: "close" }>>()({ kind: oneOf("close"), code: closeCode }),
  shape<ExpectedClose>()({
    kind: oneOf("expect_close"),
    code: maybe(closeCode),
    timeoutMs: maybe(amount),
  }),
]);

const load = shape<SocketLoad>()({
  messages: list(message, 1_000_000),
  intervalMs: number,
  expectsReply: flag,
  correlation: maybe(correlation),
  inFlight: atLeast(1, 1_000_000),
  reconnectMs: maybe(number),
  pingMs: maybe(number),
});

/** A URL with placeholders may be none yet; the dialer looks at it again. */
function isWebSocketStep({ url, base, isTemplate }: WebSocketStep): boolean {
  const isOfItsKind = (given: string) => /^wss?:$/.test(URL.parse(given)?.protocol ?? "");
  if (base !== undefined && !isOfItsKind(base)) return false;
  const whole = URL.parse(httpUrlOf(url), base === undefined ? base : httpUrlOf(base));
  return whole === null ? isTemplate : /^wss?:/i.test(url) || base !== undefined;
}

/** A WebSocket step. */
export const webSocketStepShape: Schema<WebSocketStep> = v.pipe(
  shape<WebSocketStep>()({
    kind: oneOf("websocket"),
    name: text,
    method: oneOf("GET"),
    url: text,
    base: maybe(text),
    headers: list(header),
    subprotocols: list(text),
    compressed: flag,
    isTemplate: flag,
    thinkMs: maybe(number),
    pause: maybe(pauseSchema),
    replyTimeoutMs: maybe(number),
    maxMessageBytes: count,
    closeTimeoutMs: number,
    load: maybe(load),
    actions: maybe(list(action, 100_000)),
    stopsOnFailure: maybe(oneOf(true)),
  }),
  v.check(
    ({ load, actions }) => (load === undefined) !== (actions === undefined),
    "Expected load or actions",
  ),
  v.check(isWebSocketStep, "Expected a ws or wss URL"),
) as unknown as Schema<WebSocketStep>;
