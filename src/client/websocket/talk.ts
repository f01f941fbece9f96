/**
 * One WebSocket connection as a conversation uses it: messages are sent one by one, and those that come are kept until
 * somebody takes them.
 *
 * @module
 */
import { readClock } from "../../lib/clock.ts";
import { FAILURE } from "../../metrics/failure.ts";
import type { GroupRecorder } from "../../metrics/group_recorder.ts";
import type { Exchange, HttpClient } from "../exchange/http_client.ts";
import type { Dialer } from "../net/dialer.ts";
import { CLOSE } from "./close_codes.ts";
import type { ConnectionEnd, ConnectionUser, WebSocketConnection } from "./connection.ts";
import type { TraceSampler } from "../trace/trace_context.ts";
import type { HandshakeWish } from "./handshake.ts";
import type { OutgoingMessage } from "./message_socket.ts";
import { openConnection } from "./open_connection.ts";

/** Messages that are kept until they are taken; of more, the oldest are let go. */
const MAX_KEPT = 10_000;
/** The same in bytes; one message is kept whatever its size. */
const MAX_KEPT_BYTES = 4_194_304;
/** Longer waits need no timer of their own: whoever watches deadlines ends them. */
const MAX_TIMER_MS = 1000;

/** What the conversations of one step in a thread share. */
export interface TalkWork {
  readonly dialer: Pick<Dialer, "dial">;
  /** Decides which handshakes servers record traces of; absent: none. */
  readonly sampler?: TraceSampler | undefined;
  /** Where they are counted. */
  readonly group: GroupRecorder<"websocket">;
  /** Sees every message as it comes; bytes are valid during the call only. Absent: nobody looks. */
  readonly onMessage?: (bytes: Uint8Array, heardMs: number, receiver: string) => void;
}

/** How a connection is opened and used. */
export interface TalkWish {
  readonly handshake: HandshakeWish;
  /** Connecting and the handshake together may take so long. */
  readonly timeoutMs: number;
  readonly maxMessageBytes: number;
  readonly closeTimeoutMs: number;
}

/** A message that came. */
export interface ReceivedMessage {
  readonly isText: boolean;
  readonly bytes: Uint8Array;
  /** When its last byte came, on the clock of exchanges. */
  readonly heardMs: number;
}

/** Somebody who waits. */
interface Waiter {
  readonly untilMs: number;
  /** A message that comes is what it waits for. */
  readonly isForMessages: boolean;
  readonly timer: ReturnType<typeof setTimeout> | undefined;
  readonly resolve: () => void;
}

/** One connection. */
export class Talk implements ConnectionUser {
  /** Messages that come are kept; else they are only counted. */
  keepsMessages = true;
  /** What the server chose; `""`: none. */
  subprotocol = "";
  /** How the connection ended; `null`: it has not, or was never open. */
  how: ConnectionEnd | null = null;
  /** Why whoever watches it put an end to it; `none`: nobody did. */
  aborted: number = FAILURE.none;
  /** What came, in bytes of messages. */
  bodyBytes = 0;
  readonly #work: TalkWork;
  #connection: WebSocketConnection | null = null;
  #dialing: AbortController | null = null;
  #dialDeadlineMs = Infinity;
  readonly #kept: ReceivedMessage[] = [];
  #keptBytes = 0;
  readonly #waiters: Waiter[] = [];

  /** `name`: what stamps call who sends on it. */
  constructor(work: TalkWork, readonly name: string) {
    this.#work = work;
  }

  get isOpen(): boolean {
    return this.#connection !== null && this.how === null;
  }

  /** The time by which what is waited for must have happened; `Infinity`: nothing is. */
  get deadlineMs(): number {
    return this.#waiters.reduce((least, { untilMs }) => Math.min(least, untilMs), this.#dialDeadlineMs);
  }

  /** Opens the connection, once. `false`: `out` says why not. */
  async open(wish: TalkWish, out: Exchange): Promise<boolean> {
    const work = this.#work;
    const { counts, times } = work.group;
    const startMs = readClock();
    this.#dialDeadlineMs = startMs + wish.timeoutMs;
    this.#dialing = new AbortController();
    const opened = await openConnection({
      ...wish,
      dialer: work.dialer,
      sampler: work.sampler,
      wish: wish.handshake,
      user: this,
      signal: this.#dialing.signal,
      keepsMessages: true,
      isAlone: false,
    }, out);
    this.#dialing = null;
    this.#dialDeadlineMs = Infinity;
    if (opened === null) {
      if (this.aborted !== FAILURE.none) out.failure = this.aborted;
      if (out.failure !== FAILURE.unfinished) counts.openFailures++;
      return false;
    }
    this.#connection = opened.connection;
    this.subprotocol = opened.subprotocol;
    counts.opened++;
    counts.mostOpen = Math.max(counts.mostOpen, ++counts.open);
    times.handshake.record((readClock() - startMs) * 1000);
    opened.connection.run();
    return true;
  }

