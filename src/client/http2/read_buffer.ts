/**
 * Where a connection reads to: the part of the last frame that is still incomplete, and behind it free room. Starts
 * small, since thousands of connections may lie open, and grows where much arrives at once.
 *
 * @module
 */
import { MAX_KEPT_BYTES } from "./frame_reader.ts";

const FIRST_BYTES = 4096;
const MAX_BYTES = 262_144;

/** One connection's read buffer. */
export class ReadBuffer {
  /** What was read stands at the start; another array after every {@linkcode used}. */
  bytes = new Uint8Array(FIRST_BYTES);
  #kept = 0;
  #end = 0;

  /** Where to read to; never empty. */
  free(): Uint8Array {
    return this.#kept === 0 ? this.bytes : this.bytes.subarray(this.#kept);
  }

  /** So many bytes were read; returns where they end. */
  filled(count: number): number {
    return this.#end = this.#kept + count;
  }

  /** So many bytes of the buffer are done with; the rest moves to the start. */
  used(count: number): void {
    const { bytes } = this;
    const kept = this.#end - count;
    const wasFull = this.#end === bytes.length;
    const isTight = bytes.length - kept < FIRST_BYTES;
    if (wasFull && bytes.length < MAX_BYTES) this.bytes = new Uint8Array(bytes.length * 4);
    else if (isTight && bytes.length < 2 * MAX_KEPT_BYTES) this.bytes = new Uint8Array(2 * MAX_KEPT_BYTES);
    if (kept > 0) this.bytes.set(bytes.subarray(count, this.#end));
    this.#kept = kept;
  }
}
