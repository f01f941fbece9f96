/**
 * Keeps the start of a body for those who want to look at it.
 *
 * @module
 */
/** Takes the bytes of a body, without chunk framing. */
export interface BodySink {
  append(buffer: Uint8Array, from: number, to: number): void;
}

/** Bytes kept of one body; what is longer is cut. */
export const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** A growing buffer, used again for every answer of a user. */
export class BodyBuffer implements BodySink {
  #bytes = new Uint8Array(4096);
  #length = 0;

  clear(): void {
    this.#length = 0;
  }

  append(buffer: Uint8Array, from: number, to: number): void {
    const count = Math.min(to - from, MAX_BODY_BYTES - this.#length);
    if (count <= 0) return;
    const needed = this.#length + count;
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.min(MAX_BODY_BYTES, Math.max(needed, this.#bytes.length * 2)));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(buffer.subarray(from, from + count), this.#length);
    this.#length = needed;
  }

  /** What was kept; valid until the next {@linkcode clear}. */
  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}
