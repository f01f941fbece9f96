/**
 * What a JSON result says of streamed responses, of tokens and of gRPC calls; all keys of a section are always there.
 *
 * @module
 */
import { present, rounded } from "../../lib/json/present.ts";
import { goodputOf } from "../../metrics/further_rates.ts";
import { EMPTY_HISTOGRAM, type HistogramData } from "../../metrics/histogram.ts";
import type { Stats } from "../../metrics/stats.ts";
import type { StepStats } from "../../metrics/snapshot.ts";
import { callStatuses } from "../../metrics/shown_statuses.ts";
import { type TimesJson, timesJson } from "./times_json.ts";

/** Responses that streamed. Times in seconds. */
export interface StreamsJson {
  /** Those whose head had come. */
  readonly count: number;
  /** Received in all of them. */
  readonly events: number;
  /** Over `duration_sec`. */
  readonly events_per_sec: number;
  /** Streams that failed after their first event. */
  readonly broken: number;
  /** Events that these had received. */
  readonly broken_events: number;
  /** Of these streams, the ones that their timeout ended. */
  readonly timed_out: number;
  /** Events that came in one read with the one before: their gap is 0. */
  readonly events_together: number;
  /** From the start of a request, with a rate from when it was due, to its first event. */
  readonly first_event: TimesJson;
  /** From one event to the next of a stream. */
  readonly event_gap: TimesJson;
  /** The longest time without an event in each stream, that before the first included. */
  readonly longest_silence: TimesJson;
}

/** Output tokens of language models. Times in seconds. */
export interface TokensJson {
  /** By the server's own count where it is named, else events that hold one. */
  readonly output: number;
  /** Over `duration_sec`. */
  readonly tokens_per_sec: number;
  /** Events in which no token could be looked for, since they are not JSON. */
  readonly unreadable_events: number;
  /** Requests within all limits of `--goodput`, in percent of those that ended; absent without limits. */
  readonly goodput?: number;
  /** Time to first token. */
  readonly ttft: TimesJson;
  /** From one token to the next. */
  readonly itl: TimesJson;
  /** Of each request: from its first token to its last, over the tokens after the first. */
  readonly tpot: TimesJson;
}

/** What a run or a step measured beyond requests. */
export interface FurtherJson {
  /** gRPC calls by status; absent: none were made. */
  readonly grpc?: GrpcJson;
  /** Responses that streamed; absent: none was read so. */
  readonly event_streams?: StreamsJson;
  /** Output tokens of language models; absent: none were looked for. */
  readonly tokens?: TokensJson;
}

/** All of it. */
export function furtherJson(stats: Stats): FurtherJson {
  return present<FurtherJson>({
    grpc: grpcJson(stats.counts),
    event_streams: streamsJson(stats),
    tokens: tokensJson(stats),
  });
}

/** The section on streams; `undefined` where there were none. */
function streamsJson({ counts: { stream }, durationMs }: Stats): StreamsJson | undefined {
  if (stream === undefined) return undefined;
  return {
    count: stream.streams,
    events: stream.events,
    events_per_sec: perSecond(stream.events, durationMs),
    broken: stream.broken,
    broken_events: stream.brokenEvents,
    timed_out: stream.timedOut,
    events_together: stream.together,
    first_event: timesJson({ latency: stream.firstEvent, unanswered: stream.noFirstEvent }),
    event_gap: timesJson(answered(stream.gap)),
    longest_silence: timesJson(answered(stream.silence)),
  };
}

/** The section on tokens; `undefined` where none were looked for. */
function tokensJson(stats: Stats): TokensJson | undefined {
  const { counts: { tokens }, durationMs } = stats;
  if (tokens === undefined) return undefined;
  const goodput = goodputOf(stats);
  return {
    output: tokens.tokens,
    tokens_per_sec: perSecond(tokens.tokens, durationMs),
    unreadable_events: tokens.unreadable,
    ...(goodput !== undefined && { goodput: rounded(goodput, 4) }),
    ttft: timesJson({ latency: tokens.ttft, unanswered: tokens.noToken }),
    itl: timesJson(answered(tokens.itl)),
    tpot: timesJson(answered(tokens.tpot)),
  };
}

/** Calls that ended. */
export interface GrpcJson {
  /** By their status, `OK` included, and that of calls which were given up at their deadline. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Calls that ended without any. */
  readonly without_status: number;
}

/** The section on calls; `undefined` where none were made. */
export function grpcJson({ grpc }: StepStats): GrpcJson | undefined {
  if (grpc === undefined) return undefined;
  const statuses = callStatuses(grpc).map(({ name, count }) => [name, count]);
  return { statuses: Object.fromEntries(statuses), without_status: grpc.noStatus };
}

function answered(latency: HistogramData): Parameters<typeof timesJson>[0] {
  return { latency, unanswered: EMPTY_HISTOGRAM };
}

function perSecond(count: number, durationMs: number): number {
  return durationMs > 0 ? rounded(count / durationMs * 1000, 2) : 0;
}
