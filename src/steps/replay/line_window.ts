/**
 * The lines of a log as bytes, in one buffer that is used again and again: what is read of a log leaves nothing behind.
 *
 * @module
 */
import type { OpenLog } from "./open_log.ts";

const READ_BYTES = 65_536;
/** Longer lines are passed over. */
const MAX_LINE_BYTES = 1_048_576;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Is told where a line begins and ends, without its line end; empty lines are not told. */
export type OnLine = (bytes: Uint8Array, start: number, end: number) => void;

/** The part of a log that is being read. */
export class LineWindow {
  #bytes = new Uint8Array(2 * READ_BYTES);
  /** Bytes of a line whose end has not come yet, at the buffer's beginning. */
  #kept = 0;
  /** The line is too long: nothing of it is kept. */
  #isSkipping = false;

  /** Reads once; `false`: the log is at its end. A line too long is told as one that is empty. */
  async readOn(log: OpenLog, onLine: OnLine): Promise<boolean> {
    this.#makeRoom();
    const count = await log.read(this.#bytes.subarray(this.#kept));
    if (count === null) {
      if (this.#kept > 0) this.#tell(0, this.#kept, onLine);
      this.#kept = 0;
      return false;
    }
    const end = this.#kept + count;
    const bytes = this.#bytes.subarray(0, end);
    let start = 0;
    for (let at = bytes.indexOf(LINE_FEED, this.#kept); at >= 0; at = bytes.indexOf(LINE_FEED, start)) {
      this.#tell(start, at, onLine);
      start = at + 1;
    }
    bytes.copyWithin(0, start, end);
    this.#kept = end - start;
    if (this.#kept > MAX_LINE_BYTES) {
      this.#kept = 0;
      this.#isSkipping = true;
    }
    return true;
  }

  #tell(start: number, end: number, onLine: OnLine): void {
    const bytes = this.#bytes;
    if (this.#isSkipping) {
      this.#isSkipping = false;
      onLine(bytes, start, start);
      return;
    }
    const last = end > start && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
    if (last > start) onLine(bytes, start, last);
  }

  #makeRoom(): void {
    if (this.#bytes.length - this.#kept >= READ_BYTES) return;
    const larger = new Uint8Array(2 * this.#bytes.length);
    larger.set(this.#bytes.subarray(0, this.#kept));
    this.#bytes = larger;
  }
}
