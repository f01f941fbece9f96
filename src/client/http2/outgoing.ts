/**
 * What a connection sends: its introduction, requests, bodies within the windows that the server grants (RFC 9113,
 * section 5.2), and answers to the server's own frames; and how much the server is allowed to send.
 *
 * @module
 */
import type { Socket } from "../net/socket.ts";
import { putRequestHead } from "./encode_request.ts";
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
} from "./frames.ts";
import type { FramePayload } from "./frame_reader.ts";
import type { Stream } from "./stream.ts";
import { ENOUGH_QUEUED_BYTES, WriteQueue } from "./write_queue.ts";

/** Streams at a time until the server has named its own limit (RFC 9113, 6.5.2 wants no less of it). */
const FIRST_MAX_STREAMS = 100;

/** How a connection introduces itself. */
export interface OutgoingOptions {
  /** Bytes that the server may send on a stream ahead of what was taken. */
  readonly streamWindow: number;
  /** The same for all streams together. */
  readonly connectionWindow: number;
  readonly maxHeaderBytes: number;
  /** The first stream's number; odd. */
  readonly firstStream: number;
  readonly onFailure: (error: unknown) => void;
}

/** What is wrong with a frame, for the whole connection. */
export interface ConnectionProblem {
  readonly code: number;
  readonly detail: string;
}

/** One connection's outgoing side. */
export class Outgoing {
  /** The next stream's number. */
  nextStream: number;
  /** The server knows this client's settings: until then the protocol's first window holds as well. */
  isAcknowledged = false;
  /** Streams that the server allows at a time. */
  maxStreams = FIRST_MAX_STREAMS;
  /** The server takes extended CONNECT (RFC 8441, 3). */
  allowsTunnels = false;
  /** Something of a body was sent; cleared by whoever wants to know about the next. */
  hasSentBody = false;
  readonly #socket: Socket;
  readonly #queue: WriteQueue;
  readonly #options: OutgoingOptions;
  /** Streams with a body that is not all sent. */
  readonly #senders = new Set<Stream>();
  #sendWindow = FIRST_WINDOW;
  #peerWindow = FIRST_WINDOW;
  #receiveWindow: number;
  #unacknowledged = 0;
  readonly #into = { bytes: new Uint8Array(0), at: 0 };

