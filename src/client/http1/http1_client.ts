/**
 * One user's HTTP/1.1 connections, one a server. An exchange is one write and one read where the network allows
 * it; nothing is allocated for it but the promises of those. Timeouts are the caller's: it watches `deadlineMs` and
 * calls `abort`.
 *
 * @module
 */
import { Attempt } from "../net/attempt.ts";
import { readClock } from "../../lib/clock.ts";
import { closeQuietly } from "../../lib/net/close_quietly.ts";
import { FAILURE } from "../../metrics/failure.ts";
import { BodyFileError } from "../exchange/body_file.ts";
import type { ClientSpec } from "../../plan/client_spec.ts";
import { type Exchange, type HttpClient, keepsHead, type PreparedRequest } from "../exchange/http_client.ts";
import { BodyBuffer, sinkOf } from "../exchange/body_buffer.ts";
import { type Connection, newConnection } from "./connection.ts";
import { hasWearLimits } from "../net/connection_wear.ts";
import { ContinueGate, EXPECTATION_FAILED, forgetRefusal } from "./continue_gate.ts";
import type { ClientDialer } from "../net/dialer.ts";
import { howFar, noteError } from "../exchange/failure_of.ts";
import { type EncodedRequest, NO_REQUEST, RequestBuffer, RequestEncoder } from "./encode_request.ts";
import { lookAhead, PEEK_EVERY } from "./look_ahead.ts";
import { readRest } from "./read_rest.ts";
import { ResponseParser } from "./response_parser.ts";
import { settleWriting, writeLarge } from "./write_large.ts";
import { DISCARDED, MAX_SERVERS, type Socket, writeAll } from "../net/socket.ts";
/** Thousands of connections may lie open. Responses up to `MAX_FIT_BYTES` come in one read, but for a first one. */
const READ_BYTES = 1024, MAX_FIT_BYTES = 8192;
const MAX_READ_BYTES = 65_536;
const IDLE_MS = 1;

/** HTTP/1.1 over plain or encrypted sockets. */
export class RawClient implements HttpClient {
  deadlineMs = Infinity;
  readonly #spec: ClientSpec;
  readonly #dialer: ClientDialer;
  readonly #parser: ResponseParser;
  readonly #connections = new Map<string, Connection>();
  #current: Connection | null = null;
  readonly #wears: boolean;
  #buffer = new Uint8Array(READ_BYTES);
  #words = new Int32Array(this.#buffer.buffer);
  readonly #encoder: RequestEncoder;
  readonly #requestBuffer = new RequestBuffer(0);
  /** The last request, if it may be sent again, and the last one's bytes. */
  #request: PreparedRequest | null = null;
  #encoded: EncodedRequest = NO_REQUEST;
  #body: BodyBuffer | null = null;
  #gate: ContinueGate | null = null;
  #dialing: Attempt | null = null;
  /** When the last exchange ended. */
  #endedMs = 0;
  /** Whether anything of the request under way may have reached the server. */
  #hasSent = false;
  /** Why the exchange under way is being given up; `none` while it is not. */
  #aborting: number = FAILURE.none;
  /** Why the request's body could not be read. */
  #bodyProblem = "";

  /** `encoder` may be shared by all users. */
  constructor(spec: ClientSpec, dialer: ClientDialer, encoder = new RequestEncoder(spec)) {
    this.#spec = spec;
    this.#wears = hasWearLimits(spec);
    this.#encoder = encoder;
    this.#dialer = dialer;
    this.#parser = new ResponseParser(spec.maxHeaderBytes);
  }

