/**
 * An HTTP/2 connection (RFC 9113), client side: opens streams, hands each the frames for it, says how it ended. Peers
 * that break the rules, or only keep the client busy, end the connection with a named failure and bounded memory.
 *
 * @module
 */
import { readClock } from "../../lib/clock.ts";
import { closeQuietly } from "../../lib/net/close_quietly.ts";
import { MAX_IDLE_FRAMES } from "../../lib/size_limits.ts";
import { FAILURE } from "../../metrics/failure.ts";
import type { ClientSpec } from "../../plan/client_spec.ts";
import { detailOf, failureOf } from "../exchange/failure_of.ts";
import { wearOf } from "../net/connection_wear.ts";
import type { Socket } from "../net/socket.ts";
import { type ControlHost, takeControlFrame } from "./control_frames.ts";
import { CODE, codeName, FLAG, FRAME, FRAME_HEAD_BYTES, MAX_31_BITS } from "./frames.ts";
import { type FrameHandler, type FrameHead, type FramePayload, FrameReader } from "./frame_reader.ts";
import { HeaderBlocks } from "./header_blocks.ts";
import { type ConnectionProblem, Outgoing } from "./outgoing.ts";
import { ReadBuffer } from "./read_buffer.ts";
import { GOOD_END, type Stream, type StreamEnd } from "./stream.ts";
import { StreamTable } from "./stream_table.ts";

/** A stream's window unless the user says otherwise: a server need not wait for leave to send. */
const DEFAULT_WINDOW_BYTES = 16 * 1024 * 1024;
const NO_SETTINGS = "the first frame is not SETTINGS";

/** What a connection is opened with. */
export interface ConnectionOptions {
  readonly spec: ClientSpec;
  /** Where it leads, for counts by address. */
  readonly address: string;
  readonly onClosed: (connection: Connection) => void;
  /** The first stream's number; for tests. */
  readonly firstStream?: number;
}

/** A connection that many users share. */
export class Connection implements FrameHandler, ControlHost {
  /** New streams may be opened. */
  isOpen = true;
  /** Everything is over. */
  isClosed = false;
  /** Exchanges that ended on it with a response. */
  answered = 0;
  readonly address: string;
  /** When it was opened, on the clock of `performance.now()`. */
  readonly openedMs = performance.now();
  /** Its outgoing side; for those who handle its frames. */
  readonly out: Outgoing;
  readonly #options: ConnectionOptions;
  readonly #socket: Socket;
  readonly #reader: FrameReader;
  readonly #blocks: HeaderBlocks;
  readonly #streams = new StreamTable();
  /** When bytes last came in, and when a PING was sent, on the clock of `performance.now()`. */
  #nowMs = performance.now();
  #pingMs = -1;
  #hasSettings = false;
  readonly #onReady: (() => void)[] = [];
  #idleFrames = 0;
  /** The stream whose DATA frame is being read; `null`: one that is over. */
  #dataStream: Stream | null = null;
  /** Why the server gave the connection up; empty while it did not. */
  #goneAway = "";
  readonly #wear;

  constructor(socket: Socket, options: ConnectionOptions) {
    const { maxHeaderBytes, h2WindowBytes: streamWindow = DEFAULT_WINDOW_BYTES, streams = 1 } = options.spec;
    this.#options = options;
    this.#wear = wearOf(options.spec);
    this.address = options.address;
    this.#socket = socket;
    this.#reader = new FrameReader(this);
    this.#blocks = new HeaderBlocks(maxHeaderBytes);
    this.out = new Outgoing(socket, {
      streamWindow,
      connectionWindow: Math.min(MAX_31_BITS, streamWindow * streams),
      maxHeaderBytes,
      firstStream: options.firstStream ?? 1,
      onFailure: (error) => this.#lost(error),
    });
    void this.#read();
  }