  constructor(socket: Socket, options: OutgoingOptions) {
    this.#socket = socket;
    this.#options = options;
    this.nextStream = options.firstStream;
    this.#receiveWindow = Math.max(options.connectionWindow, FIRST_WINDOW);
    this.#queue = new WriteQueue(socket, {
      drained: () => this.#sendBodies(),
      writeFailed: options.onFailure,
    });
    this.#introduce();
  }

  /** There are no stream numbers left. */
  get isExhausted(): boolean {
    return this.nextStream > MAX_31_BITS;
  }

  /** Bytes that wait to be written. */
  get queuedBytes(): number {
    return this.#queue.length;
  }

  /** Sends a request's head, and of its body what may go; gives the stream its number. */
  start(stream: Stream): number {
    const id = this.nextStream;
    this.nextStream = id + 2;
    const { encoded } = stream;
    stream.id = id;
    stream.sendWindow = this.#peerWindow;
    const { streamWindow } = this.#options;
    stream.receiveWindow = this.isAcknowledged ? streamWindow : Math.max(streamWindow, FIRST_WINDOW);
    stream.unacknowledged = 0;
    const { length } = encoded.head;
    this.#into.at = this.#queue.reserve(length);
    this.#into.bytes = this.#queue.bytes;
    putRequestHead(encoded, id, this.#into);
    stream.out.bytesSent += length;
    if (!stream.isBodySent) {
      this.#senders.add(stream);
      this.sendBody(stream);
    }
    return id;
  }

  /** Sends as much of a stream's present piece as may go. */
  sendBody(stream: Stream): void {
    const { piece } = stream;
    if (piece === null || !this.#senders.has(stream)) return;
    while (this.#queue.length < ENOUGH_QUEUED_BYTES) {
      const left = piece.length - stream.pieceAt;
      const count = Math.min(left, MIN_FRAME_BYTES, stream.sendWindow, this.#sendWindow);
      if (count <= 0 && left > 0) return;
      this.#sendData(stream, piece, count);
      if (count < left) continue;
      stream.piece = null;
      if (stream.isLastPiece) {
        stream.isBodySent = true;
        this.#senders.delete(stream);
      }
      stream.onPieceSent?.();
      return;
    }
  }

  /** Sends nothing more for a stream. */
  forget(stream: Stream): void {
    this.#senders.delete(stream);
  }

  /** Ends a stream before its time. */
  reset(id: number, code: number): void {
    putUint32(...this.#frame(FRAME.rstStream, id, 4), code);
  }

  /** Asks whether anybody is still there. */
  ping(): void {
    const [bytes, at] = this.#frame(FRAME.ping, 0, 8);
    bytes.fill(0, at, at + 8);
  }

  /** Answers a PING with its own 8 bytes. */
  pong(payload: Uint8Array): void {
    const [bytes, at] = this.#frame(FRAME.ping, 0, 8, FLAG.ack);
    bytes.set(payload, at);
  }

  /** Counts what the server sends against its windows, and opens them again; `false` when it sent more than it may. */
  receive(stream: Stream | null, count: number): boolean {
    this.#receiveWindow -= count;
    this.#unacknowledged += count;
    if (this.#receiveWindow < 0) return false;
    if (this.#unacknowledged * 2 >= this.#options.connectionWindow) {
      this.#updateWindow(0, this.#unacknowledged);
      this.#receiveWindow += this.#unacknowledged;
      this.#unacknowledged = 0;
    }
    if (stream === null) return true;
    stream.receiveWindow -= count;
    stream.unacknowledged += count;
    return stream.receiveWindow >= 0;
  }

  /** Lets the server send on for a stream that goes on. */
  reopen(stream: Stream): void {
    if (stream.unacknowledged * 2 < this.#options.streamWindow) return;
    this.#updateWindow(stream.id, stream.unacknowledged);
    stream.receiveWindow += stream.unacknowledged;
    stream.unacknowledged = 0;
  }

  /** Takes the server's settings and acknowledges them. */
  takeSettings({ buffer, from, to }: FramePayload, streams: Iterable<Stream>): ConnectionProblem | null {
    for (let at = from; at < to; at += 6) {
      const number = buffer[at]! << 8 | buffer[at + 1]!;
      const value = uint32At(buffer, at + 2);
      if (number === SETTING.maxConcurrentStreams) this.maxStreams = value;
      else if (number === SETTING.enableConnectProtocol) this.allowsTunnels = value === 1;
      else if (number === SETTING.enablePush && value !== 0) {
        return { code: CODE.protocolError, detail: `ENABLE_PUSH ${value} from a server` };
      } else if (number === SETTING.maxFrameSize && (value < MIN_FRAME_BYTES || value > 0xff_ffff)) {
        return { code: CODE.protocolError, detail: `MAX_FRAME_SIZE ${value}` };
      } else if (number === SETTING.initialWindowSize) {
        if (value > MAX_31_BITS || !this.#shiftWindows(value, streams)) {
          return { code: CODE.flowControlError, detail: `INITIAL_WINDOW_SIZE ${value}` };
        }
      }
    }
    this.#frame(FRAME.settings, 0, 0, FLAG.ack);
    this.#sendBodies();
    return null;
  }

  /** Widens a stream's window, or with `null` the connection's; `false` when it has become too large. */
  widen(stream: Stream | null, increment: number): boolean {
    if (stream === null) {
      this.#sendWindow += increment;
      if (this.#sendWindow > MAX_31_BITS) return false;
      this.#sendBodies();
    } else {
      stream.sendWindow += increment;
      if (stream.sendWindow > MAX_31_BITS) return false;
      this.sendBody(stream);
    }
    return true;
  }

  /** Says goodbye, with a reason, and writes nothing more. */
  close(code: number): void {
    this.#senders.clear();
    this.#queue.close();
    const bytes = new Uint8Array(FRAME_HEAD_BYTES + 8);
    putFrameHead(bytes, 0, { length: 8, type: FRAME.goaway, flags: 0, stream: 0 });
    putUint32(bytes, FRAME_HEAD_BYTES + 4, code);
    // Whether it arrives does not matter: the connection ends either way.
    Promise.resolve(this.#socket.write(bytes)).catch(() => {});
  }

  #introduce(): void {
    const { streamWindow, connectionWindow, maxHeaderBytes } = this.#options;
    const settings = settingsPayload([
      [SETTING.headerTableSize, 0],
      [SETTING.enablePush, 0],
      [SETTING.initialWindowSize, streamWindow],
      [SETTING.maxHeaderListSize, maxHeaderBytes],
    ]);
    const at = this.#queue.reserve(PREFACE.length);
    this.#queue.bytes.set(PREFACE, at);
    const [bytes, payloadAt] = this.#frame(FRAME.settings, 0, settings.length);
    bytes.set(settings, payloadAt);
    if (connectionWindow > FIRST_WINDOW) this.#updateWindow(0, connectionWindow - FIRST_WINDOW);
  }

  #sendData(stream: Stream, piece: Uint8Array, count: number): void {
    const from = stream.pieceAt;
    const isLast = stream.isLastPiece && from + count === piece.length;
    const [bytes, at] = this.#frame(FRAME.data, stream.id, count, isLast ? FLAG.endStream : 0);
    bytes.set(count === piece.length ? piece : piece.subarray(from, from + count), at);
    stream.pieceAt = from + count;
    stream.sendWindow -= count;
    this.#sendWindow -= count;
    this.hasSentBody = true;
    stream.out.bytesSent += FRAME_HEAD_BYTES + count;
  }

  #sendBodies(): void {
    for (const stream of this.#senders) this.sendBody(stream);
  }

  #shiftWindows(value: number, streams: Iterable<Stream>): boolean {
    const difference = value - this.#peerWindow;
    this.#peerWindow = value;
    for (const stream of streams) {
      stream.sendWindow += difference;
      if (stream.sendWindow > MAX_31_BITS) return false;
    }
    return true;
  }

  #updateWindow(stream: number, increment: number): void {
    putUint32(...this.#frame(FRAME.windowUpdate, stream, 4), increment);
  }

  /** Begins a frame and returns where its payload belongs. */
  #frame(type: number, stream: number, length: number, flags = 0): [Uint8Array, number] {
    const at = this.#queue.reserve(FRAME_HEAD_BYTES + length);
    const { bytes } = this.#queue;
    putFrameHead(bytes, at, { length, type, flags, stream });
    return [bytes, at + FRAME_HEAD_BYTES];
  }
}
