/**
 * What the WebSocket section of a JSON result looks like in a file.
 *
 * @module
 */
import { amount, count, dictionary, list, maybe, oneOf, type Schema, shape, text } from "../../lib/shape.ts";
import type { WebSocketJson, WebSocketTimesJson } from "./websocket_json.ts";

const times = shape<WebSocketTimesJson>()({
  count: maybe(count),
  min: maybe(amount),
  max: maybe(amount),
  mean: maybe(amount),
  percentiles: maybe(dictionary(amount)),
  at_least: maybe(list(text)),
});

/** The section. */
export const webSocketSchema: Schema<WebSocketJson> = shape<WebSocketJson>()({
  latency_metric: oneOf("rtt", "handshake", "step"),
  primary_metric: oneOf("messages", "connections", "steps"),
  connections: shape<WebSocketJson["connections"]>()({
    opened: count,
    failed: count,
    dropped: count,
    reconnects: count,
    peak_concurrent: count,
  }),
  messages: shape<WebSocketJson["messages"]>()({
    sent: count,
    received: count,
    sent_per_sec: amount,
    received_per_sec: amount,
    bytes_sent: count,
    bytes_received: count,
    reply_timeouts: count,
    unexpected_replies: count,
  }),
  pings: shape<WebSocketJson["pings"]>()({ sent: count, answered: count }),
  handshake: times,
  rtt: times,
  close: shape<WebSocketJson["close"]>()({
    frames_sent: count,
    unacknowledged: count,
    codes: dictionary(count),
  }),
});
