/**
 * A WebSocket as the user's code sees it. It is one request: recorded once, when it is closed or its iteration ends.
 *
 * @module
 */
import type { Exchange } from "../../client/exchange/http_client.ts";
import { payloadOf } from "../../client/websocket/frames.ts";
import type { ReceivedMessage, Talk, TalkWish, TalkWork } from "../../client/websocket/talk.ts";
import { formatDuration } from "../../lib/duration.ts";
import { FAILURE, FAILURE_KINDS } from "../../metrics/failure.ts";
import type { Socket, SocketMessage } from "../../script.ts";
import type { Told } from "../websocket/report_talk.ts";
import { findStamp } from "../../template/stamp.ts";
import { timeOf } from "./build_request.ts";

/** Who has to know what is waited for. */
export interface SocketOwner {
  /** Something is waited for; `false`: nothing may be any more, and the code is left hanging. */
  enter(): boolean;
  /** It came, or did not. `failure`: of what was waited for; resolves when the code may go on, which may be never. */
  leave(failure: number): Promise<void>;
  /** The load is over: nothing is waited for that need not be. */
  readonly isOver: boolean;
  /** The code has closed the socket. */
  closed(socket: ScriptSocket): void;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** One connection. */
export class ScriptSocket implements Socket {
  error?: string;
  /** What was said, where somebody looks. */
  told: Told[] | null = null;
  /** Keys of what did not come. */
  readonly broken: string[] = [];
  readonly exchange: Exchange;
  readonly talk: Talk;
  readonly #group: TalkWork["group"];
  readonly #owner: SocketOwner;
  readonly #timeoutMs: number;
  /** When the last message was sent that no reply has come for; −1: there is none. */
  #sentMs = -1;
  #isEnding = false;

  constructor(
    talk: Talk,
    { exchange, group, owner, timeoutMs }: {
      readonly exchange: Exchange;
      readonly group: TalkWork["group"];
      readonly owner: SocketOwner;
      readonly timeoutMs: number;
    },
  ) {
    this.talk = talk;
    this.exchange = exchange;
    this.#group = group;
    this.#owner = owner;
    this.#timeoutMs = timeoutMs;
  }

  get open(): boolean {
    return this.talk.isOpen;
  }

  get protocol(): string {
    return this.talk.subprotocol;
  }

  get code(): number | undefined {
    return this.talk.how?.code;
  }

  /** Opens it; what fails is in `error` and the exchange. */
  async connect(wish: TalkWish): Promise<void> {
    if (await this.talk.open(wish, this.exchange)) return;
    this.#isEnding = true;
    this.exchange.endMs = performance.now();
    this.error = FAILURE_KINDS[this.exchange.failure]!.name;
  }

