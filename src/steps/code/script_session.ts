/**
 * What a user's code works with, for one user: requests, checks, pauses. It lives as long as iterations end by themselves;
 * one that is cut off takes it along, so that what is left of its code can reach nothing any more.
 *
 * @module
 */
import { decodeBody } from "../../client/exchange/content_coding.ts";
import type { Exchange, HttpClient, PreparedRequest } from "../../client/exchange/http_client.ts";
import { readClock } from "../../lib/clock.ts";
import { FAILURE } from "../../metrics/failure.ts";
import { LIMITS } from "../../metrics/limits.ts";
import { OUTCOME } from "../../metrics/span_recorder.ts";
import { makeStamp } from "../../template/stamp.ts";
import { Random } from "../../lib/random.ts";
import type {
  Bench,
  CallOptions,
  Checks,
  DataRow,
  GrpcReply,
  GrpcStream,
  HttpResponse,
  RequestOptions,
  Socket,
  SocketOptions,
} from "../../script.ts";
import { httpVerbs, type ScriptRequest, timeOf } from "./build_request.ts";
import { ScriptFailure } from "./error_place.ts";
import { PendingRequest, PendingRequests } from "./pending_requests.ts";
import type { ScriptCookies } from "./script_cookies.ts";
import { checkAll, checkCondition, scriptMetrics } from "./script_measures.ts";
import type { CodeWork, SessionOwner } from "./code_work.ts";
import { RowsSpent } from "./script_rows.ts";
import { ScriptResponse } from "./script_response.ts";
import { hang, type SocketOwner } from "./script_socket.ts";
import { SessionCalls } from "./session_calls.ts";
import { senderOf, SessionSockets } from "./session_sockets.ts";

/** Requests of one user at the same time; browsers have as many to one server. */
const MAX_PARALLEL = 6;

/** Iterations draw from streams of their own number; users and pauses have those up to twice 2^32. */
const ITERATION_STREAM = 2 ** 35;

/** One user's session. */
export class ScriptSession {
  /** Requests in flight. */
  inFlight = 0;
  /** Something has let others run: a request or a pause. */
  hasWaited = false;
  /** Its code may still ask for something. */
  isAlive = true;
  readonly bench: Bench;
  readonly pending: PendingRequests;
  readonly #work: CodeWork;
  readonly #owner: SessionOwner;
  readonly #cookies: ScriptCookies | null;
  readonly #exchanges = new Set<Exchange>();
  readonly #waiting: (() => void)[] = [];
  /** When the first request of the iteration was due, on the clock of exchanges; −1: it has no due time. */
  #dueAtMs = -1;
  #isFirst = true;
  #isOver = false;
  readonly #sockets: SessionSockets;
  readonly #socketOwner: SocketOwner;
  readonly #calls: SessionCalls;
  /** What pauses of the iteration took, in ms. */
  #pausedMs = 0;
  /** Messages and the like that are waited for, and since when. */
  #socketWaits = 0;
  #waitingSinceMs = 0;
  #random: Random | null = null;
  /** What the iteration has drawn. */
  readonly #rows = new Map<string, DataRow>();

  constructor(work: CodeWork, owner: SessionOwner, { user, cookies }: {
    readonly user: number;
    readonly cookies: ScriptCookies | null;
  }) {
    this.#work = work;
    this.#owner = owner;
    this.#cookies = cookies;
    this.pending = new PendingRequests(work.recorder);
    this.#sockets = new SessionSockets(work, this.pending);
    this.#socketOwner = this.#ownSockets();
    this.#calls = new SessionCalls(work, { pending: this.pending, waits: this.#socketOwner, clients: owner });
    this.bench = this.#api(user);
  }

  /** What the iteration spent with pauses, and waiting for messages, in ms. */
  get waitedMs(): number {
    return this.#pausedMs + (this.#socketWaits > 0 ? readClock() - this.#waitingSinceMs : 0);
  }

  /** Some WebSocket or stream is open, or not recorded yet. */
  get hasSockets(): boolean {
    return !this.#sockets.isEmpty || !this.#calls.isEmpty;
  }

  /** Closes and records them. */
  async endSockets(): Promise<void> {
    await this.#calls.end();
    await this.#sockets.end(this.#owner.talks);
  }

