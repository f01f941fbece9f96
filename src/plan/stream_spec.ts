/**
 * How a response that streams is read.
 *
 * @module
 */

/** How a stream is cut into events. */
export const STREAM_KINDS = ["auto", "sse", "ndjson", "lines", "chunks"] as const;

/** `auto`: told from the content type. `chunks`: an event is what comes in at a time. */
export type StreamKind = (typeof STREAM_KINDS)[number];

/** The longest that a request may take, part by part, to count for goodput; in ms. Absent: no limit. */
export interface GoodputLimits {
  /** Time to first token. */
  readonly ttftMs?: number;
  /** Mean time from one token to the next: TPOT. */
  readonly tpotMs?: number;
  /** Longest time from one token to the next. */
  readonly itlMs?: number;
  /** From the start to the end of the response. */
  readonly e2eMs?: number;
}

/** Where the tokens of a language model are. */
export interface TokenSpec {
  /** JSON path of a token's text; an event whose text is not empty is a token. */
  readonly path: string;
  /** JSON path of the server's own count of them, in any event. */
  readonly countPath?: string;
  /** What a request must keep to count for goodput; absent: goodput is not measured. */
  readonly goodput?: GoodputLimits;
}

/** A streamed response. */
export interface StreamSpec {
  /** How it is cut into events. */
  readonly kind: StreamKind;
  /** Absent: events are only counted and timed. */
  readonly tokens?: TokenSpec;
}
