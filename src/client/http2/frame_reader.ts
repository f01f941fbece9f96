/**
 * Cuts a connection's bytes into frames (RFC 9113, section 4.1), in whatever pieces they arrive. Data is handed on as
 * it comes; other frames are handed on whole, in the buffer where they lie, so that buffer must be able to hold the
 * largest of them.
 *
 * @module
 */
import { CODE, FLAG, FRAME, FRAME_HEAD_BYTES, MIN_FRAME_BYTES, uint32At } from "./frames.ts";

/** The largest part of a buffer that may have to be kept for the next call. */
export const MAX_KEPT_BYTES = FRAME_HEAD_BYTES + MIN_FRAME_BYTES;

/** Takes frames in the order of their arrival; once it says that it has closed, no more. */
export interface FrameHandler {
  readonly isClosed: boolean;
  /** A frame other than DATA: its payload is the bytes `from … to − 1`. */
  frame(head: FrameHead, payload: FramePayload): void;
  /** A DATA frame begins; `length` is its payload's, padding included. */
  dataBegins(stream: number, length: number): void;
  /** Bytes of its content. */
  dataContinues(buffer: Uint8Array, from: number, to: number): void;
  /** It is complete. */
  dataEnds(isLast: boolean): void;
  /** The peer broke the rules: nothing after this can be understood. */
  broken(code: number, detail: string): void;
}

/** What a frame is. */
export interface FrameHead {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
}

/** Where a payload lies. */
export interface FramePayload {
  readonly buffer: Uint8Array;
  readonly from: number;
  readonly to: number;
}

/** One connection's incoming side. */
export class FrameReader {
  readonly #handler: FrameHandler;
  readonly #head = { type: 0, flags: 0, stream: 0 };
  readonly #payload = { buffer: new Uint8Array(0) as Uint8Array, from: 0, to: 0 };
  #isInData = false;
  #isLast = false;
  /** Bytes still to come of the present DATA frame: content, then padding. */
  #content = 0;
  #padding = 0;

  constructor(handler: FrameHandler) {
    this.#handler = handler;
  }

  /**
   * Reads the first `end` bytes of a buffer and returns how many were used. The rest, at most
   * {@linkcode MAX_KEPT_BYTES}, must stand at the start of the buffer in the next call.
   */
  push(buffer: Uint8Array, end: number): number {
    const handler = this.#handler;
    let at = 0;
    while (!handler.isClosed) {
      if (this.#isInData) {
        at = this.#readData(buffer, at, end);
        if (this.#isInData) return at;
      }
      if (handler.isClosed || end - at < FRAME_HEAD_BYTES) return at;
      const length = buffer[at]! << 16 | buffer[at + 1]! << 8 | buffer[at + 2]!;
      const type = buffer[at + 3]!;
      if (length > MIN_FRAME_BYTES) {
        handler.broken(CODE.frameSizeError, `frame of ${length} bytes`);
        return end;
      }
      const payload = at + FRAME_HEAD_BYTES;
      if (type === FRAME.data) {
        const isPadded = (buffer[at + 4]! & FLAG.padded) !== 0;
        if (isPadded && length > 0 && end <= payload) return at;
        this.#beginData(buffer, at, length);
        at = isPadded && length > 0 ? payload + 1 : payload;
        continue;
      }
      if (end < payload + length) return at;
      this.#head.type = type;
      this.#head.flags = buffer[at + 4]!;
      this.#head.stream = uint32At(buffer, at + 5) & 0x7fff_ffff;
      this.#payload.buffer = buffer;
      this.#payload.from = payload;
      this.#payload.to = at = payload + length;
      handler.frame(this.#head, this.#payload);
    }
    return at;
  }

  #beginData(buffer: Uint8Array, at: number, length: number): void {
    const flags = buffer[at + 4]!;
    const stream = uint32At(buffer, at + 5) & 0x7fff_ffff;
    this.#padding = 0;
    if ((flags & FLAG.padded) !== 0) {
      this.#padding = length === 0 ? 1 : buffer[at + FRAME_HEAD_BYTES]! + 1;
      if (this.#padding > length) {
        this.#handler.broken(CODE.protocolError, "padding longer than its DATA frame");
        return;
      }
      this.#padding--;
    }
    this.#content = length - this.#padding - ((flags & FLAG.padded) !== 0 ? 1 : 0);
    this.#isLast = (flags & FLAG.endStream) !== 0;
    this.#isInData = true;
    this.#handler.dataBegins(stream, length);
  }

  #readData(buffer: Uint8Array, from: number, end: number): number {
    let at = from;
    if (this.#content > 0) {
      const to = Math.min(end, at + this.#content);
      if (to > at) this.#handler.dataContinues(buffer, at, to);
      this.#content -= to - at;
      at = to;
    }
    const padding = Math.min(end - at, this.#padding);
    this.#padding -= padding;
    at += padding;
    if (this.#content === 0 && this.#padding === 0) {
      this.#isInData = false;
      this.#handler.dataEnds(this.#isLast);
    }
    return at;
  }
}