  /** A new iteration begins; its first request is due at a time of the exchanges' clock, or when it starts: −1. */
  begin(iteration: number, dueAtMs: number): void {
    (this.bench as { iteration: number }).iteration = iteration;
    this.#dueAtMs = dueAtMs;
    this.#isFirst = true;
    this.hasWaited = false;
    this.#pausedMs = 0;
    this.#random = null;
    if (this.#rows.size > 0) this.#rows.clear();
  }

  /** Nothing starts any more: remembers how far the exchanges in flight have come. */
  loadEnded(): void {
    this.#isOver = true;
    this.#sockets.loadEnded();
    this.#calls.loadEnded();
    for (const exchange of this.#exchanges) exchange.bytesAtEnd = exchange.bytesReceived;
  }

  /** Lets nothing of the iteration go on. */
  cut(): void {
    this.isAlive = false;
    if (this.hasSockets) {
      this.#calls.cut();
      this.#sockets.cut(this.#owner.talks);
    }
    this.pending.settle();
  }

  #api(user: number): Bench {
    return {
      http: httpVerbs((method, url, options) => this.#send(method, url, options)),
      ws: {
        connect: (url, options) => this.#connect(url, options),
        stamp: () => makeStamp(senderOf(user)),
      },
      grpc: {
        call: (method, message, options) => this.#call(method, message, options),
        stream: (method, message, options) => this.#stream(method, message, options),
      },
      check:
        ((what: unknown, claim: Checks<unknown> | boolean) => this.#check(what, claim)) as Bench["check"],
      pause: (time, upTo) => this.#pause(timeOf(time), upTo === undefined ? undefined : timeOf(upTo)),
      group: (name, run) => this.#group(name, run),
      metric: scriptMetrics(this.#work.recorder.custom),
      data: {
        row: (name) => this.#rowOf(name),
        rows: (name) => this.#work.rows.all(name),
      },
      vars: this.#work.vars,
      user,
      iteration: 0,
      random: () => this.#draw().fraction(),
      log: (...values) => this.#work.log(values),
      fail: (message) => {
        throw new ScriptFailure(String(message));
      },
    };
  }

  #rowOf(name: string): DataRow {
    const known = this.#rows.get(name);
    if (known !== undefined) return known;
    const row = this.#work.rows.draw(name, this.bench.iteration, () => this.#draw());
    if (row === undefined) {
      this.#owner.onSpent();
      throw new RowsSpent();
    }
    this.#rows.set(name, row);
    return row;
  }

  #draw(): Random {
    return this.#random ??= new Random(this.#work.seed, ITERATION_STREAM + this.bench.iteration);
  }

  /** Whether a further request may start; if not, the iteration is over as soon as nothing is in flight. */
  #mayGoOn(nowMs: number): boolean {
    if (!this.isAlive) return false;
    const { budget } = this.#work;
    if (budget.left > 0 && (this.#isFirst || !this.#work.isOver(nowMs))) return true;
    this.#stop();
    return false;
  }

  #stop(): void {
    this.isAlive = false;
    if (this.inFlight === 0) this.#owner.onCut(this);
  }

  async #send(method: string, url: string, options: RequestOptions | undefined): Promise<HttpResponse> {
    const made = this.#work.builder.build(method, url, options);
    const exchange = await this.#begin();
    const cookies = this.#cookies;
    exchange.cookies = cookies;
    const request = cookies === null ? made.request : cookies.requestFor(made);
    const client = await this.#exchange(request, exchange);
    const { body } = exchange;
    exchange.isBodyCut = body !== null && !exchange.isDecoded && exchange.finalBodyBytes > body.length;
    const decoding = decodeBody(exchange, this.#work.maxBodyBytes);
    if (decoding !== null) await decoding;
    if (exchange.isBodyCut) this.#work.recorder.limits.add(LIMITS.bodyBytes);
    if (cookies !== null && exchange.head !== null && exchange.maySetCookies) {
      cookies.storeHead(exchange.head, exchange.finalUrl ?? request.url);
    }
    const isShared = request.memory !== null && exchange.body === request.memory.body;
    const pending = this.#pend(made, exchange);
    this.#work.observe?.({ ...made, request, exchange, pending });
    const response = new ScriptResponse(exchange, pending, {
      body: isShared || exchange.body === null ? exchange.body : exchange.body.slice(),
      isShared: isShared && exchange.body !== null,
      url: request.url,
    });
    return await this.#handOver(response, { pending, client });
  }

  async #call(
    method: string,
    message: object | undefined,
    options: CallOptions | undefined,
  ): Promise<GrpcReply> {
    const made = this.#calls.build(method, message, options);
    const exchange = await this.#begin();
    const reader = this.#calls.readerOf(made, exchange);
    const client = await this.#exchange(made.request, exchange);
    const { reply, pending } = this.#calls.replyTo(made, exchange, reader);
    return await this.#handOver(reply, { pending, client });
  }

  #stream(method: string, message: object | undefined, options: CallOptions | undefined): GrpcStream {
    if (this.inFlight === 0) this.pending.settle();
    const nowMs = readClock();
    const isLate = !this.#mayGoOn(nowMs);
    const dueMs = this.#takeDueMs(nowMs);
    if (!isLate) this.#work.budget.left--;
    this.hasWaited = true;
    return this.#calls.open(method, { message, options, isLate, dueMs, startMs: nowMs });
  }

