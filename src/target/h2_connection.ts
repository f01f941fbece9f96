/**
 * The server's end of an HTTP/2 connection (RFC 9113) with prior knowledge, as small as calls need it: no TLS, no
 * priorities, no push. The platform's own server cannot send trailers.
 *
 * @module
 */
import { concat } from "@std/bytes/concat";
import { closeQuietly } from "../lib/net/close_quietly.ts";
import { headerBlock } from "../client/http2/encode_request.ts";
import {
  CODE,
  FIRST_WINDOW,
  FLAG,
  FRAME,
  FRAME_HEAD_BYTES,
  MAX_31_BITS,
  MIN_FRAME_BYTES,
  PREFACE,
  putFrameHead,
  putUint32,
  SETTING,
  settingsPayload,
  uint32At,
} from "../client/http2/frames.ts";
import { HpackDecoder } from "../client/http2/hpack_decoder.ts";
import { CallStream } from "./call_stream.ts";

/** Streams of a client at a time, and bytes that it may send on each ahead of what was read. */
const MAX_STREAMS = 1000;
const WINDOW_BYTES = 1024 ** 2;
const MAX_HEAD_BYTES = 64 * 1024;

/** Takes a request: its path is known, its body is still coming in. */
export type ServeCall = (path: string, stream: CallStream) => void;

/** One client. */
export class H2Connection {
  readonly #socket: Deno.Conn;
  readonly #serve: ServeCall;
  readonly #decoder = new HpackDecoder();
  readonly #streams = new Map<number, CallStream>();
  #buffer = new Uint8Array(0);
  #hasPreface = false;
  #block: Uint8Array[] = [];
  #blockBytes = 0;
  #blockStream = 0;
  #blockEnds = false;
  /** What waits to be written. */
  #outgoing: Uint8Array[] = [];
  #isWriting = false;
  #isClosed = false;
  /** What the client takes: on the connection, and on a new stream. */
  #window = FIRST_WINDOW;
  #streamWindow = FIRST_WINDOW;

  constructor(socket: Deno.Conn, serve: ServeCall) {
    this.#socket = socket;
    this.#serve = serve;
  }

  /** Serves until the client leaves. Never rejects. */
  async run(): Promise<void> {
    this.#send(
      FRAME.settings,
      0,
      0,
      settingsPayload([
        [SETTING.maxConcurrentStreams, MAX_STREAMS],
        [SETTING.initialWindowSize, WINDOW_BYTES],
      ]),
    );
    this.#sendWindow(0, MAX_31_BITS - FIRST_WINDOW);
    const chunk = new Uint8Array(65_536);
    try {
      while (!this.#isClosed) {
        const count = await this.#socket.read(chunk);
        if (count === null) break;
        this.#take(chunk.subarray(0, count));
      }
    } catch {
      // The client has left, or has broken the rules.
    }
    this.close();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const stream of this.#streams.values()) stream.cancel();
    this.#streams.clear();
    closeQuietly(this.#socket);
  }

  /** Sends the head of a stream's response. */
  sendHead(id: number): void {
    const block = headerBlock([[":status", "200"], ["content-type", "application/grpc"]]);
    this.#send(FRAME.headers, FLAG.endHeaders, id, block);
  }

