/**
 * What is measured of WebSocket connections.
 *
 * @module
 */
import type { CounterSpec, DistributionSpec } from "./measure_specs.ts";

/** What is counted of the WebSocket connections of a step, where it has any. */
export const WEBSOCKET_COUNTERS = {
  opened: {
    help: "Connections that were opened, their handshakes done",
    unit: "1",
    shown: { key: "ws_opened", better: "higher" },
  },
  openFailures: {
    help: "Attempts to open one that failed",
    unit: "1",
    shown: { key: "ws_failed", better: "lower" },
  },
  dropped: {
    help: "Connections that ended without our closing them",
    unit: "1",
    shown: { key: "ws_dropped", better: "lower", isExported: true },
  },
  reopened: {
    help: "Attempts to open one anew after it had ended or could not be opened",
    unit: "1",
    shown: { key: "ws_reconnects", better: "lower" },
  },
  mostOpen: {
    help: "Connections open at the same time at most; of several threads, the sum of their maxima",
    unit: "1",
    time: "max",
    shown: { key: "ws_peak_concurrent", better: "higher" },
  },
  open: { help: "Connections open at this moment", unit: "1", time: "last" },
  sent: {
    help: "Messages sent",
    unit: "1",
    shown: { key: "ws_messages_sent", better: "higher", isExported: true },
  },
  received: {
    help: "Messages received",
    unit: "1",
    shown: { key: "ws_messages_received", better: "higher", isExported: true },
  },
  sentBytes: {
    help: "Bytes of messages sent, without framing and before compression",
    unit: "B",
    shown: { key: "ws_bytes_sent", better: "higher" },
  },
  receivedBytes: {
    help: "Bytes of messages received, under the same terms",
    unit: "B",
    shown: { key: "ws_bytes_received", better: "higher" },
  },
  replyTimeouts: {
    help: "Messages whose reply did not come in time",
    unit: "1",
    shown: { key: "ws_reply_timeouts", better: "lower" },
  },
  unexpected: {
    help: "Messages received while no reply was waited for, or that fit none",
    unit: "1",
    shown: { key: "ws_unexpected_replies", better: "lower" },
  },
  stamped: {
    help: "Messages sent with a stamp in them, whose way to others is timed",
    unit: "1",
    shown: { key: "ws_stamped", better: "higher" },
  },
  stampedElsewhere: {
    help: "Messages received with a stamp of another machine, whose clock is another: not timed",
    unit: "1",
  },
  closesSent: { help: "Close frames sent", unit: "1" },
  closesUnanswered: { help: "Of these, the ones that no close frame came back for", unit: "1" },
  pingsSent: { help: "Pings sent", unit: "1", shown: { key: "ws_pings_sent", better: "higher" } },
  pongsReceived: {
    help: "Pongs received",
    unit: "1",
    shown: { key: "ws_pongs_received", better: "higher" },
  },
} as const satisfies Readonly<Record<string, CounterSpec>>;

/** Times that are kept of them. */
export const WEBSOCKET_DISTRIBUTIONS = {
  handshake: {
    help: "From the start of connecting to the end of the response to the handshake",
    shown: { key: "handshake", label: "Handshake" },
  },
  roundTrip: {
    help: "From the sending of a message (open loop: from the moment due) to the last byte of its reply",
    shown: { key: "rtt", label: "Round trip", unanswered: "noReply" },
  },
  fanOut: {
    help:
      "From the sending of a stamped message by one user to its arrival at another: a time for each receiver",
    shown: { key: "fanout", label: "Fan-out" },
  },
  noReply: { help: "Messages without a reply: how long each was waited for. The true time is at least that" },
} as const satisfies Readonly<Record<string, DistributionSpec>>;
