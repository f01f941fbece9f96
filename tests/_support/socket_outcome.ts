/** Runs that are nothing but WebSocket connections: their step, what was counted of it, and what came out. */
import { EMPTY_HISTOGRAM } from "../../src/metrics/histogram.ts";
import type { GroupStats } from "../../src/metrics/measure_groups.ts";
import type { StepStats } from "../../src/metrics/snapshot.ts";
import type { LoadSpec } from "../../src/plan/run_plan.ts";
import type { SocketLoad, WebSocketStep } from "../../src/plan/websocket_step.ts";
import type { Outcome } from "../../src/result/outcome.ts";
import { histogramOf, outcomeOf, scenarioPlan, secondsOf, stepOf, tailedHistogram } from "./outcomes.ts";

const NONE: SocketLoad = { messages: [], intervalMs: 0, expectsReply: false, inFlight: 1 };

/** A message, and its reply. */
export const ROUND_TRIPS: Partial<SocketLoad> = {
  messages: [{ kind: "text", text: "hello" }],
  expectsReply: true,
};

/** The step of such a run. */
export function socketStep(load: Partial<SocketLoad> = {}): WebSocketStep {
  return {
    name: "ws://chat.test/",
    kind: "websocket",
    method: "GET",
    url: "ws://chat.test/",
    headers: [],
    subprotocols: [],
    compressed: false,
    isTemplate: false,
    maxMessageBytes: 4_194_304,
    closeTimeoutMs: 5000,
    load: { ...NONE, ...load },
  };
}

/** What was counted of connections. */
export function socketCounts(changes: Partial<GroupStats<"websocket">> = {}): GroupStats<"websocket"> {
  return {
    opened: 0,
    openFailures: 0,
    dropped: 0,
    reopened: 0,
    mostOpen: 0,
    open: 0,
    sent: 0,
    received: 0,
    sentBytes: 0,
    receivedBytes: 0,
    replyTimeouts: 0,
    unexpected: 0,
    stamped: 0,
    stampedElsewhere: 0,
    closesSent: 0,
    closesUnanswered: 0,
    pingsSent: 0,
    pongsReceived: 0,
    handshake: EMPTY_HISTOGRAM,
    roundTrip: EMPTY_HISTOGRAM,
    fanOut: EMPTY_HISTOGRAM,
    noReply: EMPTY_HISTOGRAM,
    codes: {},
    ...changes,
  };
}

const LOAD: LoadSpec = { kind: "duration", connections: 20, durationMs: 10_000 };

/** What ten seconds of round trips over 20 connections came to: 3 of them dropped, and 2 could not be opened again. */
export function socketStats(): StepStats {
  const roundTrip = tailedHistogram(10_000, 4);
  const noReply = histogramOf(5000, 5000, 1200);
  return stepOf({
    latency: roundTrip,
    unanswered: noReply,
    bodyBytes: 50_000,
    bytesReceived: 70_000,
    bytesSent: 110_000,
    statuses: { "101": 20, "503": 2 },
    failures: { timeout: 2, ws_closed: 1 },
    websocket: socketCounts({
      opened: 20,
      openFailures: 2,
      dropped: 3,
      reopened: 2,
      mostOpen: 20,
      open: 17,
      sent: 10_003,
      received: 10_000,
      sentBytes: 50_015,
      receivedBytes: 50_000,
      replyTimeouts: 2,
      closesSent: 17,
      closesUnanswered: 1,
      pingsSent: 200,
      pongsReceived: 199,
      handshake: tailedHistogram(20, 3),
      roundTrip,
      noReply,
      codes: { "1000": 16, "1006": 1, "1011": 3 },
    }),
  });
}

/** That run. */
export function socketOutcome(): Outcome {
  const plan = scenarioPlan("ws://chat.test/", [socketStep(ROUND_TRIPS)], LOAD);
  return outcomeOf(plan, [socketStats()], {
    result: { durationMs: 10_000, timeline: secondsOf(10_000, () => 1000) },
  });
}
