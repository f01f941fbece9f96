/**
 * One WebSocket connection, from behind its handshake to its end: reads without pause, answers pings, and closes as RFC
 * 6455 (7) says. What a server does wrong ends it with a failure that has a name.
 *
 * @module
 */
import { readClock } from "../../lib/clock.ts";
import { closeQuietly } from "../../lib/net/close_quietly.ts";
import { FAILURE } from "../../metrics/failure.ts";
import { detailOf, failureOf } from "../exchange/failure_of.ts";
import type { Socket } from "../net/socket.ts";
import { CLOSE, maySend } from "./close_codes.ts";
import { FrameReader, type MessageSink } from "./frame_reader.ts";
import { COMPRESSED, FIN, FrameBuffer, NO_PAYLOAD, OPCODE, type Payload, payloadOf } from "./frames.ts";
import type { Handshake } from "./handshake.ts";
import { deflate, Inflater } from "./inflate.ts";
import { Utf8Check } from "./utf8.ts";

/** How a connection ended. */
export interface ConnectionEnd {
  /** A number of `FAILURE`; `none`: a close frame was exchanged. */
  readonly failure: number;
  readonly detail: string;
  /** The server's code: {@linkcode CLOSE}`.none` without one, `.abnormal` without a close frame. */
  readonly code: number;
  /** We had begun to close it. */
  readonly isOurs: boolean;
}

/** Who uses a connection. Bytes are valid during the call only. */
export interface ConnectionUser {
  /**
   * A whole message: `length` bytes of `bytes` from `from` on; `bytes` is `null` where nobody wants them. Gives `true` where
   * somebody goes on with it at once, who is likely to send the next message.
   */
  takeMessage(isText: boolean, length: number, bytes: Uint8Array | null, from: number): boolean;
  takePong(): void;
  /** Called once. */
  ended(end: ConnectionEnd): void;
}

/** How a connection is used. */
export interface ConnectionOptions {
  readonly maxMessageBytes: number;
  /** The user looks at messages, not only at their number and size. */
  readonly keepsMessages: boolean;
  /** One user alone sends, and message by message: `takeMessage` tells whether it goes on. */
  readonly isAlone: boolean;
  /** How long the server's close frame is waited for. */
  readonly closeTimeoutMs: number;
}

/** Answers to pings that may wait to be written. */
const MAX_PONGS = 16;
const MAX_READ_BYTES = 65_536;
/** So many microtasks a user has for going on before the connection is read again; more than a poller waits for. */
const MAX_HOPS = 20;
/** How long the server may take to close the TCP connection after both close frames. */
const LINGER_MS = 1000;

/** A connection. */
export class WebSocketConnection implements MessageSink {
  bytesReceived = 0;
  bytesSent = 0;
  /** When the last bytes came, on the clock of `performance.now()`. */
  heardMs = 0;
  readonly isCompressed: boolean;
  readonly #socket: Socket;
  readonly #user: ConnectionUser;
  readonly #options: ConnectionOptions;
  readonly #reader: FrameReader;
  readonly #frames = new FrameBuffer();
  readonly #first: Uint8Array;
  #buffer: Uint8Array;
  /** What is still being written. */
  #writing: Promise<void> | null = null;
  /** Answers to pings that wait for their turn. */
  #waitingPongs = 0;
  /** The last of those that came when too many were waiting. */
  #lastPing: Uint8Array | null = null;
  /** A message was handed over whose taker has not gone on yet. */
  #isServing = false;
  #hasSentClose = false;
  /** Something could not be written: that is told when all that came in before was read. */
  #isBroken = false;
  /** The server broke a rule: it is read no more. */
  #isRefused = false;
  #isOurs = false;
  #isOver = false;
  #isGone = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #gone = Promise.withResolvers<void>();

