/**
 * A run of WebSocket connections in words: what its requests are, and what each of its numbers means.
 *
 * @module
 */
import { formatDuration } from "../lib/duration.ts";
import type { StepStats } from "../metrics/snapshot.ts";
import { endedOf } from "../metrics/stats.ts";
import { isOpenLoop } from "../plan/load_kinds.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import { socketLoadOf, stepsOf } from "../plan/scenario.ts";
import type { SocketLoad, WebSocketStep } from "../plan/websocket_step.ts";

/** What a report calls the things that it counts. */
export interface CountedWords {
  /** Over all: `Total Requests`. */
  readonly total: string;
  readonly perSecond: string;
  /** Behind a rate. */
  readonly rateUnit: string;
  /** Where there is little room: `Requests`, and `Requests/s`. */
  readonly short: string;
}

const REQUESTS: CountedWords = {
  total: "Total Requests",
  perSecond: "Requests/sec",
  rateUnit: "req/s",
  short: "Requests",
};

/** The words for a plan. */
export function countedWords({ scenario }: Pick<RunPlan, "scenario">): CountedWords {
  const load = socketLoadOf(scenario);
  if (load === undefined) return REQUESTS;
  if (load.messages.length === 0) {
    return {
      total: "Connections",
      perSecond: "Connections/sec",
      rateUnit: "connections/s",
      short: "Opened",
    };
  }
  return load.expectsReply
    ? {
      total: "Round Trips",
      perSecond: "Round Trips/sec",
      rateUnit: "round trips/s",
      short: "Round trips",
    }
    : {
      total: "Messages Sent",
      perSecond: "Messages/sec",
      rateUnit: "messages/s",
      short: "Messages",
    };
}

/**
 * What statuses are shares of. Where a run sends messages and nothing else, only handshakes have a status: it would say
 * nothing as a share of messages.
 */
export function answerableOf(
  counts: StepStats,
  { scenario }: Pick<RunPlan, "scenario">,
): { readonly count: number; /** `""`: requests. */ readonly of: string } {
  const load = socketLoadOf(scenario);
  if (load === undefined || load.messages.length === 0) return { count: endedOf(counts), of: "" };
  const { opened = 0, openFailures = 0 } = counts.websocket ?? {};
  return { count: opened + openFailures, of: " of handshakes" };
}

/** What the terms of a run of connections mean, by their keys; `undefined` for another run. */
export function socketDefinitions(plan: RunPlan): Readonly<Record<string, string>> | undefined {
  const load = socketLoadOf(plan.scenario);
  if (load === undefined) return undefined;
  const step = stepsOf(plan.scenario)[0] as WebSocketStep;
  return {
    latency: latencyText(load, isOpenLoop(plan)),
    percentiles: load.expectsReply
      ? "over round trips and, ranked behind them, messages that never got a reply; nearest rank, at most 0.1% too " +
        "high; shown only where the sample is large enough"
      : "over handshakes and, ranked behind them, connections that could not be opened; nearest rank, at most 0.1% " +
        "too high; shown only where the sample is large enough",
    errors:
      "messages without a reply, connections that could not be opened, and connections that the server ended " +
      "before the run was over",
    connections: load.messages.length === 0
      ? "each is opened once and held until the end of the run"
      : "all are opened before the start, unless users begin one after another; the table has their handshakes: " +
        "from the start of connecting to the end of the response",
    rates:
      "over the time from the start to the end of the last message; bytes are contents of messages received",
    messages:
      "whole messages, however many frames each came in; bytes without framing, and before compression",
    ...(load.expectsReply && {
      replies: (load.correlation === undefined
        ? "the next message on the connection is the reply to the one that has waited longest"
        : "a reply is the message that holds the same key as the one that was sent") +
        (step.replyTimeoutMs ? `; after ${formatDuration(step.replyTimeoutMs)} it counts as missing` : ""),
    }),
  };
}

function latencyText({ expectsReply, messages, inFlight }: SocketLoad, isOpen: boolean): string {
  if (!expectsReply) {
    return "of handshakes: from the start of connecting to the end of the response" +
      (messages.length > 0 ? "; messages without a response have none" : "");
  }
  return isOpen
    ? `round trip: from the moment a message was due to the last byte of its reply; up to ${inFlight} messages wait ` +
      "for replies on a connection, and waiting to be sent counts"
    : "round trip: from the sending of a message to the last byte of its reply";
}