  /** Calls back once the server has introduced itself, or the connection is over. */
  whenReady(callback: () => void): void {
    if (this.#hasSettings || this.isClosed) callback();
    else this.#onReady.push(callback);
  }

  /** Sends a stream's request, or puts it in line behind what the server allows at a time. */
  open(stream: Stream): void {
    if (this.#wear?.isLastUse() || !this.#options.spec.keepAlive) this.isOpen = false;
    const { maxStreams } = this.out;
    if (this.#streams.size < maxStreams) return this.#start(stream);
    // Until the server has introduced itself the limit is not its own.
    if (this.#hasSettings) stream.out.streamLimit = maxStreams;
    this.#streams.queue(stream);
  }

  /** Sends the next piece of a stream's body; `stream.onPieceSent` tells when it is out. */
  sendPiece(stream: Stream, piece: Uint8Array, isLast: boolean): void {
    stream.piece = piece;
    stream.pieceAt = 0;
    stream.isLastPiece = isLast;
    // Before it has a number, a stream stands in line: the piece goes out with its head.
    if (stream.id !== 0) this.out.sendBody(stream);
  }

  /** Gives up a stream that its owner no longer waits for. The connection lives on. */
  cancel(stream: Stream): void {
    if (stream.id !== 0) this.#reset(stream, CODE.cancel);
    this.#release(stream);
    this.#goOn();
  }

  /** A stream has waited too long. A server that has not answered a PING by the next one gets no more streams. */
  suspect(): void {
    if (this.isClosed) return;
    const nowMs = performance.now();
    if (this.#pingMs <= this.#nowMs) {
      this.#pingMs = nowMs;
      this.out.ping();
    } else if (nowMs - this.#pingMs > this.#options.spec.timeoutMs / 2) this.retire("no response to a PING");
  }

  /** Opens no more streams, and closes after the last. */
  retire(reason: string): void {
    this.#turnAway(MAX_31_BITS, reason);
    this.#goOn();
  }

  /** Ends everything that is under way and closes. */
  close(): void {
    this.#end(FAILURE.unfinished, "", CODE.noError);
  }

  #start(stream: Stream): void {
    this.out.start(stream);
    this.#streams.add(stream);
    if (this.#options.spec.phases) stream.sentMs = performance.now();
    if (this.out.isExhausted) this.#turnAway(MAX_31_BITS, "no stream numbers left");
  }

  async #read(): Promise<void> {
    const buffer = new ReadBuffer();
    this.#socket.share?.();
    try {
      while (!this.isClosed) {
        const count = await this.#socket.read(buffer.free());
        if (this.isClosed) return;
        if (count === null) break;
        this.#nowMs = readClock();
        const end = buffer.filled(count);
        buffer.used(this.#reader.push(buffer.bytes, end));
      }
      this.#lost(null);
    } catch (error) {
      this.#lost(error);
    }
  }

  /** The connection has ended: in order (`null`), or with an error. */
  #lost(error: unknown): void {
    const kind = error === null ? FAILURE.truncated : failureOf(error);
    const detail = this.#goneAway || (error === null ? "" : detailOf(error));
    this.#end(this.#goneAway !== "" ? FAILURE.goaway : kind, detail);
  }

  /**
   * `failure` of kind `truncated`: for a stream without a response it is another. `code`: the end comes from here, and the
   * server is told why.
   */
  #end(failure: number, detail: string, code?: number): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.isOpen = false;
    this.out.close(code ?? CODE.noError);
    closeQuietly(this.#socket);
    const streams = this.#streams.takeAbove(0);
    this.#options.onClosed(this);
    for (const stream of streams) {
      const hasResponse = stream.firstByteMs >= 0;
      const isUnprocessed = stream.id === 0 && code === undefined;
      const isLost = !hasResponse && code === undefined && this.#goneAway === "";
      const own = failure === FAILURE.truncated && !hasResponse ? FAILURE.no_response : failure;
      stream.leave();
      stream.owner.streamEnded({ failure: own, detail, isUnprocessed, isLost }, readClock());
    }
    for (const callback of this.#onReady.splice(0)) callback();
  }

  broken(code: number, detail: string): void {
    // What breaks the rules from the first byte is not HTTP/2 at all.
    const failure = code === CODE.enhanceYourCalm
      ? FAILURE.http2_flood
      : this.#hasSettings
      ? FAILURE.http2_protocol
      : FAILURE.protocol;
    this.#end(failure, `${codeName(code)}: ${detail}`, code);
  }

  countIdle(what: string): void {
    // A server may open its windows again for every frame of a body.
    if (this.out.hasSentBody) this.#idleFrames = 0;
    this.out.hasSentBody = false;
    if (++this.#idleFrames <= MAX_IDLE_FRAMES) return;
    const frames = `${MAX_IDLE_FRAMES} frames without a response among them, last ${what}`;
    this.broken(CODE.enhanceYourCalm, frames);
  }

  /** The exchange is over; `code` tells a server that has not ended the stream itself. */
  #finish(stream: Stream, end: StreamEnd, code: number): void {
    if (code !== CODE.noError || !stream.isBodySent) this.#reset(stream, code || CODE.cancel);
    if (stream.firstByteMs >= 0) this.answered++;
    this.#release(stream);
    stream.owner.streamEnded(end, this.#nowMs);
    this.#goOn();
  }

  #fail(stream: Stream, failure: number, detail = ""): void {
    const code = failure === FAILURE.head_too_large ? CODE.cancel : CODE.protocolError;
    this.#finish(stream, { failure, detail, isUnprocessed: false, isLost: false }, code);
  }

  #reset(stream: Stream, code: number): void {
    this.out.reset(stream.id, code);
    this.#streams.noteReset(stream.id);
  }

  #release(stream: Stream): void {
    if (this.#dataStream === stream) this.#dataStream = null;
    if (!stream.isBodySent) this.out.forget(stream);
    this.#streams.remove(stream);
  }

  /** Lets those in line go ahead as there is room; closes when nobody is left to come. */
  #goOn(): void {
    while (this.#streams.size < this.out.maxStreams && !this.isClosed) {
      const next = this.#streams.next();
      if (next === undefined) break;
      this.#start(next);
    }
    if (!this.isOpen && this.#streams.isEmpty) this.close();
  }

  /**
   * The stream of a frame; `null`, after what is right has been done, when it is not under way. `mustBeOpen`: once the
   * server has ended a stream, it may send no such frame on it.
   */
  #streamFor(id: number, mustBeOpen: boolean, what: string): Stream | null {
    const stream = this.#streams.get(id);
    if (stream !== undefined) return stream;
    const state = this.#streams.stateOf(id, this.out.nextStream);
    if (state === "never opened") {
      this.broken(CODE.protocolError, `${what} on stream ${id}, which is not open`);
    } else if (mustBeOpen && state === "ended") {
      this.broken(CODE.streamClosed, `${what} on stream ${id}, which had ended`);
    } else this.countIdle(what);
    return null;
  }

  frame(head: FrameHead, payload: FramePayload): void {
    const { type, flags, stream } = head;
    const blocks = this.#blocks;
    if (blocks.isInside) {
      if (type !== FRAME.continuation || stream !== blocks.stream) return this.#interrupted();
      this.#countHeadBytes(stream, payload);
      // What follows could not be decoded without it.
      if (!blocks.add(payload, (flags & FLAG.endHeaders) !== 0)) {
        this.#end(FAILURE.head_too_large, "", CODE.enhanceYourCalm);
      } else if (!blocks.isInside) this.#takeBlock();
    } else if (!this.#hasSettings && (type !== FRAME.settings || (flags & FLAG.ack) !== 0)) {
      this.broken(CODE.protocolError, NO_SETTINGS);
    } else if (type === FRAME.headers) {
      this.#countHeadBytes(stream, payload);
      const problem = blocks.begin(stream, flags, payload);
      if (problem !== "") this.broken(CODE.protocolError, problem);
      else if (!blocks.isInside) this.#takeBlock();
    } else takeControlFrame(this, head, payload);
  }

  #interrupted(): void {
    this.broken(CODE.protocolError, "a header block was interrupted");
  }

  #countHeadBytes(id: number, { from, to }: FramePayload): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    stream.out.bytesReceived += FRAME_HEAD_BYTES + to - from;
    if (stream.firstByteMs < 0) stream.firstByteMs = this.#nowMs;
  }

  #takeBlock(): void {
    const blocks = this.#blocks;
    const stream = this.#streamFor(blocks.stream, true, "HEADERS");
    if (this.isClosed) return;
    if (stream !== null && blocks.isKnown(stream)) stream.takeKnownBlock();
    else {
      const isTrailers = stream?.hasHead ?? false;
      const problem = blocks.decode({ isTrailers, wantsText: stream?.mayKeepHead ?? false });
      if (problem !== "") return this.broken(CODE.compressionError, problem);
      if (stream === null) return;
      const failure = stream.takeHead(blocks.head, blocks.isLast);
      if (failure !== FAILURE.none) return this.#fail(stream, failure);
      if (stream.mayRemember(isTrailers)) blocks.remember(stream, isTrailers);
    }
    this.#idleFrames = 0;
    if (blocks.isLast) this.#complete(stream);
  }