  async send(message: unknown): Promise<void> {
    if (!this.#owner.enter()) return await hang();
    const isBinary = message instanceof Uint8Array;
    const text = typeof message === "string" ? message : isBinary ? "" : jsonOf(message);
    const bytes = isBinary ? message : encoder.encode(text);
    if (this.talk.isOpen) {
      this.#sentMs = performance.now();
      this.told?.push({ way: "sent", bytes, isText: !isBinary, ms: this.#sentMs - this.exchange.startMs });
      const writing = this.talk.send({
        isText: !isBinary,
        payload: payloadOf(bytes),
        isStamped: findStamp(bytes) !== undefined,
      });
      if (writing !== null) await writing;
    } else this.#noteEnd();
    await this.#owner.leave(FAILURE.none);
  }

  ping(): void {
    this.talk.ping();
  }

  async receive(
    { timeout }: { readonly timeout?: number | string } = {},
  ): Promise<SocketMessage | undefined> {
    return await this.#take(() => true, "", timeout);
  }

  async expect(
    what: string | RegExp | ((message: SocketMessage) => boolean),
    { timeout }: { readonly timeout?: number | string } = {},
  ): Promise<SocketMessage | undefined> {
    if (typeof what === "function") {
      return await this.#take(what, ` that ${what.name || "a function"} holds for`, timeout);
    }
    if (typeof what === "string") {
      return await this.#take(
        (one) => one.text().includes(what),
        ` that contains ${JSON.stringify(what)}`,
        timeout,
      );
    }
    if (!(what instanceof RegExp)) {
      throw new TypeError("Cannot expect that: expected a text, a pattern or a function of a message");
    }
    // One with the flag g would go on behind what it found last.
    const pattern = new RegExp(what.source, what.flags.replace(/[gy]/g, ""));
    return await this.#take((one) => pattern.test(one.text()), ` that matches ${what.source}`, timeout);
  }

  async close(code = 1000): Promise<void> {
    if (code !== 1000 && !(code >= 3000 && code <= 4999)) {
      throw new TypeError(`Cannot close with ${code}: expected 1000, or a code from 3000 to 4999`);
    }
    if (!this.#owner.enter()) return await hang();
    await this.end(code);
    this.#owner.closed(this);
    await this.#owner.leave(FAILURE.none);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<SocketMessage> {
    while (true) {
      if (!this.#owner.enter()) return await hang();
      let message = this.#next();
      while (message === undefined && this.#mayWait()) {
        await this.talk.wait(Infinity);
        message = this.#next();
      }
      // The end of the load ends the loop, so that what comes behind it can be done.
      if (message === undefined && this.talk.aborted === FAILURE.unfinished) this.talk.aborted = FAILURE.none;
      if (message === undefined && this.talk.how !== null) this.#noteEnd(true);
      await this.#owner.leave(FAILURE.none);
      if (message === undefined) return;
      yield message;
    }
  }

  /** The load is over: whoever goes through all messages is at the end of them. */
  loadEnded(): void {
    this.exchange.bytesAtEnd = this.exchange.bytesReceived;
    this.talk.wake();
  }

  /** Closes what is open, once, and stamps the end. */
  async end(code = 1000): Promise<void> {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.exchange.endMs = performance.now();
    this.talk.addBytesTo(this.exchange);
    await this.talk.end(code);
  }

  /** Lets go of it: whatever was to come of it is left open. */
  cut(): void {
    if (!this.#isEnding) {
      this.#isEnding = true;
      this.exchange.endMs = performance.now();
      if (this.exchange.failure === FAILURE.none) this.exchange.failure = FAILURE.unfinished;
      this.talk.addBytesTo(this.exchange);
    }
    this.talk.cut();
  }

  #mayWait(): boolean {
    return this.talk.isOpen && this.talk.aborted === FAILURE.none && !this.#owner.isOver;
  }

  async #take(
    fits: (message: SocketMessage) => boolean,
    what: string,
    timeout: number | string | undefined,
  ): Promise<SocketMessage | undefined> {
    const timeoutMs = timeout === undefined ? this.#timeoutMs : timeOf(timeout);
    if (!this.#owner.enter()) return await hang();
    const talk = this.talk;
    const untilMs = performance.now() + timeoutMs;
    let found: ScriptMessage | undefined;
    let failure: number = FAILURE.none;
    try {
      while (found === undefined) {
        const message = talk.take();
        if (message !== undefined) {
          const seen = this.#see(message);
          if (fits(seen)) found = seen;
          else this.#group.counts.unexpected++;
          if (found !== undefined) this.#noteReply(message);
        } else if (talk.aborted !== FAILURE.none) {
          failure = talk.aborted;
          break;
        } else if (!talk.isOpen) {
          this.#noteEnd();
          break;
        } else if (performance.now() >= untilMs) {
          this.#noteMissing(`AssertMessage: none within ${formatDuration(timeoutMs)}${what}`);
          break;
        } else await talk.wait(untilMs);
      }
    } finally {
      await this.#owner.leave(failure);
    }
    return found;
  }

  #next(): ScriptMessage | undefined {
    const message = this.talk.take();
    if (message === undefined) return undefined;
    this.#noteReply(message);
    return this.#see(message);
  }

  /** Times a round trip; what came before the message was sent is no reply to it. */
  #noteReply({ heardMs }: ReceivedMessage): void {
    if (this.#sentMs < 0 || heardMs < this.#sentMs) return;
    this.#group.times.roundTrip.record((heardMs - this.#sentMs) * 1000);
    this.#sentMs = -1;
  }

  #see({ isText, bytes, heardMs }: ReceivedMessage): ScriptMessage {
    this.told?.push({ way: "received", bytes, isText, ms: heardMs - this.exchange.startMs });
    return new ScriptMessage(bytes, isText);
  }

  /** What was waited for did not come in time. */
  #noteMissing(key: string): void {
    this.broken.push(key);
    this.#group.counts.replyTimeouts++;
    if (this.#sentMs >= 0) this.#group.times.noReply.record((performance.now() - this.#sentMs) * 1000);
    this.#sentMs = -1;
  }

  /** The connection has ended; `isFine`: a close frame of the server is no failure. */
  #noteEnd(isFine = false): void {
    const { how } = this.talk;
    if (how === null || how.isOurs || this.error !== undefined) return;
    if (isFine && how.failure === FAILURE.none) return;
    const { exchange } = this;
    this.#group.counts.dropped++;
    exchange.failure = how.failure === FAILURE.none ? FAILURE.ws_closed : how.failure;
    exchange.failureDetail = how.failure === FAILURE.none
      ? `code ${how.code}${how.detail === "" ? "" : `: ${how.detail}`}`
      : how.detail;
    this.error = FAILURE_KINDS[exchange.failure]!.name;
  }
}

class ScriptMessage implements SocketMessage {
  readonly #bytes: Uint8Array;
  readonly binary: boolean;
  #text: string | undefined;

  constructor(bytes: Uint8Array, isText: boolean) {
    this.#bytes = bytes;
    this.binary = !isText;
  }

  text(): string {
    return this.#text ??= decoder.decode(this.#bytes);
  }

  // deno-lint-ignore no-explicit-any -- as in script.ts
  json<T = any>(): T {
    return JSON.parse(this.text()) as T;
  }

  bytes(): Uint8Array {
    return this.#bytes;
  }
}

function jsonOf(message: unknown): string {
  const text: string | undefined = JSON.stringify(message);
  if (text === undefined) {
    throw new TypeError(
      `Cannot send ${typeof message} as a message: expected a text, bytes or a value for JSON`,
    );
  }
  return text;
}

/** Whatever waits for it never goes on. */
export function hang(): Promise<never> {
  return new Promise(() => {});
}
