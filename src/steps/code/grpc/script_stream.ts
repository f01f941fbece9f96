/**
 * A call whose messages the user's code sends and takes one at a time.
 *
 * @module
 */
import type { Exchange, HttpClient } from "../../../client/exchange/http_client.ts";
import { CallReader } from "../../../client/grpc/call_reader.ts";
import { FAILURE } from "../../../metrics/failure.ts";
import type { GroupRecorder } from "../../../metrics/group_recorder.ts";
import type { GrpcReply, GrpcStream } from "../../../script.ts";
import { sentMessages } from "../../http/grpc/call_form.ts";
import { EventClock } from "../../http/stream/event_clock.ts";
import { frameOf, type ScriptCall } from "./call_builder.ts";
import { decodeRaw, type RawMessage } from "./script_reply.ts";
import { StreamFeed } from "./stream_feed.ts";
import type { Told } from "../../websocket/report_talk.ts";

const encoder = new TextEncoder();

/** Who has to know what is waited for. */
export interface StreamOwner {
  /** Something is waited for; `false`: nothing may be any more, and the code is left hanging. */
  enter(): boolean;
  /** It came, or did not; resolves when the code may go on, which may be never. */
  leave(failure: number): Promise<void>;
  /** The code knows that the call is over. Gives its reply, and has it recorded soon. */
  learned(stream: ScriptStream): GrpcReply;
}

/** Messages that the code has not taken, in bytes. */
const MAX_WAITING_BYTES = 64 * 1024 ** 2;

/** What a stream is opened with. */
export interface StreamParts {
  readonly exchange: Exchange;
  readonly call: ScriptCall;
  /** Where the messages of responses are timed; `null`: a response has one. */
  readonly group: GroupRecorder<"stream"> | null;
  readonly owner: StreamOwner;
  /** What was sent at once, where more may follow; `null`: nothing may. */
  readonly frames: readonly Uint8Array[] | null;
  /** Somebody wants to see all messages. */
  readonly isTold: boolean;
}

/** One call under way. */
export class ScriptStream implements GrpcStream {
  readonly exchange: Exchange;
  readonly call: ScriptCall;
  readonly reader: CallReader;
  /** What was said, where somebody looks. */
  readonly told: Told[] | null;
  isOver = false;
  /** It was given up before anything of a response came: nothing is known of it. */
  isUnknown = false;
  readonly #owner: StreamOwner;
  readonly #feed: StreamFeed | null;
  readonly #clock: EventClock | null;
  #client: HttpClient | null = null;
  #isEnded = false;
  #isDropped = false;
  /** Messages that were not taken yet. */
  #waiting: RawMessage[] = [];
  #waitingBytes = 0;
  #wake: (() => void)[] = [];

  constructor({ exchange, call, group, owner, frames, isTold }: StreamParts) {
    this.exchange = exchange;
    this.call = call;
    this.#owner = owner;
    this.told = isTold ? [] : null;
    this.#clock = group === null ? null : new EventClock(group, exchange);
    this.#feed = frames === null ? null : new StreamFeed();
    this.#isEnded = frames === null;
    const { maxMessageBytes, streamsResponses } = call.form.spec;
    this.reader = new CallReader({
      maxMessageBytes,
      isSingle: streamsResponses !== true,
      keptBytes: 0,
      deliver: (bytes, isCompressed) => this.#take({ bytes, isCompressed }),
    });
    for (const frame of frames ?? []) void this.#send(frame);
  }

  /** Makes the call; resolves when it is over. */
  async open(client: HttpClient): Promise<void> {
    const { exchange, call: { request } } = this;
    this.#client = client;
    this.reader.begin();
    this.#clock?.begin();
    exchange.call = exchange.stream = this.reader;
    exchange.feed = this.#feed;
    await client.exchange(request, exchange);
    this.#client = null;
    this.isOver = true;
    this.isUnknown = this.#isDropped && exchange.status === 0 && exchange.failure === FAILURE.none;
    if (this.isUnknown) exchange.failure = FAILURE.unfinished;
    this.#feed?.close();
    const isStream = exchange.status !== 0;
    if (isStream) this.#clock?.open();
    this.#clock?.end(isStream);
    this.#wakeAll();
  }

  async send(message: object): Promise<void> {
    if (this.#feed === null) {
      throw new TypeError(`Cannot send a further message: ${this.call.name} takes one`);
    }
    if (this.#isEnded) throw new TypeError(`Cannot send on ${this.call.name}: end() was called`);
    const frame = frameOf(message, this.call);
    await this.#wait(() => this.#send(frame));
  }

  async receive(): Promise<unknown> {
    return await this.#wait(() => this.#takeNext());
  }

  async end(): Promise<void> {
    await this.#wait(() => this.#end());
  }

  async finish(): Promise<GrpcReply> {
    return await this.#wait(async () => {
      await this.#end();
      while (!this.isOver) await this.#change();
      return this.#owner.learned(this);
    });
  }

  async cancel(): Promise<void> {
    await this.#wait(async () => {
      this.drop(FAILURE.none);
      while (!this.isOver) await this.#change();
      this.#owner.learned(this);
    });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown> {
    try {
      for (;;) {
        const message = await this.receive();
        if (message === undefined) return;
        yield message;
      }
    } finally {
      if (!this.isOver) await this.cancel();
    }
  }

  /** Gives the call up; `failure`: what that makes of it. */
  drop(failure: number): void {
    this.#isEnded = this.#isDropped = true;
    this.#feed?.close();
    this.#client?.abort(failure);
  }

  /** The messages that nobody took. */
  takeAll(): readonly RawMessage[] {
    this.#waitingBytes = 0;
    return this.#waiting.splice(0);
  }

  async #wait<T>(work: () => Promise<T>): Promise<T> {
    if (!this.#owner.enter()) return await new Promise<never>(() => {});
    let failure: number = FAILURE.none;
    try {
      return await work();
    } finally {
      const { exchange: { failure: found } } = this;
      if (this.isOver && !this.isUnknown && found === FAILURE.unfinished) failure = found;
      await this.#owner.leave(failure);
    }
  }

  async #takeNext(): Promise<unknown> {
    while (this.#waiting.length === 0 && !this.isOver) await this.#change();
    const message = this.#waiting.shift();
    if (message !== undefined) {
      this.#waitingBytes -= message.bytes.length;
      return decodeRaw(message, this.call.form);
    }
    this.#owner.learned(this);
    return undefined;
  }

  async #end(): Promise<void> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    await this.#feed!.end();
  }

  #send(frame: Uint8Array): Promise<void> {
    const { spec } = this.call.form;
    this.#tell("sent", () => sentMessages(frame, { ...spec, streamsRequests: undefined }));
    return this.#feed!.send(frame);
  }

  #take(message: RawMessage): void {
    this.#clock?.note(performance.now());
    this.#tell("received", () => encoder.encode(JSON.stringify(decodeRaw(message, this.call.form))));
    this.#waiting.push(message);
    this.#waitingBytes += message.bytes.length;
    if (this.#waitingBytes > MAX_WAITING_BYTES) {
      this.exchange.failureDetail = `the code has not taken ${MAX_WAITING_BYTES / 1024 ** 2} MiB of messages`;
      this.drop(FAILURE.grpc_too_large);
    } else this.#wakeAll();
  }

  #tell(way: "sent" | "received", text: () => Uint8Array): void {
    this.told?.push({ way, ms: performance.now() - this.exchange.startMs, isText: true, bytes: text() });
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  #wakeAll(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}
