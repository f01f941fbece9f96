/**
 * One user's way over HTTP/2: a stream of a connection that a group of users shares. An exchange is a copy of bytes
 * into the connection's next write and one promise. Requests that a server turned away unseen are sent again; a server
 * that speaks only HTTP/1.1 is left to the raw client. Timeouts are the caller's: it watches `deadlineMs` and calls
 * `abort`, which resets the stream and leaves the connection to the others.
 *
 * @module
 */
import { readClock } from "../../lib/clock.ts";
import { messageOf } from "../../lib/errors.ts";
import { FAILURE } from "../../metrics/failure.ts";
import { HTTP_1_1, HTTP_2 } from "../../metrics/protocols.ts";
import type { ClientSpec } from "../../plan/client_spec.ts";
import type { Exchange, HttpClient, PreparedRequest } from "../exchange/http_client.ts";
import { BodyFileError } from "../exchange/body_file.ts";
import { BodyBuffer, sinkOf } from "../exchange/body_buffer.ts";
import { RequestEncoder } from "../http1/encode_request.ts";
import { ContinueGate, EXPECTATION_FAILED, forgetRefusal } from "../http1/continue_gate.ts";
import type { ClientDialer } from "../net/dialer.ts";
import type { Socket } from "../net/socket.ts";
import type { Connection } from "./connection.ts";
import { trackPlatformWork } from "../../lib/platform_work.ts";
import { ConnectionGroup, type Waiter } from "./connection_group.ts";
import { type EncodedRequest, encodeForHttp2 } from "./encode_request.ts";
import { Http1Way, noteOpening } from "./http1_way.ts";
import { sendBody } from "./send_body.ts";
import { Stream, type StreamEnd, type StreamOwner } from "./stream.ts";

/** How often a request that was turned away unseen is sent again. */
const MAX_RESENDS = 10;

const NO_BODY = new Uint8Array(0);
/** Deadlines are sent in whole milliseconds. */
const CLOCK_SLACK_MS = 1;

/** What all clients of a thread share. */
interface Context {
  readonly spec: ClientSpec;
  /** Requests that were encoded, for those that are sent more than once. */
  readonly encoded: WeakMap<object, EncodedRequest>;
  /** Servers that let the question whether they want a body go unanswered. */
  readonly expectIgnorers: Set<string>;
  readonly expectRefusers: Set<string>;
  readonly newHttp1Way: () => Http1Way;
}

/** Returns what makes a thread's clients; each `spec.streams` of them, in the order of their making, share connections. */
export function createHttp2Clients(
  spec: ClientSpec,
  newDialer: (spec: ClientSpec) => ClientDialer,
): () => HttpClient {
  const dialer = newDialer(spec);
  const oldSpec = { ...spec, http2: false };
  const oldEncoder = new RequestEncoder(oldSpec);
  let oldDialer: ClientDialer | null = null;
  const around: Context = {
    spec,
    encoded: new WeakMap(),
    expectIgnorers: dialer.expectIgnorers,
    expectRefusers: dialer.expectRefusers,
    newHttp1Way: () => new Http1Way(oldSpec, oldDialer ??= newDialer(oldSpec), oldEncoder),
  };
  const groupSize = spec.streams ?? 1;
  const http1Origins = new Set<string>();
  let group: ConnectionGroup;
  let left = 0;
  return () => {
    if (left === 0) {
      group = new ConnectionGroup({ spec, dialer, http1Origins });
      left = groupSize;
    }
    left--;
    return new Http2Client(around, group);
  };
}