  /** When what is sent now was due. */
  #takeDueMs(nowMs: number): number {
    const dueMs = this.#dueAtMs < 0 ? nowMs : this.#dueAtMs;
    this.#dueAtMs = -1;
    this.#isFirst = false;
    return dueMs;
  }

  /** An exchange for a request that may be sent now; never, when nothing may any more. */
  async #begin(): Promise<Exchange> {
    if (this.inFlight === 0) this.pending.settle();
    else if (this.inFlight >= MAX_PARALLEL) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    const nowMs = readClock();
    if (!this.#mayGoOn(nowMs)) return await hang();
    const exchange = this.pending.take();
    exchange.reset(this.#takeDueMs(nowMs), nowMs);
    this.hasWaited = true;
    this.inFlight++;
    this.#exchanges.add(exchange);
    this.#work.budget.left--;
    return exchange;
  }

  /** Sends a request, and resolves when it is over; with the client that did it, to be given back. */
  async #exchange(request: PreparedRequest, exchange: Exchange): Promise<HttpClient> {
    const client = this.#owner.takeClient();
    this.#work.recorder.start();
    await client.exchange(request, exchange);
    return client;
  }

  async #connect(url: string, options: SocketOptions | undefined): Promise<Socket> {
    const made = this.#sockets.build(url, options);
    if (this.inFlight === 0) this.pending.settle();
    const nowMs = readClock();
    if (!this.#mayGoOn(nowMs) || !this.#socketOwner.enter()) return await hang();
    const dueMs = this.#takeDueMs(nowMs);
    this.#work.budget.left--;
    const socket = await this.#sockets.connect(made, {
      dueMs,
      startMs: nowMs,
      owner: this.#socketOwner,
      talks: this.#owner.talks,
      user: this.bench.user,
      cookies: this.#cookies,
    });
    await this.#socketOwner.leave(socket.exchange.failure);
    return socket;
  }

  #ownSockets(): SocketOwner {
    const isOver = () => this.#isOver;
    return {
      get isOver() {
        return isOver();
      },
      enter: () => {
        if (!this.isAlive) return false;
        this.hasWaited = true;
        this.inFlight++;
        if (this.#socketWaits++ === 0) this.#waitingSinceMs = readClock();
        return true;
      },
      leave: (failure) => {
        if (--this.#socketWaits === 0) this.#pausedMs += readClock() - this.#waitingSinceMs;
        this.inFlight--;
        if (failure === FAILURE.unfinished) this.isAlive = false;
        if (this.isAlive) {
          if (this.inFlight === 0) this.#owner.onIdle(this);
          return Promise.resolve();
        }
        if (this.inFlight === 0) this.#owner.onCut(this);
        return hang();
      },
      closed: (socket) => this.#sockets.record(socket, this.#owner.talks),
    };
  }

  /** Notes what is to be recorded. */
  #pend({ name, request, expect }: ScriptRequest, exchange: Exchange): PendingRequest {
    const pending = new PendingRequest(name, request.step, exchange);
    if (expect !== undefined && exchange.failure === FAILURE.none) {
      pending.rules = expect.includes(exchange.status)
        ? []
        : [`AssertStatus: expected ${expect.join(" or ")}, got ${exchange.status}`];
    }
    if (this.#work.observe !== undefined) pending.checks = [];
    return pending;
  }

  #handOver<T>(
    response: T,
    { pending, client }: { readonly pending: PendingRequest; readonly client: HttpClient },
  ): T | Promise<never> {
    const exchange = pending.exchange!;
    this.#exchanges.delete(exchange);
    this.#owner.giveBack(client);
    this.inFlight--;
    this.pending.add(pending);
    this.#waiting.shift()?.();
    if (exchange.failure === FAILURE.unfinished) this.isAlive = false;
    if (this.isAlive) {
      if (this.inFlight === 0) this.#owner.onIdle(this);
      return response;
    }
    if (this.inFlight === 0) this.#owner.onCut(this);
    return hang();
  }

  #check(what: unknown, claim: Checks<unknown> | boolean): boolean {
    const { custom } = this.#work.recorder;
    // A text may be what is judged, as a message often is.
    if (typeof what === "string" && (typeof claim !== "object" || claim === null)) {
      return checkCondition(what, claim, custom);
    }
    const request = what instanceof ScriptResponse ? what.request : this.#calls.requestOf(what);
    return checkAll(what, claim, { custom, request });
  }

  async #group<T>(name: string, run: () => Promise<T>): Promise<T> {
    const { pending } = this;
    pending.settle();
    const { failed, unanswered } = pending;
    const beganMs = readClock();
    const end = (outcome: number) => {
      const us = (readClock() - beganMs) * 1000;
      pending.settle();
      this.#work.spans.of("group", name).end(us, Math.max(outcome, pending.outcomeSince(failed, unanswered)));
    };
    try {
      const value = await run();
      end(OUTCOME.succeeded);
      return value;
    } catch (error) {
      end(OUTCOME.failed);
      throw error;
    }
  }

  async #pause(ms: number, upToMs: number | undefined): Promise<void> {
    const waitMs = upToMs === undefined ? ms : ms + (upToMs - ms) * this.#draw().fraction();
    this.pending.settle();
    if (!this.isAlive) return await hang();
    // The load's end ends one pause, so that what comes behind it can be done; it does not end them all at once.
    if (this.#isOver) {
      this.#stop();
      return await hang();
    }
    this.hasWaited = true;
    this.#pausedMs += waitMs;
    await this.#work.sleep(waitMs);
    if (this.#work.isOver(readClock())) this.#isOver = true;
    if (!this.isAlive) return await hang();
  }
}
