/**
 * The shortcut for a load that is nothing but WebSocket connections: a user a connection, or, on a schedule, whoever has
 * nothing to wait for.
 *
 * @module
 */
import type { MessageSocket, OutgoingMessage } from "../../client/websocket/message_socket.ts";
import type { Waiting } from "../../client/websocket/waiting_line.ts";
import { Exchange } from "../../client/exchange/http_client.ts";
import { readClock } from "../../lib/clock.ts";
import { FAILURE } from "../../metrics/failure.ts";
import type { GroupRecorder } from "../../metrics/group_recorder.ts";
import type { Recorder } from "../../metrics/recorder.ts";
import type { SocketLoad } from "../../plan/websocket_step.ts";
import type { Scope } from "../../template/scope.ts";
import type { EndingUser } from "../ending_user.ts";
import type { KeyReader } from "./correlate.ts";
import type { FilledMessage } from "./fill_message.ts";
import { noteHandshake } from "./note_handshake.ts";

/** Messages that are sent without a pause for others, where nobody waits for replies. */
const SENT_IN_A_ROW = 32;

/** What the users of a thread share. Times are in ms of the clock of `performance.now()`. */
export interface SocketUserWork {
  readonly load: SocketLoad;
  readonly sockets: readonly MessageSocket[];
  readonly messages: readonly FilledMessage[];
  readonly readKey: KeyReader | null;
  readonly recorder: Recorder;
  readonly group: GroupRecorder<"websocket">;
  readonly budget: { left: number };
  readonly isOpenLoop: boolean;
  startMs(): number;
  isOver(nowMs: number): boolean;
  sleep(ms: number): Promise<void>;
}

/** What a user knows; the iteration changes. */
type UserScope = Scope & { iteration: number; sender?: string };