  /** Adds what travelled on the open connection to that of its handshake. */
  addBytesTo(out: Exchange): void {
    out.bytesReceived += this.#connection?.bytesReceived ?? 0;
    out.bytesSent += this.#connection?.bytesSent ?? 0;
    out.bodyBytes += this.bodyBytes;
  }

  /** Sends a message. `null`: it is out, or the connection has ended; else resolves when it is out. */
  send({ isText, payload, isStamped }: OutgoingMessage): Promise<void> | null {
    if (!this.isOpen) return null;
    const { counts } = this.#work.group;
    counts.sent++;
    if (isStamped) counts.stamped++;
    counts.sentBytes += payload.bytes.length;
    return this.#connection!.send(isText, payload);
  }

  ping(): void {
    if (!this.isOpen) return;
    this.#work.group.counts.pingsSent++;
    this.#connection!.ping();
  }

  /** The message that was kept longest; `undefined`: there is none. */
  take(): ReceivedMessage | undefined {
    const message = this.#kept.shift();
    if (message !== undefined) this.#keptBytes -= message.bytes.length;
    return message;
  }

  /** Resolves when there is a message to take, the connection has ended or is given up, or at a time. */
  wait(untilMs: number): Promise<void> {
    return this.#kept.length > 0 ? Promise.resolve() : this.#sleep(untilMs, true);
  }

  /** The same, but messages do not end it; {@linkcode wake} does. */
  rest(untilMs: number): Promise<void> {
    return this.#sleep(untilMs, false);
  }

  /** Ends all rests and waits. */
  wake(): void {
    this.#wakeAll(() => true);
  }

  /** Closes as the protocol wants it; resolves when the server has, or will not. */
  async end(code: number = CLOSE.normal): Promise<void> {
    if (!this.isOpen) return;
    this.#work.group.counts.closesSent++;
    await this.#connection!.close(code);
  }

  /** Puts an end to what is late, or to all; the connection of what is not only late is cut. */
  abort(failure: number): void {
    if (this.#dialing !== null) {
      this.aborted = failure === FAILURE.timeout ? FAILURE.connect_timeout : failure;
      this.#dialing.abort();
    } else if (failure === FAILURE.timeout) {
      const now = readClock();
      this.#wakeAll(({ untilMs }) => untilMs <= now);
    } else {
      this.aborted = failure;
      this.wake();
    }
  }

  /** Lets go of the connection. */
  cut(): void {
    this.#dialing?.abort();
    this.#connection?.cut();
  }

  takeMessage(isText: boolean, length: number, bytes: Uint8Array | null, from: number): boolean {
    const { group: { counts }, onMessage } = this.#work;
    const view = bytes!.subarray(from, from + length);
    const { heardMs } = this.#connection!;
    counts.received++;
    counts.receivedBytes += length;
    this.bodyBytes += length;
    onMessage?.(view, heardMs, this.name);
    if (!this.keepsMessages) return false;
    this.#kept.push({ isText, bytes: view.slice(), heardMs });
    this.#keptBytes += length;
    while (this.#kept.length > MAX_KEPT || (this.#keptBytes > MAX_KEPT_BYTES && this.#kept.length > 1)) {
      this.take();
      counts.unexpected++;
    }
    this.#wakeAll(({ isForMessages }) => isForMessages);
    return false;
  }

  takePong(): void {
    this.#work.group.counts.pongsReceived++;
  }

  ended(how: ConnectionEnd): void {
    const { group } = this.#work;
    this.how = how;
    group.counts.open--;
    if (how.failure !== FAILURE.unfinished) {
      group.countCode(how.code);
      if (how.isOurs && how.code === CLOSE.abnormal) group.counts.closesUnanswered++;
    }
    this.wake();
  }

  #sleep(untilMs: number, isForMessages: boolean): Promise<void> {
    const waitMs = untilMs - readClock();
    if (!this.isOpen || this.aborted !== FAILURE.none || waitMs <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = waitMs <= MAX_TIMER_MS
        ? setTimeout(() => this.#wakeAll((waiter) => waiter.timer === timer), Math.ceil(waitMs))
        : undefined;
      this.#waiters.push({ untilMs, isForMessages, timer, resolve });
    });
  }

  #wakeAll(isMeant: (waiter: Waiter) => boolean): void {
    if (this.#waiters.length === 0) return;
    for (const waiter of this.#waiters.splice(0)) {
      if (!isMeant(waiter)) this.#waiters.push(waiter);
      else {
        clearTimeout(waiter.timer);
        waiter.resolve();
      }
    }
  }
}

/** The connections of one user, to whoever watches deadlines. */
export class TalkSet implements HttpClient {
  readonly talks = new Set<Talk>();

  get deadlineMs(): number {
    let least = Infinity;
    for (const { deadlineMs } of this.talks) if (deadlineMs < least) least = deadlineMs;
    return least;
  }

  abort(failure: number): void {
    for (const talk of this.talks) talk.abort(failure);
  }

  close(): void {
    for (const talk of this.talks) talk.cut();
    this.talks.clear();
  }

  warm(): Promise<void> {
    return Promise.resolve();
  }

  exchange(): Promise<void> {
    throw new TypeError("A WebSocket connection carries no requests");
  }
}
