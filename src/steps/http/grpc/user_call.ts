/**
 * The calls of one step as one user makes them, one at a time.
 *
 * @module
 */
import { CallReader } from "../../../client/grpc/call_reader.ts";
import type { Exchange } from "../../../client/exchange/http_client.ts";
import { failureOfStatus } from "../../../client/grpc/status.ts";
import { FAILURE } from "../../../metrics/failure.ts";
import { countStatus } from "./count_status.ts";
import { EventClock } from "../stream/event_clock.ts";
import type { CallForm, DecodedReply } from "./call_form.ts";
import { isPaced, PacedFeed } from "./paced_feed.ts";

/** One user's calls. */
export class UserCall {
  readonly #form: CallForm;
  readonly #exchange: Exchange;
  readonly #reader: CallReader;
  readonly #clock: EventClock | null;
  readonly #feed: PacedFeed | null;

  constructor(form: CallForm, exchange: Exchange) {
    const { spec: { maxMessageBytes, streamsResponses }, keptBytes, stream } = form;
    const feed = this.#feed = isPaced(form.spec) ? new PacedFeed(form.spec) : null;
    this.#form = form;
    this.#exchange = exchange;
    const clock = this.#clock = stream === null ? null : new EventClock(stream, exchange);
    this.#reader = new CallReader({
      maxMessageBytes,
      isSingle: streamsResponses !== true,
      keptBytes,
      ...((clock || feed) && {
        onMessage: () => {
          clock?.note(performance.now());
          feed?.noteReply();
        },
      }),
    });
  }

  /** A call is about to be made: its response goes to the reader. */
  begin(): void {
    this.#reader.begin();
    this.#clock?.begin();
    this.#exchange.call = this.#exchange.stream = this.#reader;
    this.#exchange.feed = this.#feed;
  }

  /** A status that is expected is no failure, whatever it is. */
  expect(statuses: readonly number[]): void {
    const { status } = this.#reader;
    if (!statuses.includes(status) || this.#exchange.failure !== failureOfStatus(status)) return;
    this.#exchange.failure = FAILURE.none;
    this.#exchange.failureDetail = "";
  }

  /** The messages of the response as JSON, or what is wrong with them. */
  decode(): DecodedReply {
    return this.#form.decode(this.#reader);
  }

  /** More was sent than is kept to be looked at. */
  get isCut(): boolean {
    return this.#reader.isCut;
  }

  /** The call has ended. */
  end(): void {
    const { statuses } = this.#form;
    if (statuses !== null) countStatus(statuses, this.#exchange, this.#reader.status);
    if (this.#clock === null) return;
    const isStream = this.#exchange.status !== 0;
    if (isStream) this.#clock.open();
    this.#clock.end(isStream);
  }
}
