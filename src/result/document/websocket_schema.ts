/**
 * What the WebSocket section of a JSON result looks like in a file.
 *
 * @module
 */
import { amount, count, dictionary, maybe, oneOf, type Schema, shape } from "../../lib/shape.ts";
import { timesSchema } from "./times_schema.ts";
import type { WebSocketJson } from "./websocket_json.ts";

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
  handshake: timesSchema,
  rtt: timesSchema,
  fanout: maybe(
    shape<WebSocketJson["fanout"] & object>()({
      delay: timesSchema,
      messages_stamped: count,
      receivers_per_message: maybe(amount),
      not_timed: count,
    }),
  ),
  close: shape<WebSocketJson["close"]>()({
    frames_sent: count,
    unacknowledged: count,
    codes: dictionary(count),
  }),
});