  #complete(stream: Stream): void {
    const failure = stream.complete();
    if (failure === FAILURE.none) this.#finish(stream, GOOD_END, CODE.noError);
    else this.#fail(stream, failure);
  }

  dataBegins(id: number, length: number): void {
    if (this.#blocks.isInside) return this.#interrupted();
    if (!this.#hasSettings) return this.broken(CODE.protocolError, NO_SETTINGS);
    const stream = this.#streamFor(id, true, "DATA");
    if (this.isClosed) return;
    this.#dataStream = stream;
    if (stream !== null) stream.out.bytesReceived += FRAME_HEAD_BYTES + length;
    if (length === 0) this.countIdle("DATA without content");
    if (!this.out.receive(stream, length)) this.broken(CODE.flowControlError, "more data than was allowed");
  }

  dataContinues(buffer: Uint8Array, from: number, to: number): void {
    const stream = this.#dataStream;
    if (stream === null) return;
    this.#idleFrames = 0;
    const failure = stream.takeData(buffer, from, to);
    if (failure !== FAILURE.none) this.#fail(stream, failure);
  }

  dataEnds(isLast: boolean): void {
    const stream = this.#dataStream;
    if (stream === null) return;
    this.#dataStream = null;
    if (isLast) this.#complete(stream);
    else this.out.reopen(stream);
  }

  takeSettings(payload: FramePayload): ConnectionProblem | null {
    const problem = this.out.takeSettings(payload, this.#streams.open());
    if (problem !== null) return problem;
    this.#hasSettings = true;
    this.#goOn();
    for (const callback of this.#onReady.splice(0)) callback();
    return null;
  }

  takeWindow(id: number, increment: number): void {
    const stream = id === 0 ? null : this.#streamFor(id, false, "WINDOW_UPDATE");
    if (id !== 0 && stream === null) return;
    this.countIdle("WINDOW_UPDATE");
    if (this.isClosed) return;
    if (increment > 0 && this.out.widen(stream, increment)) return;
    const [code, detail] = increment === 0
      ? [CODE.protocolError, "WINDOW_UPDATE by 0"]
      : [CODE.flowControlError, "window above 2^31 − 1"];
    if (stream === null) this.broken(code, detail);
    else this.#fail(stream, FAILURE.http2_protocol, `${codeName(code)}: ${detail}`);
  }

  takeReset(id: number, code: number): void {
    const stream = this.#streamFor(id, false, "RST_STREAM");
    if (stream === null) return;
    this.out.forget(stream);
    stream.isBodySent = true; // Nobody wants the rest of it.
    const isUnprocessed = code === CODE.refusedStream && !stream.hasHead;
    const end = { failure: FAILURE.stream_reset, detail: codeName(code), isUnprocessed, isLost: false };
    this.#finish(stream, end, CODE.noError);
  }

  takeGoaway(last: number, code: number, reason: string): void {
    if (reason !== "") this.#goneAway = reason;
    this.#turnAway(last, reason || codeName(code));
    this.#goOn();
  }

  /** Ends the streams above a number, and those in line, which the server has not looked at; no more come. */
  #turnAway(last: number, detail: string): void {
    this.isOpen = false;
    const end = { failure: FAILURE.goaway, detail, isUnprocessed: true, isLost: false };
    const left = this.#streams.takeAbove(last);
    for (const stream of left) {
      if (!stream.isBodySent) this.out.forget(stream);
      stream.leave();
    }
    for (const stream of left) stream.owner.streamEnded(end, this.#nowMs);
  }
}
