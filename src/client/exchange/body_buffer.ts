/**
 * Keeps the start of a body for those who want to look at it.
 *
 * @module
 */
import { DEFAULT_BODY_LIMIT_BYTES } from "../../lib/size_limits.ts";
/** Takes the bytes of a body, without chunk framing. */
export interface BodySink {
  append(buffer: Uint8Array, from: number, to: number): void;
}

/** A growing buffer, used again for every response of a user. */
export class BodyBuffer implements BodySink {
  #bytes = new Uint8Array(4096);
  #length = 0;
  readonly #max: number;

  /** `max`: bytes kept of one body. */
  constructor(max: number = DEFAULT_BODY_LIMIT_BYTES) {
    this.#max = max;
  }

  clear(): void {
    this.#length = 0;
  }

  append(buffer: Uint8Array, from: number, to: number): void {
    const count = Math.min(to - from, this.#max - this.#length);
    if (count <= 0) return;
    const needed = this.#length + count;
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(
        Math.min(Math.max(this.#max, needed), Math.max(needed, this.#bytes.length * 2)),
      );
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

/** Who takes a body: those who time what is in it hand it on to those who keep it. */
export function sinkOf(
  { stream }: { readonly stream: (BodySink & { copyTo: BodySink | null }) | null },
  sink: BodySink | null,
): BodySink | null {
  if (stream === null) return sink;
  stream.copyTo = sink;
  return stream;
}