  async warm(request: PreparedRequest, scratch: Exchange): Promise<void> {
    this.deadlineMs = readClock() + this.#spec.timeoutMs;
    const connection = await this.#connect(request, scratch);
    this.deadlineMs = Infinity;
    if (connection && this.#aborting !== FAILURE.none) this.#drop(connection);
  }

  async exchange(request: PreparedRequest, out: Exchange): Promise<void> {
    this.#aborting = FAILURE.none;
    this.deadlineMs = out.startMs + (request.timeoutMs ?? this.#spec.timeoutMs);
    if (request !== this.#request) this.#encode(request);
    const { bytes, goesInOne } = this.#encoded;
    const open = this.#connectionTo(request.origin);
    const isNew = open === null && goesInOne;
    const connection = isNew ? await this.#connect(request, out) : open;
    if (connection !== null && goesInOne) {
      // The way of nearly all requests, written out: one more asynchronous call would show.
      const sendingMs = this.#spec.phases ? readClock() : 0;
      try {
        const { socket, served } = connection;
        out.address = connection.address;
        out.openedMs = connection.openedMs;
        out.reuses = served > 0 ? 1 : 0;
        const isDue = (served & (served - 1)) === 0 || served % PEEK_EVERY === 0;
        this.#hasSent = false;
        const found = !isNew && (isDue || out.startMs - this.#endedMs > IDLE_MS)
          ? await lookAhead(connection, this.#buffer, out)
          : FAILURE.none;
        if (found === FAILURE.none) {
          this.#hasSent = true;
          const writing = socket.write(bytes);
          const written = typeof writing === "number" ? writing : await writing;
          if (written < bytes.length) await writeAll(socket, bytes, written);
          out.bytesSent = bytes.length;
          let got = await socket.read(this.#buffer);
          if (got !== null && request.memory?.isBegun(this.#words, got) === true) {
            got = await readRest({ socket, buffer: this.#buffer, parser: this.#parser }, out, got);
          }
          if (got !== null && this.#takeWhole(request, out, got)) {
            connection.served++;
            if (request.isLast) this.#drop(connection);
          } else {
            const failure = await this.#readResponse(connection, request, out, got, sendingMs);
            await this.#conclude(connection, request, out, failure);
          }
        } else await this.#conclude(connection, request, out, found);
      } catch (error) {
        await this.#conclude(connection, request, out, noteError(error, out));
      }
    } else if (!isNew) await this.#exchangeAnew(request, out);
    if (this.#wears && this.#current?.wear?.isLastUse()) this.#drop(this.#current);
    this.deadlineMs = Infinity;
    out.finish(this.#endedMs = readClock());
  }

  abort(failure: number): void {
    if (this.deadlineMs === Infinity) return;
    this.deadlineMs = Infinity;
    if (this.#dialing) {
      this.#aborting = failure === FAILURE.timeout ? FAILURE.connect_timeout : failure;
      this.#dialing.abort();
    } else {
      this.#aborting = failure;
      if (this.#current) this.#drop(this.#current);
    }
  }

  close(): void {
    for (const connection of [...this.#connections.values()]) this.#drop(connection);
  }

  /** The open connection to a server, made the current one; `null` without any. */
  #connectionTo(origin: string): Connection | null {
    const current = this.#current;
    if (current !== null && current.origin === origin) return current;
    return this.#current = this.#connections.get(origin) ?? null;
  }

  /**
   * Takes in a response that one read brought whole, and after which the connection stays open or is not used any more;
   * `false`, and nothing taken, for any other.
   */
  #takeWhole(request: PreparedRequest, out: Exchange, got: number): boolean {
    const { memory } = request;
    if (memory !== null && memory.matches(this.#words, this.#buffer, got)) {
      out.bytesReceived = got;
      memory.fillIn(out);
      return true;
    }
    if (this.#spec.phases || out.stream !== null) return false;
    const parser = this.#parser;
    const sink = this.#sinkFor(request);
    parser.begin(request.method === "HEAD", sinkOf(out, sink), out.stream);
    const used = parser.push(this.#buffer, 0, got);
    if (!parser.isDone || used < got || !(parser.keepAlive || request.isLast)) return false;
    out.bytesReceived = got;
    this.#note(request, out, sink);
    if (out.head === null || request.wantsHead) memory?.remember(this.#buffer, got, parser, out);
    return true;
  }

  #encode(request: PreparedRequest): void {
    // One that is sent once would live on, in each of a thousand idle clients.
    this.#request = request.isRepeated ? request : null;
    this.#encoded = this.#encoder.encode(request, this.#requestBuffer);
  }

  #sinkFor(request: PreparedRequest): BodyBuffer | null {
    if (!request.wantsBody) return null;
    const sink = this.#body ??= new BodyBuffer(this.#spec.maxBodyBytes);
    sink.clear();
    return sink;
  }

  /** Hands over what the parser found in a response whose head is in the buffer. */
  #note(request: PreparedRequest, out: Exchange, sink: BodyBuffer | null): void {
    const parser = this.#parser;
    out.status = parser.status;
    out.protocol = parser.protocol;
    out.bodyBytes = parser.bodyBytes;
    out.declaredLength = parser.declaredLength;
    out.maySetCookies = parser.setsCookie;
    out.mayBeCoded = parser.isCoded;
    out.mayHaveCharset = parser.hasOtherCharset;
    if (parser.failure !== FAILURE.none) return;
    if (out.head === null && keepsHead(request, parser)) out.head = parser.headIn(this.#buffer);
    if (sink) out.body = sink.bytes();
  }

  async #connect(request: PreparedRequest, out: Exchange): Promise<Connection | null> {
    this.#dialing = new Attempt();
    const socket = await this.#dialer.dial(request.url, out, this.#dialing);
    this.#dialing = null;
    if (socket === null) {
      if (this.#aborting !== FAILURE.none) out.failure = this.#aborting;
      return null;
    }
    const connection = newConnection(request.origin, { socket, address: out.address, spec: this.#spec });
    this.#connections.set(request.origin, connection);
    if (this.#connections.size > MAX_SERVERS) this.#drop(this.#connections.values().next().value!);
    this.#current = connection;
    return connection;
  }

  #drop(connection: Connection): void {
    if (this.#connections.get(connection.origin) === connection) this.#connections.delete(connection.origin);
    if (this.#current === connection) this.#current = null;
    closeQuietly(connection.socket);
  }

  /** An exchange that may have to connect first, or to ask the server whether it wants a body. */
  async #exchangeAnew(request: PreparedRequest, out: Exchange): Promise<void> {
    const refusers = this.#dialer.expectRefusers;
    if (request.unasked === undefined) return await this.#exchangeOnce(request, out);
    if (!refusers.has(request.origin)) {
      await this.#exchangeOnce(request, out);
      if (out.failure !== FAILURE.none || out.status !== EXPECTATION_FAILED) return;
      refusers.add(request.origin);
      forgetRefusal(out);
    }
    await this.#exchangeOnce(request.unasked(), out);
  }

  async #exchangeOnce(request: PreparedRequest, out: Exchange): Promise<void> {
    if (request !== this.#request) this.#encode(request);
    const open = this.#connections.get(request.origin);
    const connection = open ?? await this.#connect(request, out);
    if (!connection) return;
    this.#hasSent = false;
    this.#current = connection;
    out.reuses = connection.served > 0 ? 1 : 0;
    const found = open ? await lookAhead(open, this.#buffer, out) : FAILURE.none;
    const failure = found === FAILURE.none ? await this.#converse(connection, request, out) : found;
    await this.#conclude(connection, request, out, failure);
  }

  /**
   * Settles what a conversation came to. A connection that the server had closed while it lay idle is replaced and the
   * request sent once more (RFC 9112, 9.3.1), if that can do no harm.
   */
  async #conclude(
    connection: Connection,
    request: PreparedRequest,
    out: Exchange,
    failure: number,
  ): Promise<void> {
    out.address = connection.address;
    out.openedMs = connection.openedMs;
    connection.served++;
    if (failure === FAILURE.none) return;
    this.#drop(connection);
    const wasStale = out.bytesReceived === 0 && this.#aborting === FAILURE.none &&
      (failure === FAILURE.no_response || failure === FAILURE.connection_reset);
    const isHarmless = !this.#hasSent || connection.served > 1 && request.isIdempotent;
    if (wasStale && isHarmless && !out.reconnected) {
      out.reconnected = true;
      out.failureDetail = "";
      await this.#exchangeOnce(request, out);
    } else {
      out.failure = this.#aborting || failure;
      const hasBegun = this.#hasSent && out.bytesReceived > 0;
      if (hasBegun) out.bodyBytes = this.#parser.bodyBytes;
      if (this.#aborting !== FAILURE.none) {
        out.failureDetail = howFar(out, hasBegun && !this.#parser.isInHead);
      }
      if (this.#bodyProblem !== "") out.failureDetail = this.#bodyProblem;
      this.#bodyProblem = "";
    }
  }

  /** One request and its response; resolves to a failure's number. */
  async #converse(
    connection: Connection,
    request: PreparedRequest,
    out: Exchange,
  ): Promise<number> {
    this.#current = connection;
    this.#hasSent = true;
    const { socket } = connection;
    const { bytes, goesInOne } = this.#encoded;
    const sendingMs = this.#spec.phases ? readClock() : 0;
    try {
      if (goesInOne) {
        await writeAll(socket, bytes);
        out.bytesSent += bytes.length;
        const got = await socket.read(this.#buffer);
        return await this.#readResponse(connection, request, out, got, sendingMs);
      }
      const { origin, awaitsContinue } = request;
      this.#gate = awaitsContinue ? new ContinueGate(origin, this.#dialer.expectIgnorers) : null;
      const writing = this.#writeLarge(socket, request, out);
      const got = await socket.read(this.#buffer);
      const failure = await this.#readResponse(connection, request, out, got, sendingMs);
      this.#gate?.close();
      // Answered before all was sent: what follows on this connection would be the rest of the body.
      if (failure === FAILURE.none && !(await settleWriting(writing))) this.#drop(connection);
      return failure;
    } catch (error) {
      return noteError(error, out);
    } finally {
      if (this.#gate !== null) {
        this.#gate.close();
        out.continueMs = this.#gate.waitedMs;
      }
      this.#gate = null;
    }
  }

  async #readResponse(
    connection: Connection,
    request: PreparedRequest,
    out: Exchange,
    got: number | null,
    sendingMs = 0,
  ): Promise<number> {
    const parser = this.#parser;
    const sink = this.#sinkFor(request);
    parser.begin(request.method === "HEAD", sinkOf(out, sink), out.stream);
    let firstByteMs = 0;
    let count = got;
    let filled = 0;
    let isScratch = false;
    while (true) {
      if (count === null) {
        parser.close();
        break;
      }
      out.bytesReceived += count;
      // The response's first byte is that of its final head, not of a 1xx before it.
      if (this.#spec.phases && parser.isInHead && parser.headStart >= filled) firstByteMs = readClock();
      const buffer = isScratch ? DISCARDED : this.#buffer;
      const end = filled + count;
      const used = parser.push(buffer, filled, end);
      this.#gate?.see(parser);
      if (!parser.isInHead && parser.failure === FAILURE.none && used < end) {
        return FAILURE.unexpected_bytes;
      }
      const leavesRest = this.#spec.leavesBody === true && !parser.isInHead;
      if (parser.isDone || parser.failure !== FAILURE.none || leavesRest) break;
      isScratch = parser.isContentIgnored;
      const wholeBytes = end + parser.missingBytes;
      if (isScratch && wholeBytes > this.#buffer.length && wholeBytes <= MAX_FIT_BYTES) {
        this.#grow(wholeBytes);
      }
      if (parser.isInHead) {
        filled = end;
        if (filled === this.#buffer.length) this.#grow(filled * 2);
        count = await connection.socket.read(this.#buffer.subarray(filled));
        continue;
      }
      if (out.head === null && keepsHead(request, parser)) out.head = parser.headIn(this.#buffer);
      filled = 0;
      if (!isScratch && count === this.#buffer.length && count < MAX_READ_BYTES) this.#grow(count * 4);
      count = await (isScratch
        ? connection.socket.read(DISCARDED, parser.missingBytes)
        : connection.socket.read(this.#buffer));
    }
    this.#note(request, out, sink);
    if (parser.failure !== FAILURE.none) return parser.failure;
    if (this.#spec.phases) {
      out.ttfbMs = firstByteMs - sendingMs;
      out.transferMs = readClock() - firstByteMs;
    }
    if (!parser.isDone || !parser.keepAlive || request.isLast) this.#drop(connection);
    return FAILURE.none;
  }

  /** Makes room, keeping what was read. */
  #grow(bytes: number): void {
    const grown = new Uint8Array(bytes + 3 & ~3);
    grown.set(this.#buffer);
    this.#buffer = grown;
    this.#words = new Int32Array(grown.buffer);
  }

  /** Writes a large request; resolves to whether all of it went out. A failure shows in the response's read. */
  async #writeLarge(socket: Socket, request: PreparedRequest, out: Exchange): Promise<boolean> {
    try {
      const large = { socket, encoded: this.#encoded, file: request.bodyFile, gate: this.#gate };
      return await writeLarge(large, out);
    } catch (error) {
      if (error instanceof BodyFileError) {
        this.#bodyProblem = error.message;
        this.abort(error.failure);
      }
      return false;
    }
  }
}
