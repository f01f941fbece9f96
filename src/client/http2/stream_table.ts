/**
 * The streams of a connection: those under way, those in line behind what the server allows at a time, and what is
 * remembered of those that are over (RFC 9113, section 5.1).
 *
 * @module
 */
import type { Stream } from "./stream.ts";

/** Streams that were reset from here, on which late frames are no fault; the oldest are forgotten. */
const MAX_RESET = 1024;

/** What a stream number stands for. */
export type StreamState = "open" | "reset" | "ended" | "never opened";

/** The streams of one connection. */
export class StreamTable {
  readonly #open = new Map<number, Stream>();
  readonly #line: Stream[] = [];
  readonly #reset = new Set<number>();
  #lastForgotten = 0;

  /** Streams under way. */
  get size(): number {
    return this.#open.size;
  }

  /** Neither under way nor in line. */
  get isEmpty(): boolean {
    return this.#open.size + this.#line.length === 0;
  }

  get(id: number): Stream | undefined {
    return this.#open.get(id);
  }

  add(stream: Stream): void {
    this.#open.set(stream.id, stream);
  }

  /** Takes a stream off and ends it. */
  remove(stream: Stream): void {
    if (stream.id !== 0) this.#open.delete(stream.id);
    else {
      const at = this.#line.indexOf(stream);
      if (at >= 0) this.#line.splice(at, 1);
    }
    stream.leave();
  }

  queue(stream: Stream): void {
    this.#line.push(stream);
  }

  /** The next in line, or `undefined`. */
  next(): Stream | undefined {
    return this.#line.shift();
  }

  /** The streams under way. */
  open(): Iterable<Stream> {
    return this.#open.values();
  }

  /** Takes off, without ending them, all streams above a number and all in line. */
  takeAbove(last: number): readonly Stream[] {
    const taken = [...this.#open.values()].filter(({ id }) => id > last);
    for (const { id } of taken) this.#open.delete(id);
    return [...taken, ...this.#line.splice(0)];
  }

  /** Remembers that a stream was ended from here. */
  noteReset(id: number): void {
    this.#reset.add(id);
    if (this.#reset.size <= MAX_RESET) return;
    const [oldest = 0] = this.#reset;
    this.#reset.delete(oldest);
    this.#lastForgotten = Math.max(this.#lastForgotten, oldest);
  }

  /** What a number stands for; `next` is the first number not used yet. */
  stateOf(id: number, next: number): StreamState {
    if (this.#open.has(id)) return "open";
    if (id % 2 === 0 || id >= next) return "never opened";
    return this.#reset.has(id) || id <= this.#lastForgotten ? "reset" : "ended";
  }
}
