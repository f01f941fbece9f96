/**
 * Bytes as lines, however they are cut. A line that came in one piece is not copied.
 *
 * @module
 */

/** The most that is kept of a line; the rest of it is dropped. */
export const MAX_LINE_BYTES = 1_048_576;
const LF = 0x0a, CR = 0x0d;
const EMPTY = new Uint8Array(0);

/** Takes lines; bytes are valid during the call only. */
export type TakeLine = (bytes: Uint8Array, from: number, to: number) => void;

/** Splits at LF, CR LF, and, for event streams, at CR alone. */
export class LineSplitter {
  readonly #take: TakeLine;
  #endsAtCr = false;
  /** The beginning of a line whose end has not come. */
  #kept = EMPTY;
  #keptBytes = 0;
  /** A line ended with CR: an LF right behind it belongs to it. */
  #wasCr = false;

  constructor(take: TakeLine) {
    this.#take = take;
  }

  /** A new text begins. */
  begin(endsAtCr: boolean): void {
    this.#endsAtCr = endsAtCr;
    this.#keptBytes = 0;
    this.#wasCr = false;
    if (this.#kept.length > 16_384) this.#kept = EMPTY;
  }

  push(bytes: Uint8Array, from: number, to: number): void {
    let start = from;
    for (let at = from; at < to; at++) {
      const byte = bytes[at]!;
      // Nearly all bytes are text: one look at each has to do.
      if (byte > CR) continue;
      if (byte === LF) {
        // Right behind the CR, or there is something between them.
        if (this.#wasCr && at === start && this.#keptBytes === 0) start = at + 1;
        else {
          this.#end(bytes, start, at);
          start = at + 1;
        }
        this.#wasCr = false;
      } else if (byte === CR && this.#endsAtCr) {
        this.#end(bytes, start, at);
        start = at + 1;
        this.#wasCr = true;
      }
    }
    if (start < to) this.#keep(bytes, start, to);
  }

  /** A last line that has no end. */
  finish(): void {
    if (this.#keptBytes > 0) this.#end(EMPTY, 0, 0);
  }

  #end(bytes: Uint8Array, from: number, to: number): void {
    if (this.#keptBytes === 0) {
      return this.#take(bytes, from, !this.#endsAtCr && bytes[to - 1] === CR && to > from ? to - 1 : to);
    }
    this.#keep(bytes, from, to);
    const length = this.#keptBytes;
    this.#keptBytes = 0;
    const isCr = !this.#endsAtCr && this.#kept[length - 1] === CR;
    this.#take(this.#kept, 0, isCr ? length - 1 : length);
  }

  #keep(bytes: Uint8Array, from: number, to: number): void {
    const count = Math.min(to - from, MAX_LINE_BYTES - this.#keptBytes);
    if (count <= 0) return;
    const needed = this.#keptBytes + count;
    if (needed > this.#kept.length) {
      const grown = new Uint8Array(Math.max(256, needed, this.#kept.length * 2));
      grown.set(this.#kept.subarray(0, this.#keptBytes));
      this.#kept = grown;
    }
    this.#kept.set(bytes.subarray(from, from + count), this.#keptBytes);
    this.#keptBytes = needed;
  }
}
