/**
 * What is measured of responses that stream, and of the tokens in them.
 *
 * @module
 */
import type { CounterSpec, DistributionSpec } from "./measure_specs.ts";

/** What is counted of streamed responses. */
export const STREAM_COUNTERS = {
  open: { help: "Streams that are open", unit: "1", time: "last" },
  streams: { help: "Responses that streamed: those whose head had come", unit: "1" },
  events: {
    help: "Events received; of streams that broke or were cut off at the end, too",
    unit: "1",
    shown: { key: "events", better: "higher", isExported: true },
  },
  broken: {
    help: "Streams that failed after their first event",
    unit: "1",
    shown: { key: "broken_streams", better: "lower", isExported: true },
  },
  brokenEvents: { help: "Events that these had received", unit: "1" },
  timedOut: { help: "Of these streams, the ones that their timeout ended", unit: "1" },
  together: { help: "Events that came in one read with the one before: their gap is 0", unit: "1" },
} as const satisfies Readonly<Record<string, CounterSpec>>;

/** Times that are kept of them. */
export const STREAM_DISTRIBUTIONS = {
  firstEvent: {
    help: "From the start of a request, with a rate from when it was due, to its first event",
    shown: { key: "first_event", label: "First event", unanswered: "noFirstEvent" },
  },
  noFirstEvent: { help: "Requests without an event: how long each was waited for" },
  gap: { help: "From one event to the next of a stream", shown: { key: "event_gap", label: "Event gap" } },
  silence: {
    help: "The longest time without an event in each stream, that before the first included",
    shown: { key: "silence", label: "Longest silence" },
  },
} as const satisfies Readonly<Record<string, DistributionSpec>>;

/** What is counted of tokens. */
export const TOKEN_COUNTERS = {
  tokens: {
    help: "Output tokens: by the server's own count where it is named, else events that hold one",
    unit: "1",
    shown: { key: "tokens", better: "higher", isExported: true },
  },
  unreadable: { help: "Events in which no token could be looked for, since they are not JSON", unit: "1" },
  judged: { help: "Requests that ended, for goodput", unit: "1" },
  good: { help: "Of these, the ones within all limits of --goodput", unit: "1" },
} as const satisfies Readonly<Record<string, CounterSpec>>;

/** Times that are kept of them. */
export const TOKEN_DISTRIBUTIONS = {
  ttft: {
    help:
      "Time to first token: from the start of a request, with a rate from when it was due, to its first token",
    shown: { key: "ttft", label: "TTFT", unanswered: "noToken" },
  },
  noToken: { help: "Requests without a token: how long each was waited for" },
  itl: { help: "Inter-token latency: from one token to the next", shown: { key: "itl", label: "ITL" } },
  tpot: {
    help:
      "Time per output token of each request: from its first token to its last, over the tokens after the first",
    shown: { key: "tpot", label: "TPOT" },
  },
} as const satisfies Readonly<Record<string, DistributionSpec>>;