/** Sends messages, or holds a connection. */
export class SocketUser implements EndingUser, Waiting {
  isSpent = false;
  deadlineMs = Infinity;
  key = "";
  readonly out = new Exchange();
  readonly #work: SocketUserWork;
  readonly #scope: UserScope;
  #socket: MessageSocket;
  #resolve: () => void = () => {};
  readonly #keep = (resolve: () => void) => {
    this.#resolve = resolve;
  };
  #sentMs = -Infinity;
  #endMs = 0;
  #inARow = 0;
  /** When the connection whose handshake was counted last was opened. */
  #countedMs = 0;

  constructor(work: SocketUserWork, socket: MessageSocket, scope: UserScope) {
    this.#work = work;
    this.#scope = scope;
    this.#socket = socket;
    this.out.onFinished = (exchange) => this.#finished(exchange);
  }

  get freeAtMs(): number {
    return this.#endMs - this.#work.startMs();
  }

  loadEnded(): void {
    this.out.bytesAtEnd = this.out.bytesReceived;
  }

  iterate(number: number, dueMs: number, nowMs: number): Promise<void> {
    const { load, isOpenLoop, messages } = this.#work;
    if (isOpenLoop && !this.#chooseSocket(number)) return Promise.resolve();
    if (messages.length === 0) return this.#hold();
    if (load.intervalMs > 0 || !this.#socket.isOpen) return this.#iterateLater(number, dueMs);
    return this.#send(number, dueMs, nowMs);
  }

  drop(_number: number, waitedMs: number): void {
    this.#work.recorder.drop(0, waitedMs * 1000);
  }

  settle(): void {
    this.#resolve();
  }

  /** Messages go to all connections in turn; one that is closed for good is passed over. `false`: all are. */
  #chooseSocket(number: number): boolean {
    const { sockets, load } = this.#work;
    for (let i = 0; i < sockets.length; i++) {
      const socket = sockets[(number + i) % sockets.length]!;
      if (load.reconnectMs === undefined && socket.hasFailed) continue;
      this.#socket = socket;
      return true;
    }
    this.isSpent = true;
    return false;
  }

  /** After the pause between two messages, and with a connection that has to be opened first. */
  async #iterateLater(number: number, dueMs: number): Promise<void> {
    const { load, startMs, isOver, sleep } = this.#work;
    const waitMs = this.#sentMs + load.intervalMs - readClock();
    if (waitMs > 0) await sleep(waitMs);
    if (waitMs > 0 && isOver(readClock())) {
      this.#endMs = readClock();
      return;
    }
    if (!this.#socket.isOpen && !await this.#open(dueMs)) return;
    if (!this.#socket.isOpen) {
      // It has ended as soon as it was open, and is counted as lost.
      this.#endMs = readClock();
      return;
    }
    await this.#send(number, dueMs, readClock() - startMs());
  }

  /** Opens the connection; a failure is one of the message that needs it. */
  async #open(dueMs: number): Promise<boolean> {
    const { recorder, startMs } = this.#work;
    const socket = this.#socket;
    if (!await this.#mayOpen()) return false;
    const now = readClock();
    this.out.reset(dueMs < 0 ? now : startMs() + dueMs, now);
    if (await socket.open(this.out)) return true;
    recorder.start();
    this.out.finish(readClock());
    return false;
  }

  /** Waits until a connection that has ended, or could not be opened, may be opened again; `false`: it may not. */
  async #mayOpen(): Promise<boolean> {
    const { load, isOver, sleep, isOpenLoop } = this.#work;
    if (!this.#socket.hasFailed) return true;
    if (load.reconnectMs !== undefined) await sleep(load.reconnectMs);
    else if (!isOpenLoop) this.isSpent = true;
    this.#endMs = readClock();
    return load.reconnectMs !== undefined && !isOver(this.#endMs);
  }

  #send(number: number, dueMs: number, nowMs: number): Promise<void> {
    const { load, messages, recorder, budget, startMs } = this.#work;
    const socket = this.#socket;
    budget.left--;
    const zero = startMs();
    const { out } = this;
    const { connects, failedConnects } = out;
    out.reset(zero + (dueMs < 0 ? nowMs : dueMs), zero + nowMs);
    out.connects = connects;
    out.failedConnects = failedConnects;
    this.#scope.iteration = number + 1;
    this.#scope.sender = socket.name;
    const filled = messages[number % messages.length]!;
    const message = filled.fixed ?? filled.make(this.#scope);
    if ("error" in message) return this.#unfilled(message.error);
    this.#sentMs = out.startMs;
    if (!load.expectsReply) return this.#sendAlone(message);
    recorder.start();
    this.#setKey(message);
    const waiting = new Promise<void>(this.#keep);
    socket.ask(message, this);
    return waiting;
  }

  #setKey({ payload }: OutgoingMessage): void {
    const { readKey } = this.#work;
    if (readKey !== null) this.key = readKey(new TextDecoder().decode(payload.bytes)) ?? "";
  }

  async #unfilled(error: string): Promise<void> {
    this.#work.recorder.countUnfilled(0, `TemplateError: ${error}`);
    await this.#work.sleep(1);
    this.#endMs = readClock();
  }

  /** A message that nobody answers is done when it is out. */
  async #sendAlone(message: OutgoingMessage): Promise<void> {
    const { recorder, budget } = this.#work;
    if (!this.#socket.canSend) {
      // It is ending, which others must get a turn to see.
      budget.left++;
      await takeTurn();
      this.#endMs = readClock();
      return;
    }
    const writing = this.#socket.send(message);
    const { counts } = recorder.countsOf(0);
    counts.succeeded++;
    counts.bytesSent += message.payload.bytes.length;
    recorder.counts.started++;
    recorder.counts.connects += this.out.connects;
    recorder.counts.iterations++;
    this.out.connects = 0;
    if (writing !== null) await writing;
    else if (++this.#inARow % SENT_IN_A_ROW === 0) {
      await takeTurn();
    }
    this.#endMs = readClock();
  }

  /** Opens a connection and holds it until it ends or the run does. */
  async #hold(): Promise<void> {
    const { recorder, budget, sleep } = this.#work;
    const socket = this.#socket;
    if (!socket.isOpen) {
      if (!await this.#mayOpen()) return;
      const now = readClock();
      this.out.reset(now, now);
      budget.left--;
      recorder.start();
      const isOpened = await socket.open(this.out);
      // The same times as the handshake's, however late this thread comes to see it.
      this.out.dueMs = this.out.startMs = socket.askedMs;
      this.out.finish(isOpened ? socket.openedMs : readClock());
      this.#countedMs = socket.openedMs;
    } else if (this.#countedMs !== socket.openedMs) {
      // It was opened ahead of the load, to see whether the target is there.
      this.out.reset(socket.askedMs, socket.askedMs);
      this.out.status = socket.openedStatus;
      this.#countedMs = socket.openedMs;
      recorder.start();
      this.out.finish(socket.openedMs);
    }
    if (socket.isOpen) await Promise.race([socket.waitForEnd(), sleep(Infinity)]);
    this.#endMs = readClock();
  }

  #finished(exchange: Exchange): void {
    const { recorder, group, load } = this.#work;
    this.#endMs = exchange.endMs;
    noteHandshake(recorder, exchange);
    recorder.record(0, exchange, null);
    exchange.connects = exchange.failedConnects = 0;
    if (exchange.failure !== FAILURE.unfinished) recorder.counts.iterations++;
    if (!load.expectsReply) return;
    const us = (exchange.endMs - exchange.dueMs) * 1000;
    if (exchange.failure === FAILURE.none) group.times.roundTrip.record(us);
    else if (this.#sentMs >= exchange.startMs) group.times.noReply.record(us);
  }
}

/** Lets everything else go on. */
function takeTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
