/**
 * The schemas of what a JSON result says of streamed responses, of tokens and of gRPC calls.
 *
 * @module
 */
import { amount, count, dictionary, maybe, type Schema, shape } from "../../lib/shape.ts";
import type { GrpcJson, StreamsJson, TokensJson } from "./stream_json.ts";
import { timesSchema } from "./times_schema.ts";

/** What they look like in a file. */
export const streamsSchema: Schema<StreamsJson> = shape<StreamsJson>()({
  count,
  events: count,
  events_per_sec: amount,
  broken: count,
  broken_events: count,
  timed_out: count,
  events_together: count,
  first_event: timesSchema,
  event_gap: timesSchema,
  longest_silence: timesSchema,
});

/** The same for tokens. */
export const tokensSchema: Schema<TokensJson> = shape<TokensJson>()({
  output: count,
  tokens_per_sec: amount,
  unreadable_events: count,
  goodput: maybe(amount),
  ttft: timesSchema,
  itl: timesSchema,
  tpot: timesSchema,
});

/** The same for calls. */
export const grpcSchema: Schema<GrpcJson> = shape<GrpcJson>()({
  statuses: dictionary(count),
  without_status: count,
});