  constructor(
    socket: Socket,
    { deflate, rest, buffer }: Pick<Handshake, "deflate" | "rest" | "buffer">,
    options: ConnectionOptions & { readonly user: ConnectionUser },
  ) {
    const { maxMessageBytes, keepsMessages, isAlone, closeTimeoutMs } = options;
    this.#socket = socket;
    // What it was opened with is not kept.
    this.#options = { maxMessageBytes, keepsMessages, isAlone, closeTimeoutMs };
    this.#user = options.user;
    this.#first = rest;
    this.#buffer = buffer;
    this.isCompressed = deflate !== null;
    const inflater = deflate && new Inflater(deflate, maxMessageBytes);
    this.#reader = new FrameReader(this, { maxMessageBytes, keepsMessages, inflater });
  }

  /** Begins to read. Resolves when the TCP connection is closed. */
  run(): Promise<void> {
    this.#read();
    return this.#gone.promise;
  }

  get isOpen(): boolean {
    return !this.#isOver && !this.#hasSentClose && !this.#isBroken;
  }

  /** Sends a message. `null`: it is out; else resolves when it is. Nothing happens once the connection is closed. */
  send(isText: boolean, payload: Payload): Promise<void> | null {
    this.#isServing = false;
    if (!this.isOpen) return null;
    const opcode = isText ? OPCODE.text : OPCODE.binary;
    if (!this.isCompressed) return this.#send(FIN | opcode, payload);
    return this.#send(FIN | COMPRESSED | opcode, payloadOf(deflate(payload.bytes)));
  }

  ping(): void {
    if (this.isOpen) this.#send(FIN | OPCODE.ping, NO_PAYLOAD);
  }

