/**
 * What a JSON result says of WebSocket connections; all its keys are always there.
 *
 * @module
 */
import { rounded } from "../../lib/json/present.ts";
import { EMPTY_HISTOGRAM } from "../../metrics/histogram.ts";
import type { GroupStats } from "../../metrics/measure_groups.ts";
import { emptyGroup } from "../../metrics/group_stats.ts";
import { socketLoadOf, stepsOf } from "../../plan/scenario.ts";
import { type TimesJson, timesJson } from "./times_json.ts";
import { overallStats, type RunResult } from "../run_result.ts";

/** The WebSocket connections of a run. */
export interface WebSocketJson {
  /** What `latency` and `percentiles` are of: round trips, handshakes, or whole steps of a scenario. */
  readonly latency_metric: "rtt" | "handshake" | "step";
  /** What `total_requests` counts. */
  readonly primary_metric: "messages" | "connections" | "steps";
  /** How many there were. */
  readonly connections: {
    /** Handshakes that were done. */
    readonly opened: number;
    /** Attempts that failed. */
    readonly failed: number;
    /** Ended without our closing them. */
    readonly dropped: number;
    /** Attempts to open one again. */
    readonly reconnects: number;
    /** Open at the same time at most. */
    readonly peak_concurrent: number;
  };
  /** Bytes without framing, before compression. */
  readonly messages: {
    /** Whole messages. */
    readonly sent: number;
    /** Whole messages. */
    readonly received: number;
    /** Over `duration_sec`. */
    readonly sent_per_sec: number;
    /** Over `duration_sec`. */
    readonly received_per_sec: number;
    /** Of their contents. */
    readonly bytes_sent: number;
    /** Of their contents. */
    readonly bytes_received: number;
    /** No reply came in time. */
    readonly reply_timeouts: number;
    /** Came while none was waited for, or fit none. */
    readonly unexpected_replies: number;
  };
  /** The client's own. */
  readonly pings: { readonly sent: number; readonly answered: number };
  /** From the start of connecting to the end of the response. */
  readonly handshake: TimesJson;
  /** From the sending of a message, with a rate from when it was due, to the last byte of its reply. */
  readonly rtt: TimesJson;
  /** Stamped messages on their way from one user to another, a time for each receiver; absent without any. */
  readonly fanout?: {
    /** From sending to arrival. */
    readonly delay: TimesJson;
    /** Messages that were sent with a stamp. */
    readonly messages_stamped: number;
    /** Deliveries for each of them; absent where some were not timed, or others than these connections sent them. */
    readonly receivers_per_message?: number;
    /** Deliveries of messages from other machines, whose clocks differ. */
    readonly not_timed: number;
  };
  /** How connections ended. */
  readonly close: {
    /** By us. */
    readonly frames_sent: number;
    /** Of these, not answered. */
    readonly unacknowledged: number;
    /** Connections by the server's close code; 1005: it gave none, 1006: there was no close frame. */
    readonly codes: Readonly<Record<string, number>>;
  };
}

/** The section of a run; `undefined` where nothing of it is WebSocket. */
export function webSocketJson(result: RunResult): WebSocketJson | undefined {
  const { scenario } = result.plan;
  const { counts, durationMs } = overallStats(result);
  const isKnown = stepsOf(scenario).some(({ kind }) => kind === "websocket");
  if (!isKnown && counts.websocket === undefined) return undefined;
  const load = socketLoadOf(scenario);
  const of = counts.websocket ?? emptyGroup("websocket");
  const perSecond = (count: number) => durationMs > 0 ? rounded(count / durationMs * 1000, 2) : 0;
  return {
    latency_metric: load === undefined ? "step" : load.expectsReply ? "rtt" : "handshake",
    primary_metric: load === undefined ? "steps" : load.messages.length > 0 ? "messages" : "connections",
    connections: {
      opened: of.opened,
      failed: of.openFailures,
      dropped: of.dropped,
      reconnects: of.reopened,
      peak_concurrent: of.mostOpen,
    },
    messages: {
      sent: of.sent,
      received: of.received,
      sent_per_sec: perSecond(of.sent),
      received_per_sec: perSecond(of.received),
      bytes_sent: of.sentBytes,
      bytes_received: of.receivedBytes,
      reply_timeouts: of.replyTimeouts,
      unexpected_replies: of.unexpected,
    },
    pings: { sent: of.pingsSent, answered: of.pongsReceived },
    handshake: timesJson({ latency: of.handshake, unanswered: EMPTY_HISTOGRAM }),
    rtt: timesJson({ latency: of.roundTrip, unanswered: of.noReply }),
    ...(of.stamped + of.stampedElsewhere + of.fanOut.count > 0 && { fanout: fanOutJson(of) }),
    close: { frames_sent: of.closesSent, unacknowledged: of.closesUnanswered, codes: of.codes },
  };
}

function fanOutJson(
  { fanOut, stamped, stampedElsewhere }: GroupStats<"websocket">,
): WebSocketJson["fanout"] & object {
  return {
    delay: timesJson({ latency: fanOut, unanswered: EMPTY_HISTOGRAM }),
    messages_stamped: stamped,
    ...(stamped > 0 && stampedElsewhere === 0 && {
      receivers_per_message: rounded(fanOut.count / stamped, 3),
    }),
    not_timed: stampedElsewhere,
  };
}