  /** Sends as much as the client takes now; returns how many bytes that were. */
  sendData(stream: CallStream, bytes: Uint8Array): number {
    const count = Math.max(0, Math.min(bytes.length, stream.window, this.#window, MIN_FRAME_BYTES));
    if (count === 0) return 0;
    stream.window -= count;
    this.#window -= count;
    this.#send(FRAME.data, 0, stream.id, bytes.subarray(0, count));
    return count;
  }

  /** Ends a stream with trailers. */
  finish(stream: CallStream, trailers: readonly (readonly [name: string, value: string])[]): void {
    if (!this.#streams.delete(stream.id)) return;
    this.#send(FRAME.headers, FLAG.endHeaders | FLAG.endStream, stream.id, headerBlock(trailers));
    // The rest of a request that is not read is not wanted.
    if (!stream.isComplete) this.#send(FRAME.rstStream, 0, stream.id, uint32Bytes(CODE.noError));
  }

  #take(chunk: Uint8Array): void {
    const bytes = new Uint8Array(this.#buffer.length + chunk.length);
    bytes.set(this.#buffer);
    bytes.set(chunk, this.#buffer.length);
    let at = 0;
    if (!this.#hasPreface) {
      if (bytes.length >= PREFACE.length) {
        if (PREFACE.some((byte, i) => bytes[i] !== byte)) throw new Error("not HTTP/2");
        this.#hasPreface = true;
        at = PREFACE.length;
      }
    }
    while (this.#hasPreface && bytes.length - at >= FRAME_HEAD_BYTES) {
      const length = bytes[at]! << 16 | bytes[at + 1]! << 8 | bytes[at + 2]!;
      if (length > MIN_FRAME_BYTES) throw new Error("a frame is too large");
      const from = at + FRAME_HEAD_BYTES;
      if (bytes.length - from < length) break;
      this.#takeFrame(
        bytes[at + 3]!,
        bytes[at + 4]!,
        uint32At(bytes, at + 5) & MAX_31_BITS,
        bytes.slice(from, from + length),
      );
      at = from + length;
    }
    this.#buffer = bytes.slice(at);
  }

  #takeFrame(type: number, flags: number, id: number, payload: Uint8Array): void {
    const isAck = (flags & FLAG.ack) !== 0;
    switch (type) {
      case FRAME.settings:
        if (!isAck) this.#takeSettings(payload);
        return;
      case FRAME.ping:
        if (!isAck) this.#send(FRAME.ping, FLAG.ack, 0, payload);
        return;
      case FRAME.headers:
        this.#block = [];
        this.#blockBytes = 0;
        this.#addToHead(withoutPadding(payload, flags, (flags & FLAG.priority) !== 0 ? 5 : 0));
        this.#blockStream = id;
        this.#blockEnds = (flags & FLAG.endStream) !== 0;
        if ((flags & FLAG.endHeaders) !== 0) this.#takeHead();
        return;
      case FRAME.continuation:
        this.#addToHead(payload);
        if ((flags & FLAG.endHeaders) !== 0) this.#takeHead();
        return;
      case FRAME.data:
        return this.#takeData(id, payload, flags);
      case FRAME.rstStream:
        this.#streams.get(id)?.cancel();
        this.#streams.delete(id);
        return;
      case FRAME.windowUpdate:
        return this.#widen(id, uint32At(payload, 0) & MAX_31_BITS);
    }
  }

  #takeSettings(payload: Uint8Array): void {
    for (let at = 0; at + 6 <= payload.length; at += 6) {
      const value = uint32At(payload, at + 2);
      if ((payload[at]! << 8 | payload[at + 1]!) !== SETTING.initialWindowSize) continue;
      for (const stream of this.#streams.values()) stream.widen(value - this.#streamWindow);
      this.#streamWindow = value;
    }
    this.#send(FRAME.settings, FLAG.ack, 0);
  }

  #widen(id: number, increment: number): void {
    if (id !== 0) return this.#streams.get(id)?.widen(increment);
    this.#window += increment;
    for (const stream of this.#streams.values()) stream.widen(0);
  }

  #addToHead(part: Uint8Array): void {
    this.#blockBytes += part.length;
    if (this.#blockBytes > MAX_HEAD_BYTES) throw new Error("a head is too large");
    this.#block.push(part);
  }

  #takeHead(): void {
    const block = concat(this.#block);
    this.#block = [];
    let path = "";
    const decoder = this.#decoder;
    decoder.begin(block, 0, block.length);
    while (decoder.next()) {
      const { nameBytes, nameStart, nameEnd, valueBytes, valueStart, valueEnd } = decoder;
      const name = String.fromCharCode(...nameBytes.subarray(nameStart, nameEnd));
      if (name === ":path") path = String.fromCharCode(...valueBytes.subarray(valueStart, valueEnd));
    }
    if (decoder.problem !== "") throw new Error(decoder.problem);
    const id = this.#blockStream;
    const known = this.#streams.get(id);
    if (known !== undefined) return known.end(); // Trailers.
    const stream = new CallStream(this, id, this.#streamWindow);
    this.#streams.set(id, stream);
    if (this.#blockEnds) stream.end();
    this.#serve(path, stream);
  }

  #takeData(id: number, payload: Uint8Array, flags: number): void {
    if (payload.length > 0) this.#sendWindow(0, payload.length);
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    stream.push(withoutPadding(payload, flags, 0));
    if ((flags & FLAG.endStream) !== 0) stream.end();
    else if (payload.length > 0) this.#sendWindow(id, payload.length);
  }

  #sendWindow(id: number, increment: number): void {
    this.#send(FRAME.windowUpdate, 0, id, uint32Bytes(increment));
  }

  #send(type: number, flags: number, stream: number, payload: Uint8Array = NOTHING): void {
    if (this.#isClosed) return;
    const frame = new Uint8Array(FRAME_HEAD_BYTES + payload.length);
    putFrameHead(frame, 0, { length: payload.length, type, flags, stream });
    frame.set(payload, FRAME_HEAD_BYTES);
    this.#outgoing.push(frame);
    if (!this.#isWriting) void this.#write();
  }

  async #write(): Promise<void> {
    this.#isWriting = true;
    // What is sent in one turn goes out together.
    await Promise.resolve();
    try {
      while (this.#outgoing.length > 0 && !this.#isClosed) {
        const all = concat(this.#outgoing);
        this.#outgoing = [];
        for (let at = 0; at < all.length;) at += await this.#socket.write(all.subarray(at));
      }
    } catch {
      this.close();
    }
    this.#isWriting = false;
  }
}

const NOTHING = new Uint8Array(0);

function uint32Bytes(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  putUint32(bytes, 0, value);
  return bytes;
}

function withoutPadding(payload: Uint8Array, flags: number, skipped: number): Uint8Array {
  const isPadded = (flags & FLAG.padded) !== 0;
  const from = (isPadded ? 1 : 0) + skipped;
  return payload.subarray(from, Math.max(from, payload.length - (isPadded ? payload[0]! : 0)));
}
