/**
 * Looks into an open connection before a request is sent on it, without waiting: a read is begun, and serves for the
 * answer if nothing is there yet.
 *
 * @module
 */
import { FAILURE } from "../../metrics/failure.ts";
import type { Exchange } from "../exchange/http_client.ts";
import { noteError } from "../exchange/failure_of.ts";
import type { Socket } from "../net/socket.ts";

/**
 * A connection that was used just now is looked at before its 1st, 2nd, 4th, 8th … exchange and every 128th only: looking
 * costs a tenth of one. If a server sends more answers than it was asked for, each is taken for the next request's until
 * then.
 */
export const PEEK_EVERY = 128;

/**
 * Turns of the microtask queue within which a read settles when the system has bytes, an end or an error ready. Two are
 * enough for the platform's connections.
 */
const TURNS = 4;

/** A read begun ahead of the request. */
export class ReadAhead {
  /** What it comes to; its rejection needs no handler. */
  readonly result: Promise<number | null>;
  readonly #buffer: Uint8Array;
  #isOver = false;

  constructor(socket: Socket, buffer: Uint8Array) {
    const end = () => {
      this.#isOver = true;
    };
    this.#buffer = buffer;
    this.result = socket.read(buffer);
    this.result.then(end, end);
  }

  /**
   * Looks whether something is there already, which cannot be the answer to a request that is still to be sent (RFC
   * 9112, 6.3). On a connection that has served none it may be what the server says to all. Resolves to a failure's
   * number: `no_response` for a connection that has ended or is about to.
   */
  async look(isUsed: boolean, out: Exchange): Promise<number> {
    for (let turn = 0; turn < TURNS && !this.#isOver; turn++) await null;
    if (!this.#isOver) return FAILURE.none;
    try {
      const got = await this.result;
      if (got === null || isTimeoutNotice(this.#buffer, got)) return FAILURE.no_response;
      if (!isUsed) return FAILURE.none;
      out.bytesReceived = got;
      out.failureDetail = `${got} bytes or more behind the end of an earlier answer`;
      return FAILURE.unexpected_bytes;
    } catch (error) {
      return noteError(error, out);
    }
  }
}

/** The start of `HTTP/1.1 408`, which servers send before they close an idle connection (RFC 9110, 15.5.9). */
function isTimeoutNotice(buffer: Uint8Array, length: number): boolean {
  const head = String.fromCharCode(...buffer.subarray(0, Math.min(length, 12)));
  return /^HTTP\/1\.\d 408$/.test(head);
}