/** HTTP/2 for one user. */
class Http2Client implements HttpClient, StreamOwner, Waiter {
  readonly #around: Context;
  readonly #group: ConnectionGroup;
  readonly #stream = new Stream(this);
  readonly #keepResolve = (resolve: () => void) => {
    this.#resolve = resolve;
  };
  #resolve: () => void = () => {};
  #isMember = false;
  /** The connection used last, and where it leads. */
  #connection: Connection | null = null;
  #origin = "";
  /** The connection that carries the exchange under way. */
  #carrier: Connection | null = null;
  #request: PreparedRequest | null = null;
  #encoded: EncodedRequest | null = null;
  #out: Exchange | null = null;
  /** What is being opened is for later requests. */
  #isWarming = false;
  #deadlineMs = Infinity;
  #resends = 0;
  #body: BodyBuffer | null = null;
  #http1: Http1Way | null = null;

  constructor(around: Context, group: ConnectionGroup) {
    this.#around = around;
    this.#group = group;
  }

  get deadlineMs(): number {
    return this.#http1 === null
      ? this.#deadlineMs
      : Math.min(this.#deadlineMs, this.#http1.client.deadlineMs);
  }

  exchange(request: PreparedRequest, out: Exchange): Promise<void> {
    this.#out = out;
    this.#deadlineMs = out.startMs + (request.timeoutMs ?? this.#around.spec.timeoutMs);
    this.#resends = 0;
    out.protocol = HTTP_2;
    const done = new Promise<void>(this.#keepResolve);
    const isRefused = request.unasked !== undefined && this.#around.expectRefusers.has(request.origin);
    this.#send(isRefused ? request.unasked!() : request);
    return done;
  }

  warm(request: PreparedRequest, scratch: Exchange): Promise<void> {
    this.#out = scratch;
    this.#deadlineMs = readClock() + this.#around.spec.timeoutMs;
    this.#isWarming = true;
    this.#request = request;
    this.#encoded = null;
    const done = new Promise<void>(this.#keepResolve);
    this.#askGroup(request);
    return done;
  }

  abort(failure: number): void {
    if (this.#deadlineMs === Infinity) return this.#http1?.client.abort(failure);
    const carrier = this.#carrier;
    const out = this.#out!;
    if (carrier !== null) {
      this.#carrier = null;
      carrier.cancel(this.#stream);
      if (failure === FAILURE.timeout) carrier.suspect();
      out.address = carrier.address;
      out.openedMs = carrier.openedMs;
      const isDeadline = failure === FAILURE.timeout && this.#isPastDeadline(Infinity);
      out.failure = isDeadline ? FAILURE.grpc_deadline_exceeded : failure;
    } else {
      this.#group.giveUp(this.#request!.origin, this);
      out.failure = failure === FAILURE.timeout ? FAILURE.connect_timeout : failure;
    }
    this.#finish(readClock());
  }

  close(): void {
    this.abort(FAILURE.unfinished);
    this.#connection = null;
    if (this.#isMember) this.#group.leave();
    this.#isMember = false;
    this.#http1?.close();
    this.#http1 = null;
  }

  connected(connection: Connection, opening: Exchange | null): void {
    const out = this.#out!;
    if (opening !== null) {
      noteOpening(out, opening);
      out.reconnected = this.#resends > 0;
    }
    this.#connection = connection;
    this.#origin = this.#request!.origin;
    if (!this.#isWarming) return this.#open(connection);
    connection.whenReady(() => {
      if (this.#out === out && this.#isWarming) this.#settle();
    });
  }

  dialFailed(attempt: Exchange, isFirst: boolean): void {
    const out = this.#out!;
    if (isFirst) noteOpening(out, attempt);
    out.failure = attempt.failure;
    out.failureDetail = attempt.failureDetail;
    if (this.#isWarming) this.#settle();
    else this.#finish(readClock());
  }

  mustUseHttp1(socket: Socket | null, opening: Exchange | null): void {
    if (this.#request!.isCall) return this.#refuseHttp1(socket);
    const way = this.#http1 ??= this.#around.newHttp1Way();
    if (socket !== null && opening !== null) way.lend(socket, opening);
    const out = this.#out!;
    const isWarming = this.#isWarming;
    this.#isWarming = false;
    this.#deadlineMs = Infinity;
    out.protocol = HTTP_1_1;
    const work = isWarming ? way.client.warm(this.#request!, out) : way.client.exchange(this.#request!, out);
    if (isWarming) this.#request = null;
    work.then(this.#resolve);
  }

  /** Calls are nothing but HTTP/2. */
  #refuseHttp1(socket: Socket | null): void {
    socket?.close();
    const out = this.#out!;
    out.failure = FAILURE.protocol;
    out.failureDetail = "gRPC needs HTTP/2, and the server speaks HTTP/1.1";
    this.#finish(readClock());
  }

  streamEnded(end: StreamEnd, nowMs: number): void {
    const out = this.#out!;
    const request = this.#request!;
    const carrier = this.#carrier!;
    this.#carrier = null;
    out.address = carrier.address;
    out.openedMs = carrier.openedMs;
    if (this.#stream.gate !== null) out.continueMs = this.#stream.gate.waitedMs;
    if (end.failure === FAILURE.none && out.status === EXPECTATION_FAILED && request.unasked !== undefined) {
      this.#around.expectRefusers.add(request.origin);
      forgetRefusal(out);
      this.#send(request.unasked());
      return;
    }
    if (end.failure !== FAILURE.none) {
      const isStale = end.isLost && carrier.answered > 0 && request.isIdempotent && this.#resends === 0;
      const isThere = !request.isFed || out.feed!.isRepeatable;
      if (isThere && ((end.isUnprocessed && this.#resends < MAX_RESENDS) || isStale)) {
        this.#resends++;
        this.#begin(request);
        return;
      }
      out.failure = this.#isPastDeadline(nowMs) ? FAILURE.grpc_deadline_exceeded : end.failure;
      out.failureDetail = end.detail || (out.call?.problem ?? "");
    } else {
      if (out.call !== null) {
        // What comes too late is too late, whenever it is that somebody looks at the clock.
        const isLate = nowMs > this.#deadlineMs && this.#isPastDeadline(nowMs);
        out.failure = isLate ? FAILURE.grpc_deadline_exceeded : out.call.complete();
        out.failureDetail = out.call.problem;
      }
      if (request.wantsBody) out.body = this.#body!.bytes();
      if (this.#around.spec.phases) {
        out.ttfbMs = this.#stream.firstByteMs - this.#stream.sentMs;
        out.transferMs = nowMs - this.#stream.firstByteMs;
      }
    }
    this.#finish(nowMs);
  }

  /** The call has a deadline, and it is over: some servers end the stream then, and say no more. */
  #isPastDeadline(nowMs: number): boolean {
    const { isCall, timeoutMs } = this.#request!;
    return isCall === true && timeoutMs !== undefined && nowMs >= this.#deadlineMs - CLOCK_SLACK_MS;
  }

  #send(request: PreparedRequest): void {
    // One whose head is known may be the same object with another body.
    if (request !== this.#request || request.sameHead !== undefined) this.#prepare(request);
    if (request.bodyFile === undefined) this.#begin(request);
    else void this.#beginWithFile(request, request.bodyFile.path);
  }

  #prepare(request: PreparedRequest): void {
    this.#request = request;
    const { encoded } = this.#around;
    const { sameHead } = request;
    if (sameHead !== undefined) return this.#prepareBody(request, sameHead);
    this.#encoded = encoded.get(request) ?? encodeForHttp2(request);
    if (request.isRepeated) encoded.set(request, this.#encoded);
  }

  /** A request whose head was encoded for another one. */
  #prepareBody(request: PreparedRequest, sameHead: object): void {
    const { encoded } = this.#around;
    let known = encoded.get(sameHead);
    if (known === undefined) encoded.set(sameHead, known = encodeForHttp2(request));
    this.#encoded = { ...known, body: request.body ?? NO_BODY };
  }

  /** Sends nothing when the file is not there. */
  async #beginWithFile(request: PreparedRequest, path: string): Promise<void> {
    const out = this.#out!;
    const { startMs } = out;
    let problem: unknown = null;
    try {
      await trackPlatformWork(Deno.stat(path));
    } catch (error) {
      problem = error;
    }
    const isOver = this.#deadlineMs === Infinity || this.#out !== out || out.startMs !== startMs;
    if (isOver) return;
    if (problem === null) this.#begin(request);
    else this.#failBody(problem);
  }

  #failBody(error: unknown): void {
    if (this.#deadlineMs === Infinity) return;
    this.#out!.failureDetail = messageOf(error);
    this.abort(error instanceof BodyFileError ? error.failure : FAILURE.request_body);
  }

  #begin(request: PreparedRequest): void {
    const connection = this.#connection;
    if (connection !== null && connection.isOpen && this.#origin === request.origin) this.#open(connection);
    else this.#askGroup(request);
  }

  #askGroup(request: PreparedRequest): void {
    if (!this.#isMember) {
      this.#isMember = true;
      this.#group.join();
    }
    this.#group.request(request.url, request.origin, this);
  }

  #open(connection: Connection): void {
    const stream = this.#stream;
    const request = this.#request!;
    let sink: BodyBuffer | null = null;
    if (request.wantsBody) {
      sink = this.#body ??= new BodyBuffer(this.#around.spec.maxBodyBytes);
      sink.clear();
    }
    this.#carrier = connection;
    stream.request = request;
    stream.encoded = this.#encoded!;
    stream.out = this.#out!;
    stream.out.reuses = connection.out.nextStream > 1 ? 1 : 0;
    stream.gate = request.awaitsContinue
      ? new ContinueGate(request.origin, this.#around.expectIgnorers)
      : null;
    if (request.isFed) stream.out.feed!.begin(this.#encoded!.body);
    stream.begin(sinkOf(stream.out, sink));
    connection.open(stream);
    if (!stream.isBodyLater) return;
    sendBody(stream, connection).catch((error) => this.#failBody(error));
  }

  #settle(): void {
    this.#isWarming = false;
    this.#deadlineMs = Infinity;
    this.#request = null;
    this.#resolve();
  }

  #finish(nowMs: number): void {
    if (this.#isWarming) return this.#settle();
    this.#deadlineMs = Infinity;
    this.#out!.finish(nowMs);
    this.#resolve();
  }
}
