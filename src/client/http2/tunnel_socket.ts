/**
 * A stream of HTTP/2 as a socket: what an extended CONNECT opens (RFC 8441, 5), for WebSocket to speak over.
 *
 * @module
 */
import { FAILURE } from "../../metrics/failure.ts";
import type { BodySink } from "../exchange/body_buffer.ts";
import { Exchange, type PreparedRequest } from "../exchange/http_client.ts";
import { NOTHING_YET, type Socket } from "../net/socket.ts";
import type { Connection } from "./connection.ts";
import { encodeForHttp2 } from "./encode_request.ts";
import type { ResponseHead } from "./response_head.ts";
import { Stream, type StreamEnd, type StreamOwner } from "./stream.ts";

const EMPTY = new Uint8Array(0);
const CLOSED = "The connection is closed";

/** A stream that tells of its response's head. */
class TunnelStream extends Stream {
  onHead: (() => void) | null = null;

  override takeHead(head: ResponseHead, isLast: boolean): number {
    const failure = super.takeHead(head, isLast);
    if (this.hasHead && failure === FAILURE.none) this.onHead?.();
    return failure;
  }
}

/** What a server said to an extended CONNECT. */
export interface TunnelResponse {
  readonly status: number;
  /** In the form of HTTP/1.1. */
  readonly head: Uint8Array;
}

/** One tunnel. */
export class TunnelSocket implements Socket, StreamOwner, BodySink {
  readonly #connection: Connection;
  readonly #stream = new TunnelStream(this);
  readonly #exchange = new Exchange();
  /** What came and was not read yet. */
  #kept = EMPTY;
  #isEnded = false;
  /** Why it ended before its time. */
  #error: Error | null = null;
  #onData: (() => void) | null = null;
  #onResponse: (response: TunnelResponse | StreamEnd) => void = () => {};

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Asks for the tunnel; resolves to the server's response, whatever it is, or to how the stream ended without one. */
  open(request: PreparedRequest): Promise<TunnelResponse | StreamEnd> {
    const stream = this.#stream;
    stream.request = request;
    stream.encoded = encodeForHttp2(request);
    stream.out = this.#exchange;
    return new Promise((resolve) => {
      this.#onResponse = resolve;
      stream.onHead = () => resolve({ status: this.#exchange.status, head: this.#exchange.head ?? EMPTY });
      stream.begin(this);
      this.#connection.open(stream);
    });
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    while (this.#kept.length === 0 && !this.#isEnded) {
      await new Promise<void>((resolve) => this.#onData = resolve);
    }
    const count = this.#peek(buffer);
    if (count === NOTHING_YET || count === null) {
      if (this.#error !== null) throw this.#error;
      return null;
    }
    this.#kept = this.#kept.subarray(count);
    return count;
  }

  peek(buffer: Uint8Array): Promise<number | null> | number | null {
    return this.#error === null || this.#kept.length > 0 ? this.#peek(buffer) : Promise.reject(this.#error);
  }

  write(bytes: Uint8Array): Promise<number> | number {
    const stream = this.#stream;
    if (stream.isOver) return Promise.reject(this.#error ?? new Error(CLOSED));
    this.#connection.sendPiece(stream, bytes, false);
    if (stream.piece === null) return bytes.length;
    return new Promise((resolve, reject) => {
      stream.onPieceSent = () => {
        stream.onPieceSent = null;
        if (stream.isOver) reject(this.#error ?? new Error(CLOSED));
        else resolve(bytes.length);
      };
    });
  }

  close(): void {
    if (this.#isEnded) return;
    this.#end(new Error(CLOSED));
    if (!this.#stream.isOver) this.#connection.cancel(this.#stream);
    this.#stream.leave();
  }

  append(buffer: Uint8Array, from: number, to: number): void {
    const joined = new Uint8Array(this.#kept.length + to - from);
    joined.set(this.#kept);
    joined.set(buffer.subarray(from, to), this.#kept.length);
    this.#kept = joined;
    this.#wake();
  }

  streamEnded(end: StreamEnd): void {
    this.#stream.leave();
    this.#onResponse(end);
    this.#end(end.failure === FAILURE.none ? null : new Error(end.detail));
  }

  #peek(buffer: Uint8Array): number | null {
    const count = Math.min(buffer.length, this.#kept.length);
    if (count === 0) return this.#isEnded ? null : NOTHING_YET;
    buffer.set(this.#kept.subarray(0, count));
    return count;
  }

  #end(error: Error | null): void {
    this.#isEnded = true;
    this.#error = error;
    this.#wake();
  }

  #wake(): void {
    const wake = this.#onData;
    this.#onData = null;
    wake?.();
  }
}
