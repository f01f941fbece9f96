/**
 * Times the events of one stream after another. Times are those of the clock of exchanges.
 *
 * @module
 */
import type { Exchange } from "../../../client/exchange/http_client.ts";
import { FAILURE } from "../../../metrics/failure.ts";
import type { GroupRecorder } from "../../../metrics/group_recorder.ts";

/** The events of one user's streams. */
export class EventClock {
  /** Events of the present stream. */
  events = 0;
  readonly #group: GroupRecorder<"stream">;
  readonly #out: Exchange;
  #lastMs = 0;
  #silenceMs = 0;
  #isOpen = false;

  /** `out` is the exchange of the user's requests. */
  constructor(group: GroupRecorder<"stream">, out: Exchange) {
    this.#group = group;
    this.#out = out;
  }

  /** A request is about to be sent. */
  begin(): void {
    this.events = this.#silenceMs = 0;
  }

  /** A response streams. */
  open(): void {
    this.#group.counts.streams++;
    this.#group.counts.open++;
    this.#isOpen = true;
  }

  /** An event has come whole. */
  note(nowMs: number): void {
    const { times, counts } = this.#group;
    counts.events++;
    const sinceMs = nowMs - (this.events === 0 ? this.#out.dueMs : this.#lastMs);
    (this.events === 0 ? times.firstEvent : times.gap).record(sinceMs * 1000);
    if (sinceMs === 0 && this.events > 0) counts.together++;
    this.#silenceMs = Math.max(this.#silenceMs, sinceMs);
    this.events++;
    this.#lastMs = nowMs;
  }

  /** The exchange has ended: counts what is known of a stream only then. `isStream`: there was one. */
  end(isStream: boolean): void {
    const { times, counts } = this.#group;
    const out = this.#out;
    if (this.#isOpen) counts.open--;
    this.#isOpen = false;
    if (this.events > 0) times.silence.record(this.#silenceMs * 1000);
    else if (isStream || out.failure !== FAILURE.none) {
      times.noFirstEvent.record((out.endMs - out.dueMs) * 1000);
    }
    if (out.failure !== FAILURE.none && out.failure !== FAILURE.unfinished && this.events > 0) {
      counts.broken++;
      counts.brokenEvents += this.events;
      if (out.failure === FAILURE.timeout) counts.timedOut++;
      out.failureDetail = `${out.failureDetail || "broken"}, after ${this.events} events`;
    }
  }
}
