/**
 * A WebSocket connection as load uses it: opened when it is needed, and again when it has ended; messages are sent and
 * their replies found. Timeouts are the caller's: it watches `deadlineMs` and calls `abort`.
 *
 * @module
 */
import { readClock } from "../../lib/clock.ts";
import { FAILURE } from "../../metrics/failure.ts";
import type { GroupRecorder } from "../../metrics/group_recorder.ts";
import type { Exchange, HttpClient, PreparedRequest } from "../exchange/http_client.ts";
import type { Dialer } from "../net/dialer.ts";
import { CLOSE } from "./close_codes.ts";
import type { ConnectionEnd, ConnectionUser, WebSocketConnection } from "./connection.ts";
import type { Payload } from "./frames.ts";
import type { TraceSampler } from "../trace/trace_context.ts";
import type { HandshakeWish } from "./handshake.ts";
import { openConnection } from "./open_connection.ts";
import type { TunnelGroup } from "./over_http2.ts";
import type { Waiting, WaitingLine } from "./waiting_line.ts";

/** A message as it is sent. */
export interface OutgoingMessage {
  readonly isText: boolean;
  readonly payload: Payload;
  /** There is a stamp in it. */
  readonly isStamped?: boolean;
}

/** What the sockets of a thread share. */
export interface SocketWork {
  readonly dialer: Pick<Dialer, "dial">;
  readonly wish: HandshakeWish;
  /** Connecting and the handshake together may take so long. */
  readonly timeoutMs: number;
  readonly replyTimeoutMs: number;
  readonly maxMessageBytes: number;
  readonly closeTimeoutMs: number;
  /** Connections of HTTP/2 that lead there; absent: each socket has its own of HTTP/1.1. */
  readonly tunnels?: TunnelGroup;
  /** Decides which handshakes servers record traces of; absent: none. */
  readonly sampler?: TraceSampler | undefined;
  /** A socket has one user, who sends the next message as soon as a reply is there. */
  readonly isAlone: boolean;
  readonly group: GroupRecorder<"websocket">;
  /** A handshake was done. */
  opened(exchange: Exchange): void;
  /** A connection ended without our doing, while nobody waited for a reply. */
  lost(failure: number, detail: string): void;
  /** A message came that is no reply. */
  unasked(bytes: number): void;
  newLine(): WaitingLine;
  /** The key of a reply; `undefined`: it is for no message. Absent: replies have none. */
  readonly keyOf?: (isText: boolean, bytes: Uint8Array) => string | undefined;
  /** Sees every message as it comes; bytes are valid during the call only. Absent: nobody looks. */
  readonly onMessage?: (bytes: Uint8Array, heardMs: number, receiver: string) => void;
}

/** A connection that is opened as often as need be. */
export class MessageSocket implements HttpClient, ConnectionUser {
  /** It has ended, or could not be opened when it was needed. */
  hasFailed = false;
  /** When the connection that is open was asked for, and when it was open. */
  askedMs = 0;
  openedMs = 0;
  /** What the server said to its handshake. */
  openedStatus = 0;
  readonly #work: SocketWork;
  readonly #waiting: WaitingLine;
  #connection: WebSocketConnection | null = null;
  #opening: Promise<boolean> | null = null;
  #dialing: AbortController | null = null;
  #dialDeadlineMs = Infinity;
  #aborting: number = FAILURE.none;
  #attempts = 0;
  /** What the last attempt to open came to. */
  #lastFailure = { failure: FAILURE.none as number, detail: "", status: 0 };
  /** Bytes that were told to somebody already. */
  #toldReceived = 0;
  #onEnd: (() => void) | null = null;
  /** The socket is to be opened no more. */
  #isDone = false;

  /** `name`: what stamps call who sends on it. */
  constructor(work: SocketWork, readonly name = "") {
    this.#work = work;
    this.#waiting = work.newLine();
  }

  get isOpen(): boolean {
    return this.#connection !== null;
  }

  /** A message would go out: the connection is open, and neither end has begun to close it. */
  get canSend(): boolean {
    return this.#connection?.isOpen ?? false;
  }

  get deadlineMs(): number {
    return this.#dialing !== null ? this.#dialDeadlineMs : this.#waiting.first()?.deadlineMs ?? Infinity;
  }

  async warm(_request: PreparedRequest, scratch: Exchange): Promise<void> {
    const now = readClock();
    scratch.reset(now, now);
    if (await this.open(scratch)) return;
    // The load will see for itself, and count it then.
    this.hasFailed = false;
    this.#attempts = 0;
    if (scratch.failure !== FAILURE.unfinished) this.#work.group.counts.openFailures--;
  }

