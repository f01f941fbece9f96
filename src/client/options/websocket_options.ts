/**
 * Options of WebSocket targets.
 *
 * @module
 */
import { byteSize, duration, path, text, toggle } from "../../options/option_types.ts";
import { defineOptions } from "../../options/option.ts";
import { DEFAULT_CLOSE_TIMEOUT_MS, DEFAULT_MAX_MESSAGE_BYTES } from "../../plan/websocket_step.ts";

/** The table. */
export const webSocketOptions = defineOptions({
  wsMessage: {
    long: "--ws-message",
    type: text("TEXT"),
    group: "WebSocket",
    repeat: true,
    secret: true,
    help: "Message to send, can contain ${counter()} and other functions; several take turns",
  },
  wsMessageFile: {
    long: "--ws-message-file",
    type: path(),
    group: "WebSocket",
    repeat: true,
    help: "The same from a file; a binary message unless it is UTF-8",
  },
  wsMessageInterval: {
    long: "--ws-message-interval",
    type: duration({ min: 0 }),
    group: "WebSocket",
    default: 0,
    defaultLabel: "none",
    conflicts: ["rate"],
    help:
      "Time from one message to the next on a connection; with --ws-expect-reply at least until the reply",
  },
  wsExpectReply: {
    long: "--ws-expect-reply",
    type: toggle,
    group: "WebSocket",
    default: false,
    help: "Wait for a reply to each message, and measure the round trip",
  },
  wsReplyTimeout: {
    long: "--ws-reply-timeout",
    type: duration(),
    group: "WebSocket",
    defaultLabel: "--timeout",
    requires: ["wsExpectReply"],
    help: "How long to wait for a reply",
  },
  wsCorrelate: {
    long: "--ws-correlate",
    type: text("PATH|REGEX"),
    group: "WebSocket",
    defaultLabel: "by order",
    requires: ["wsExpectReply"],
    help:
      "Find the reply by what it shares with its message: a JSON path such as $.id, or a pattern with a group",
  },
  wsSubprotocol: {
    long: "--ws-subprotocol",
    type: text("NAME"),
    group: "WebSocket",
    repeat: true,
    help: "Subprotocol to offer; several in the order of preference",
  },
  wsPingInterval: {
    long: "--ws-ping-interval",
    type: duration(),
    group: "WebSocket",
    defaultLabel: "no pings",
    help: "Send a ping on each connection this often",
  },
  wsMaxMessageSize: {
    long: "--ws-max-message-size",
    type: byteSize({ min: 1, max: 1024 ** 3 }),
    group: "WebSocket",
    default: DEFAULT_MAX_MESSAGE_BYTES,
    help: "Largest message to accept; a larger one is a failure",
  },
  wsCloseTimeout: {
    long: "--ws-close-timeout",
    type: duration(),
    group: "WebSocket",
    default: DEFAULT_CLOSE_TIMEOUT_MS,
    help: "How long to wait for the server's close frame at the end",
  },
  wsReconnect: {
    long: "--ws-reconnect",
    type: toggle,
    group: "WebSocket",
    default: false,
    help: "Open a connection again when it has ended or could not be opened",
  },
  wsReconnectDelay: {
    long: "--ws-reconnect-delay",
    type: duration({ min: 0 }),
    group: "WebSocket",
    default: 1000,
    requires: ["wsReconnect"],
    help: "Pause before that",
  },
});
