/**
 * A user whose iterations are one request each, the same bytes every time: the fast path. It adds nothing to an
 * exchange but the count.
 *
 * @module
 */
import { Exchange, type HttpClient, type PreparedRequest } from "../../../client/exchange/http_client.ts";
import type { EndingUser } from "../../ending_user.ts";
import { maskSecrets } from "../../../lib/mask_text.ts";
import { FAILURE } from "../../../metrics/failure.ts";
import type { Recorder } from "../../../metrics/recorder.ts";
import type { ClientSpec } from "../../../plan/client_spec.ts";
import type { CallForm } from "../grpc/call_form.ts";
import { UserCall } from "../grpc/user_call.ts";
import { type StreamForm, StreamReader } from "../stream/stream_reader.ts";
import { secretsSentBy } from "../known_secrets.ts";
import { shownHeads } from "../shown_head.ts";
import { withCacheBust } from "./cache_buster.ts";

/** What all users of a slot share. */
export interface StaticWork {
  readonly client: ClientSpec;
  /** One request a flow. */
  readonly requests: readonly PreparedRequest[];
  /** The calls of steps that make some, by the step's index; `null`: none does. */
  readonly calls: readonly (CallForm | null)[] | null;
  /** How the streams of steps are read, likewise. */
  readonly streams: readonly (StreamForm | null)[] | null;
  /** The position of the request that an iteration sends, by its number. */
  readonly turnOf: (number: number) => number;
  readonly recorder: Recorder;
  readonly budget: { left: number };
  /** When the run's clock stood at zero, on the clock of `performance.now()`. */
  readonly startMs: () => number;
  /** Count responses that differ in length from the first to the same request, or from what they declared. */
  readonly lengths: Map<number, number> | null;
  /** Make each request's URL unique. */
  readonly bustsCaches: boolean;
  /** Show the heads of one exchange a window. */
  readonly showsHeads: boolean;
}

/** Sends one request an iteration. */
export class StaticUser implements EndingUser {
  readonly isSpent = false;
  readonly #client: HttpClient;
  readonly #work: StaticWork;
  readonly #exchange = new Exchange();
  /** By the step's index; `null`: none of them makes calls. */
  readonly #calls: readonly (UserCall | null)[] | null;
  /** The same of streams. */
  readonly #streams: readonly (StreamReader | null)[] | null;
  #request: PreparedRequest;

  constructor(client: HttpClient, work: StaticWork) {
    this.#client = client;
    this.#work = work;
    this.#request = work.requests[0]!;
    this.#calls = work.calls && work.calls.map((form) => form && new UserCall(form, this.#exchange));
    this.#streams = work.streams &&
      work.streams.map((form) => form && new StreamReader(form, this.#exchange));
    this.#exchange.onFinished = (exchange) => this.#finished(exchange);
  }

  get freeAtMs(): number {
    return this.#exchange.endMs - this.#work.startMs();
  }

  loadEnded(): void {
    this.#exchange.bytesAtEnd = this.#exchange.bytesReceived;
  }

  iterate(number: number, dueMs: number, nowMs: number): Promise<void> {
    const work = this.#work;
    work.budget.left--;
    const plain = work.requests.length === 1 ? work.requests[0]! : work.requests[work.turnOf(number)]!;
    this.#request = work.bustsCaches ? withCacheBust(plain) : plain;
    const zero = work.startMs();
    this.#exchange.reset(zero + (dueMs < 0 ? nowMs : dueMs), zero + nowMs);
    if (this.#calls !== null) this.#beginCall(this.#calls[plain.step]!);
    if (this.#streams !== null) this.#beginStream(this.#streams[plain.step]!);
    work.recorder.start();
    return this.#client.exchange(this.#request, this.#exchange);
  }

  #beginCall(call: UserCall | null): void {
    if (call !== null) call.begin();
    else this.#exchange.call = this.#exchange.stream = null;
  }

  #beginStream(stream: StreamReader | null): void {
    stream?.begin();
    if (this.#exchange.call === null) this.#exchange.stream = stream;
  }

  drop(number: number, waitedMs: number): void {
    const { requests, turnOf, recorder } = this.#work;
    recorder.drop(
      requests.length === 1 ? requests[0]!.step : requests[turnOf(number)]!.step,
      waitedMs * 1000,
    );
  }

  #finished(exchange: Exchange): void {
    const { recorder, lengths } = this.#work;
    const step = this.#request.step;
    if (this.#calls !== null) this.#calls[step]?.end();
    this.#streams?.[step]?.judge((text) => maskSecrets(text, secretsSentBy(this.#request)));
    if (this.#streams !== null) {
      this.#streams[step]?.end(exchange.failure === FAILURE.none && exchange.status < 400);
    }
    recorder.record(step, exchange, null);
    if (exchange.failure !== FAILURE.unfinished) recorder.counts.iterations++;
    if (this.#work.showsHeads && exchange.head !== null && recorder.reserveHead()) {
      recorder.noteDetail("head", this.#headsOf(exchange), true);
    }
    if (lengths !== null && exchange.declaredLength >= 0 && exchange.failure === 0) {
      this.#verifyLength(lengths, step, exchange);
    }
  }

  #headsOf(exchange: Exchange): string {
    const request = this.#request;
    return shownHeads({ request, client: this.#work.client, exchange, secrets: secretsSentBy(request) });
  }

  #verifyLength(lengths: Map<number, number>, step: number, exchange: Exchange): void {
    const expected = lengths.get(step);
    if (expected === undefined) lengths.set(step, exchange.declaredLength);
    else if (expected !== exchange.declaredLength) this.#work.recorder.countLengthError(step);
  }
}
