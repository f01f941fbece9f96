/**
 * Looks into an open connection before a request is sent on it, without waiting.
 *
 * @module
 */
import { FAILURE } from "../../metrics/failure.ts";
import { noteError } from "../exchange/failure_of.ts";
import type { Exchange } from "../exchange/http_client.ts";
import { NOTHING_YET, type Socket } from "../net/socket.ts";

/**
 * A connection that was used just now is looked at before its 1st, 2nd, 4th, 8th … exchange and every 128th only: looking
 * costs a tenth of one. If a server sends more responses than it was asked for, each is taken for the next request's until
 * then.
 */
export const PEEK_EVERY = 128;

/** A connection, and how many exchanges it has served. */
export interface OpenConnection {
  readonly socket: Socket;
  readonly served: number;
}

/**
 * What is there already cannot be the response to a request that is still to be sent (RFC 9112, 6.3). On a connection
 * that has served none it may be what the server says to all, and the next read takes it. Resolves to a failure's number:
 * `no_response` for a connection that has ended or is about to. `buffer`: the one of the next read.
 */
export async function lookAhead(
  { socket, served }: OpenConnection,
  buffer: Uint8Array,
  out: Exchange,
): Promise<number> {
  try {
    const length = await socket.peek(buffer);
    if (length === NOTHING_YET) return FAILURE.none;
    if (length === null || isTimeoutNotice(buffer, length)) return FAILURE.no_response;
    if (served === 0) return FAILURE.none;
    out.bytesReceived = length;
    out.failureDetail = `${length} or more bytes after the end of the previous response`;
    return FAILURE.unexpected_bytes;
  } catch (error) {
    return noteError(error, out);
  }
}

/** The start of `HTTP/1.1 408`, which servers send before they close an idle connection (RFC 9110, 15.5.9). */
function isTimeoutNotice(buffer: Uint8Array, length: number): boolean {
  const head = String.fromCharCode(...buffer.subarray(0, Math.min(length, 12)));
  return /^HTTP\/1\.\d 408$/.test(head);
}