  /** Opens the connection unless it is open; everybody who asks meanwhile shares the attempt. `false`: see `out`. */
  async open(out: Exchange): Promise<boolean> {
    if (this.#connection !== null) return true;
    const isMine = this.#opening === null;
    const isOpen = await (this.#opening ??= this.#open(out));
    if (!isOpen && !isMine) {
      out.failure = this.#lastFailure.failure;
      out.failureDetail = this.#lastFailure.detail;
      out.status = this.#lastFailure.status;
    }
    return isOpen;
  }

  /** Sends a message that has no reply. `null`: it is out. */
  send({ isText, payload, isStamped }: OutgoingMessage): Promise<void> | null {
    const { counts } = this.#work.group;
    counts.sent++;
    if (isStamped) counts.stamped++;
    counts.sentBytes += payload.bytes.length;
    return this.#connection!.send(isText, payload);
  }

  /** Sends a message on the open connection; `waiting.settle` is called when its reply is there, or will not be. */
  ask(message: OutgoingMessage, waiting: Waiting): void {
    const connection = this.#connection!;
    waiting.deadlineMs = waiting.out.startMs + this.#work.replyTimeoutMs;
    this.#waiting.add(waiting);
    const before = connection.bytesSent;
    this.send(message);
    waiting.out.bytesSent = connection.bytesSent - before;
  }

  /** Resolves when the connection has ended. */
  waitForEnd(): Promise<void> {
    if (this.#connection === null) return Promise.resolve();
    return new Promise((resolve) => this.#onEnd = resolve);
  }

  ping(): void {
    if (this.#connection === null) return;
    this.#work.group.counts.pingsSent++;
    this.#connection.ping();
  }

  exchange(): Promise<void> {
    throw new TypeError("A WebSocket connection carries no requests");
  }

  abort(failure: number): void {
    if (this.#dialing !== null) {
      this.#aborting = failure === FAILURE.timeout ? FAILURE.connect_timeout : failure;
      this.#dialing.abort();
    }
    const isTimeout = failure === FAILURE.timeout;
    const now = readClock();
    for (let first = this.#waiting.first(); first !== undefined; first = this.#waiting.first()) {
      if (isTimeout && first.deadlineMs > now) break;
      this.#waiting.takeFirst();
      if (isTimeout) this.#work.group.counts.replyTimeouts++;
      this.#fail(first, failure, isTimeout ? "no reply in time" : "");
    }
  }

  /** Lets go of the connection. */
  close(): void {
    this.#isDone = true;
    this.#connection?.cut();
  }

  /** Closes as the protocol wants it; resolves when the server has, or will not. */
  async end(): Promise<void> {
    this.#isDone = true;
    const connection = this.#connection;
    if (connection === null) return;
    this.#work.group.counts.closesSent++;
    await connection.close();
  }

  takeMessage(isText: boolean, length: number, bytes: Uint8Array | null, from: number): boolean {
    const { group: { counts }, keyOf, onMessage } = this.#work;
    counts.received++;
    counts.receivedBytes += length;
    const view = bytes?.subarray(from, from + length);
    if (view !== undefined) onMessage?.(view, this.#connection!.heardMs, this.name);
    const key = keyOf === undefined ? "" : keyOf(isText, view!);
    const waiting = key === undefined ? undefined : this.#waiting.take(key);
    if (waiting === undefined) {
      counts.unexpected++;
      this.#work.unasked(length);
      return false;
    }
    const { out } = waiting;
    const connection = this.#connection!;
    out.bodyBytes = length;
    out.bytesReceived = connection.bytesReceived - this.#toldReceived;
    this.#toldReceived = connection.bytesReceived;
    out.finish(connection.heardMs);
    waiting.settle();
    return this.#work.isAlone;
  }

  takePong(): void {
    this.#work.group.counts.pongsReceived++;
  }

  ended({ failure, detail, code, isOurs }: ConnectionEnd): void {
    const { group } = this.#work;
    this.#connection = null;
    this.hasFailed = true;
    group.counts.open--;
    if (failure === FAILURE.unfinished) return;
    group.countCode(code);
    if (isOurs) {
      if (code === CLOSE.abnormal) group.counts.closesUnanswered++;
    } else {
      group.counts.dropped++;
      const kind = failure === FAILURE.none ? FAILURE.ws_closed : failure;
      const told = failure === FAILURE.none ? `code ${code}${detail === "" ? "" : `: ${detail}`}` : detail;
      if (this.#waiting.length === 0) this.#work.lost(kind, told);
      for (let next = this.#waiting.takeFirst(); next !== undefined; next = this.#waiting.takeFirst()) {
        this.#fail(next, kind, told);
      }
    }
    const onEnd = this.#onEnd;
    this.#onEnd = null;
    onEnd?.();
  }

  #fail(waiting: Waiting, failure: number, detail: string): void {
    const { out } = waiting;
    out.failure = failure;
    out.failureDetail = detail;
    out.finish(readClock());
    waiting.settle();
  }

  async #open(out: Exchange): Promise<boolean> {
    const work = this.#work;
    const { counts } = work.group;
    if (this.#isDone) {
      out.failure = FAILURE.unfinished;
      this.#opening = null;
      return false;
    }
    if (this.#attempts++ > 0) counts.reopened++;
    this.#aborting = FAILURE.none;
    const startMs = this.askedMs = readClock();
    this.#dialDeadlineMs = startMs + work.timeoutMs;
    this.#dialing = new AbortController();
    const isOpen = await this.#connect(out, this.#dialing.signal);
    this.#dialing = null;
    this.#opening = null;
    if (!isOpen) {
      if (this.#aborting !== FAILURE.none) out.failure = this.#aborting;
      if (out.failure !== FAILURE.unfinished) counts.openFailures++;
      this.hasFailed = true;
      this.#lastFailure = { failure: out.failure, detail: out.failureDetail, status: out.status };
      return false;
    }
    counts.opened++;
    work.group.times.handshake.record((this.openedMs - startMs) * 1000);
    work.opened(out);
    return true;
  }

  async #connect(out: Exchange, signal: AbortSignal): Promise<boolean> {
    const work = this.#work;
    const opened = await openConnection({
      ...work,
      signal,
      user: this,
      keepsMessages: work.keyOf !== undefined || work.onMessage !== undefined,
    }, out);
    if (opened === null) return false;
    const { connection } = opened;
    this.#toldReceived = 0;
    this.openedMs = readClock();
    this.openedStatus = out.status;
    this.#connection = connection;
    const { counts } = work.group;
    counts.mostOpen = Math.max(counts.mostOpen, ++counts.open);
    // What is read at once may end it.
    this.hasFailed = false;
    connection.run();
    return true;
  }
}
