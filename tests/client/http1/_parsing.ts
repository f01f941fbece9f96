/** Feeds the parser as the client does. */
import { ResponseParser } from "../../../src/client/http1/response_parser.ts";
import { FAILURE_KINDS, type FailureName } from "../../../src/metrics/failure.ts";

/** What became of some bytes. */
export interface Parsed {
  readonly done: boolean;
  readonly failure: FailureName;
  readonly status: number;
  readonly body: string;
  readonly keepAlive: boolean;
  /** Bytes after the end of the response. */
  readonly left: number;
}

/** Limit of heads in these tests. */
export const MAX_HEAD = 1024;

/** How bytes arrive. */
export interface Arrival {
  /** Positions at which they are split, ascending. */
  readonly cuts?: readonly number[];
  /** The request was a HEAD. */
  readonly isHead?: boolean;
  /** The connection ends behind them. */
  readonly ends?: boolean;
  /** What the buffer holds behind the bytes that have arrived; it must not matter. */
  readonly junk?: Uint8Array;
}

/** Feeds bytes in pieces as the client does: a head stays in one buffer, body bytes start at its beginning again. */
export function parse(bytes: Uint8Array, options: Arrival = {}): Parsed {
  let body = "";
  const sink = {
    append(buffer: Uint8Array, from: number, to: number) {
      body += String.fromCharCode(...buffer.subarray(from, to));
    },
  };
  const parser = new ResponseParser(MAX_HEAD);
  parser.begin(options.isHead ?? false, sink);
  const edges = [0, ...options.cuts ?? [], bytes.length];
  const buffer = new Uint8Array(bytes.length + 64);
  const junk = options.junk ?? new Uint8Array(0);
  let filled = 0;
  let left = 0;
  for (let i = 1; i < edges.length; i++) {
    const piece = bytes.subarray(edges[i - 1], edges[i]);
    if (piece.length === 0) continue;
    if (parser.isDone || parser.failure) {
      left += piece.length;
      continue;
    }
    if (!parser.isInHead) filled = 0;
    buffer.set(piece, filled);
    buffer.set(junk.subarray(0, buffer.length - filled - piece.length), filled + piece.length);
    const used = parser.push(buffer, filled, filled + piece.length);
    left += filled + piece.length - used;
    filled += piece.length;
  }
  if (options.ends) parser.close();
  return {
    done: parser.isDone,
    failure: FAILURE_KINDS[parser.failure]!.name,
    status: parser.status,
    body,
    keepAlive: parser.keepAlive,
    left: parser.failure ? 0 : left,
  };
}

/** Bytes of a text, a character a byte. */
export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
