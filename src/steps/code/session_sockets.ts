/**
 * The WebSockets of one user's iteration: opened when its code wants them, recorded and closed when it ends at the latest.
 *
 * @module
 */
import { rejectUnknown } from "../../lib/reject_unknown.ts";
import { Exchange } from "../../client/exchange/http_client.ts";
import { Talk, type TalkSet } from "../../client/websocket/talk.ts";
import { FAILURE } from "../../metrics/failure.ts";
import { DEFAULT_CLOSE_TIMEOUT_MS, DEFAULT_MAX_MESSAGE_BYTES, httpUrlOf } from "../../plan/websocket_step.ts";
import type { SocketOptions } from "../../script.ts";
import { noteHandshake } from "../websocket/note_handshake.ts";
import { type ScriptRequest, timeOf } from "./build_request.ts";
import type { CodeWork } from "./code_work.ts";
import { PendingRequest, type PendingRequests } from "./pending_requests.ts";
import type { ScriptCookies } from "./script_cookies.ts";
import { ScriptSocket, type SocketOwner } from "./script_socket.ts";

const OPTIONS: ReadonlySet<string> = new Set<keyof SocketOptions>(
  ["headers", "query", "subprotocols", "compressed", "name", "timeout", "auth"],
);

/** A connection that is asked for. */
export interface SocketRequest extends ScriptRequest {
  readonly subprotocols: readonly string[];
  readonly compressed: boolean;
  readonly timeoutMs: number;
}

/** What stamps call a user; `user` is its number from 0. */
export function senderOf(user: number): string {
  return `u${user + 1}`;
}

/** The sockets of one session. */
export class SessionSockets {
  readonly #work: CodeWork;
  readonly #pending: PendingRequests;
  readonly #open = new Map<ScriptSocket, SocketRequest>();

  constructor(work: CodeWork, pending: PendingRequests) {
    this.#work = work;
    this.#pending = pending;
  }

  get isEmpty(): boolean {
    return this.#open.size === 0;
  }

  /** What a call of `connect` asks for. @throws {TypeError} when URL or options are unusable */
  build(url: string, options: SocketOptions = {}): SocketRequest {
    if (typeof options !== "object" || options === null) {
      throw new TypeError("Cannot connect with that: expected options such as { headers: … }");
    }
    rejectUnknown(options, { known: OPTIONS, kind: "socket" });
    const { subprotocols = [], compressed = false, timeout, ...others } = options;
    return {
      ...this.#work.builder.build("WS", httpUrlOf(String(url)), others),
      subprotocols,
      compressed,
      timeoutMs: timeout === undefined ? this.#work.timeoutMs : timeOf(timeout),
    };
  }

  /** Opens one; its exchange begins at `startMs`, and was due at `dueMs`. */
  async connect(
    made: SocketRequest,
    { dueMs, startMs, owner, talks, user, cookies }: {
      readonly dueMs: number;
      readonly startMs: number;
      readonly owner: SocketOwner;
      readonly talks: TalkSet;
      readonly user: number;
      readonly cookies: ScriptCookies | null;
    },
  ): Promise<ScriptSocket> {
    const work = this.#work;
    const request = cookies === null ? made.request : cookies.requestFor(made);
    const exchange = new Exchange();
    exchange.reset(dueMs, startMs);
    const talkWork = work.talkWork(request.step);
    const talk = new Talk(talkWork, senderOf(user));
    talks.talks.add(talk);
    const socket = new ScriptSocket(talk, {
      exchange,
      group: talkWork.group,
      owner,
      timeoutMs: made.timeoutMs,
    });
    if (work.observe) socket.told = [];
    this.#open.set(socket, { ...made, request });
    work.recorder.start();
    await socket.connect({
      handshake: {
        url: request.url,
        headers: request.headers,
        subprotocols: made.subprotocols,
        compressed: made.compressed,
        maxHeaderBytes: work.maxHeaderBytes,
      },
      timeoutMs: made.timeoutMs,
      maxMessageBytes: DEFAULT_MAX_MESSAGE_BYTES,
      closeTimeoutMs: DEFAULT_CLOSE_TIMEOUT_MS,
    });
    return socket;
  }

  loadEnded(): void {
    for (const socket of this.#open.keys()) socket.loadEnded();
  }

  /** Closes all that are open, as the protocol wants it, and records them. */
  async end(talks: TalkSet): Promise<void> {
    await Promise.all([...this.#open.keys()].map((socket) => socket.end()));
    for (const socket of [...this.#open.keys()]) this.record(socket, talks);
  }

  /** Lets go of all that are open, and records them. */
  cut(talks: TalkSet): void {
    for (const socket of [...this.#open.keys()]) {
      socket.cut();
      this.record(socket, talks);
    }
  }

  /** Records one that has ended. */
  record(socket: ScriptSocket, talks: TalkSet): void {
    const made = this.#open.get(socket);
    if (made === undefined) return;
    this.#open.delete(socket);
    talks.talks.delete(socket.talk);
    const { exchange, broken, told } = socket;
    const isAnswered = exchange.failure === FAILURE.none;
    if (!isAnswered) this.#pending.unanswered++;
    else if (broken.length > 0) this.#pending.failed++;
    const { step } = made.request;
    if (told !== null) {
      const pending = new PendingRequest(made.name, step, exchange);
      pending.checks = broken.map((claim) => ({ claim, holds: false }));
      this.#work.observe?.({ ...made, exchange, pending, told });
    }
    noteHandshake(this.#work.recorder, exchange);
    this.#work.recorder.record(step, exchange, isAnswered ? broken : null);
  }
}