  /** Asks the server to close. Resolves when it has, or the time for that is over. */
  async close(code: number = CLOSE.normal): Promise<void> {
    if (!this.isOpen) return;
    this.#isOurs = true;
    this.#sendClose(code);
    this.#timer = setTimeout(() => {
      this.#end(FAILURE.none, "no close frame in return", CLOSE.abnormal);
      this.#cut();
    }, this.#options.closeTimeoutMs);
    await this.#gone.promise;
  }

  /** Lets go of the connection at once. */
  cut(failure: number = FAILURE.unfinished): void {
    this.#end(failure, "", CLOSE.abnormal);
    this.#cut();
  }

  takeMessage(isText: boolean, length: number, bytes: Uint8Array | null, from: number): void {
    if (this.#isOver) return;
    if (this.#user.takeMessage(isText, length, bytes, from)) this.#isServing = true;
  }

  takeControl(opcode: number, payload: Uint8Array): void {
    if (this.#isOver) return;
    if (opcode === OPCODE.pong) this.#user.takePong();
    else if (opcode === OPCODE.ping) this.#sendPong(payload);
    else this.#closed(payload);
  }

  async #read(): Promise<void> {
    if (!this.#options.isAlone) this.#socket.share?.();
    try {
      if (this.#first.length > 0) this.#take(this.#first, this.#first.length);
      while (this.#reader.failure === FAILURE.none && !this.#isRefused) {
        // As with a request, the next message is sent first: a thread sleeps when all its sockets are waited for.
        for (let i = 0; this.#isServing && i < MAX_HOPS; i++) await undefined;
        this.#isServing = false;
        const got = await this.#socket.read(this.#buffer);
        if (got === null) break;
        this.#take(this.#buffer, got);
        if (got === this.#buffer.length && got < MAX_READ_BYTES) {
          this.#buffer = new Uint8Array(Math.min(got * 4, MAX_READ_BYTES));
        }
      }
      if (this.#reader.failure !== FAILURE.none) {
        this.#refuse(this.#reader.failure, this.#reader.problem);
      } else this.#end(FAILURE.ws_cut, "", CLOSE.abnormal);
    } catch (error) {
      const kind = failureOf(error);
      this.#end(kind === FAILURE.other ? FAILURE.ws_cut : kind, detailOf(error), CLOSE.abnormal);
    }
    if (this.#writing !== null && !this.#isGone) {
      // What is said last must still go out, if the server takes it.
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#cut(), LINGER_MS);
      await this.#writing;
    }
    this.#cut();
  }

  #take(bytes: Uint8Array, count: number): void {
    this.bytesReceived += count;
    this.heardMs = readClock();
    // What follows a close frame is not looked at.
    if (!this.#isOver) this.#reader.push(bytes, 0, count);
  }

  /** The server broke a rule: it is told so, and that is all. */
  #refuse(failure: number, problem: string): void {
    const code = failure === FAILURE.ws_utf8 || failure === FAILURE.ws_deflate
      ? CLOSE.invalidData
      : failure === FAILURE.ws_too_large
      ? CLOSE.tooLarge
      : CLOSE.protocolError;
    this.#isRefused = true;
    if (!this.#hasSentClose) this.#sendClose(code);
    this.#end(failure, problem, CLOSE.abnormal);
  }

  #closed(payload: Uint8Array): void {
    const code = payload.length === 0
      ? CLOSE.none
      : payload.length === 1
      ? -1
      : payload[0]! * 256 + payload[1]!;
    if (payload.length > 0 && !maySend(code)) {
      return this.#refuse(FAILURE.ws_protocol, code < 0 ? "a close frame of one byte" : `close code ${code}`);
    }
    const utf8 = new Utf8Check();
    if (!utf8.accept(payload, 2, payload.length) || !utf8.isWhole) {
      return this.#refuse(FAILURE.ws_utf8, "a reason to close that is not UTF-8");
    }
    const reason = new TextDecoder().decode(payload.subarray(2));
    if (!this.#hasSentClose) this.#sendClose(code);
    this.#end(FAILURE.none, reason, code);
    // The TCP connection is the server's to close: it keeps the port that is in use then.
    this.#timer = setTimeout(() => this.#cut(), LINGER_MS);
  }

  #sendClose(code: number): void {
    this.#hasSentClose = true;
    const bytes = code === CLOSE.none ? new Uint8Array(0) : new Uint8Array([code >> 8, code & 0xff]);
    this.#send(FIN | OPCODE.close, payloadOf(bytes));
  }

  /** A server that does not read gets a few answers, the last of them to its last ping (RFC 6455, 5.5.3). */
  #sendPong(payload: Uint8Array): void {
    if (this.#hasSentClose) return;
    if (this.#waitingPongs === MAX_PONGS) {
      this.#lastPing = payload.slice();
      return;
    }
    const writing = this.#send(FIN | OPCODE.pong, payloadOf(payload));
    if (writing === null) return;
    this.#waitingPongs++;
    writing.then(() => {
      this.#waitingPongs--;
      const last = this.#lastPing;
      this.#lastPing = null;
      if (last !== null) this.#sendPong(last);
    });
  }

  #send(firstByte: number, payload: Payload): Promise<void> | null {
    const before = this.#writing;
    const started = before === null
      ? this.#write(firstByte, payload)
      : before.then(() => this.#write(firstByte, payload) ?? undefined);
    if (started === null) return null;
    const done: Promise<void> = this.#settle(started).then(() => {
      if (this.#writing === done) this.#writing = null;
    });
    return this.#writing = done;
  }

  /** `null`: all is out. */
  #write(firstByte: number, payload: Payload): Promise<void> | null {
    if (this.#isGone) return null;
    const frame = this.#frames.encode(firstByte, payload);
    this.bytesSent += frame.length;
    const written = this.#socket.write(frame);
    return written === frame.length ? null : this.#writeRest(frame, written);
  }

  async #writeRest(frame: Uint8Array, written: Promise<number> | number): Promise<void> {
    for (let at = await written; at < frame.length;) at += await this.#socket.write(frame.subarray(at));
  }

  /** Ends the connection when what was to be written could not be. */
  async #settle(writing: Promise<void>): Promise<void> {
    try {
      await writing;
    } catch (error) {
      this.#isBroken = true;
      // What came in before tells more, and is read first.
      if (!this.#isOver) setTimeout(() => this.#lost(error), 0);
    }
  }

  #lost(error: unknown): void {
    if (this.#isOver) return;
    const kind = failureOf(error);
    this.#end(kind === FAILURE.other ? FAILURE.ws_cut : kind, detailOf(error), CLOSE.abnormal);
    this.#cut();
  }

  #end(failure: number, detail: string, code: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#user.ended({ failure, detail, code, isOurs: this.#isOurs });
  }

  #cut(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    clearTimeout(this.#timer);
    closeQuietly(this.#socket);
    this.#gone.resolve();
  }
}
