/**
 * The gRPC calls of one user's iteration: those with a reply, and streams, which are cancelled and recorded when the
 * iteration ends at the latest.
 *
 * @module
 */
import { Exchange, type HttpClient } from "../../client/exchange/http_client.ts";
import { CallReader } from "../../client/grpc/call_reader.ts";
import { failureOfStatus, GRPC_STATUSES } from "../../client/grpc/status.ts";
import { FAILURE } from "../../metrics/failure.ts";
import type { CallOptions, GrpcReply, GrpcStream } from "../../script.ts";
import { countStatus } from "../http/grpc/count_status.ts";
import { EventClock } from "../http/stream/event_clock.ts";
import type { CodeWork } from "./code_work.ts";
import type { ScriptCall } from "./grpc/call_builder.ts";
import { type RawMessage, ScriptReply } from "./grpc/script_reply.ts";
import { ScriptStream, type StreamOwner } from "./grpc/script_stream.ts";
import { PendingRequest, type PendingRequests } from "./pending_requests.ts";
import { headersOf, timingsOf } from "./script_response.ts";

/** What calls need of their session. */
export interface CallSession {
  readonly pending: PendingRequests;
  /** Who has to know what is waited for. */
  readonly waits: Pick<StreamOwner, "enter" | "leave">;
  readonly clients: { takeClient(): HttpClient; giveBack(client: HttpClient): void };
}

/** How a stream is begun. */
export interface StreamWish {
  readonly message: object | undefined;
  readonly options: CallOptions | undefined;
  /** Nothing may be sent any more. */
  readonly isLate: boolean;
  readonly dueMs: number;
  readonly startMs: number;
}

/** The calls of one session. */
export class SessionCalls {
  readonly #work: CodeWork;
  readonly #session: CallSession;
  /** Streams that are not recorded yet, and when their exchanges are over. */
  readonly #open = new Map<ScriptStream, Promise<void>>();
  readonly #requests = new WeakMap<GrpcReply, PendingRequest>();

  constructor(work: CodeWork, session: CallSession) {
    this.#work = work;
    this.#session = session;
  }

  get isEmpty(): boolean {
    return this.#open.size === 0;
  }

  /** The request that a reply came of, as long as it can still be judged. */
  requestOf(reply: unknown): PendingRequest | undefined {
    return reply instanceof ScriptReply ? this.#requests.get(reply) : undefined;
  }

  /** A call with all its messages. @throws {TypeError} */
  build(method: string, message: object | undefined, options: CallOptions | undefined): ScriptCall {
    return this.#work.calls.build(method, { message, options, isFed: false }).call;
  }

  /** What reads the reply of a call that is about to be made. */
  readerOf({ form, request }: ScriptCall, exchange: Exchange): CallReader {
    const { maxMessageBytes, streamsResponses } = form.spec;
    const clock = streamsResponses
      ? new EventClock(this.#work.recorder.group(request.step, "stream"), exchange)
      : null;
    const reader = new CallReader({
      maxMessageBytes,
      isSingle: clock === null,
      keptBytes: form.keptBytes,
      ...(clock && { onMessage: () => clock.note(performance.now()) }),
    });
    reader.begin();
    clock?.begin();
    if (clock !== null) this.#clocks.set(reader, clock);
    exchange.call = exchange.stream = reader;
    return reader;
  }

  readonly #clocks = new WeakMap<CallReader, EventClock>();

  /** The reply of a call that is over, and what is to be recorded of it. */
  replyTo(
    call: ScriptCall,
    exchange: Exchange,
    reader: CallReader,
  ): { readonly reply: GrpcReply; readonly pending: PendingRequest } {
    const isStream = exchange.status !== 0;
    const clock = this.#clocks.get(reader);
    if (isStream) clock?.open();
    clock?.end(isStream);
    return this.#judge(call, { exchange, reader, messages: [...reader.kept()] });
  }

  /** Begins a call whose messages are taken one at a time. @throws {TypeError} */
  open(method: string, { message, options, isLate, dueMs, startMs }: StreamWish): GrpcStream {
    const { calls, recorder, observe } = this.#work;
    const { waits, clients } = this.#session;
    const { call, frames } = calls.build(method, { message, options, isFed: true });
    const exchange = new Exchange();
    exchange.reset(dueMs, startMs);
    const stream = new ScriptStream({
      exchange,
      call,
      group: call.form.spec.streamsResponses ? recorder.group(call.request.step, "stream") : null,
      owner: {
        enter: () => !isLate && waits.enter(),
        leave: (failure) => waits.leave(failure),
        learned: (one) => this.#learn(one),
      },
      frames: call.request.isFed ? frames : null,
      isTold: observe !== undefined,
    });
    if (isLate) return stream;
    recorder.start();
    const client = clients.takeClient();
    this.#open.set(stream, stream.open(client).then(() => clients.giveBack(client)));
    return stream;
  }

  loadEnded(): void {
    for (const { exchange } of this.#open.keys()) exchange.bytesAtEnd = exchange.bytesReceived;
  }

  /** Cancels all that are open, and records them. */
  async end(): Promise<void> {
    const streams = [...this.#open];
    for (const [stream] of streams) if (!stream.isOver) stream.drop(FAILURE.none);
    await Promise.all(streams.map(([, over]) => over));
    for (const [stream] of streams) this.#learn(stream);
  }

  /** Lets go of all that are open, and records them. */
  cut(): void {
    for (const [stream] of [...this.#open]) {
      if (!stream.isOver) stream.drop(FAILURE.unfinished);
      this.#learn(stream);
    }
  }

  readonly #replies = new WeakMap<ScriptStream, GrpcReply>();

  /** A stream is over: its reply, and a request that can be judged until the next one. */
  #learn(stream: ScriptStream): GrpcReply {
    const known = this.#replies.get(stream);
    if (known !== undefined) return known;
    this.#open.delete(stream);
    const { call, exchange, reader, told } = stream;
    const { reply, pending } = this.#judge(call, { exchange, reader, messages: stream.takeAll() }, told);
    this.#replies.set(stream, reply);
    // The code wanted no response: that is no failure of its iteration.
    if (stream.isUnknown) this.#work.recorder.record(pending.step, exchange, null);
    else this.#session.pending.add(pending);
    return reply;
  }

  #judge(
    call: ScriptCall,
    { exchange, reader, messages }: {
      readonly exchange: Exchange;
      readonly reader: CallReader;
      readonly messages: readonly RawMessage[];
    },
    told: ScriptStream["told"] = null,
  ): { readonly reply: GrpcReply; readonly pending: PendingRequest } {
    const { name, request, form, expect } = call;
    const pending = new PendingRequest(name, request.step, exchange);
    const timings = timingsOf(exchange);
    const status = GRPC_STATUSES[reader.status] ?? "UNKNOWN";
    const isHeard = reader.status >= 0 &&
      (exchange.failure === FAILURE.none || exchange.failure === failureOfStatus(reader.status));
    if (expect !== undefined && isHeard) {
      const isExpected = expect.includes(status);
      if (isExpected) exchange.failure = FAILURE.none;
      if (isExpected) exchange.failureDetail = "";
      else if (exchange.failure === FAILURE.none) {
        pending.rules = [`AssertGrpcStatus: expected ${expect.join(" or ")}, got ${status}`];
      }
    }
    countStatus(this.#work.recorder.group(request.step, "grpc"), exchange, reader.status);
    const reply = new ScriptReply({ exchange, reader, form, messages, timings, headersOf });
    this.#requests.set(reply, pending);
    const { observe } = this.#work;
    if (observe !== undefined) {
      pending.checks = [];
      const isReadable = exchange.failure === FAILURE.none && told === null;
      const decoded = isReadable ? form.decode(reader) : undefined;
      exchange.reply = decoded !== undefined && "value" in decoded ? decoded : null;
      observe({ name, request, exchange, pending, grpc: form.spec, ...(told && { told }) });
    }
    return { reply, pending };
  }
}
