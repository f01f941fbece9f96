/**
 * Remembers the header block of the last response to a request that is sent again and again. Without a dynamic table,
 * equal bytes mean the same head, so it need not be decoded: servers differ from response to response in little more than
 * the date, once a second.
 *
 * @module
 */

/** Longer blocks are decoded every time. */
const MAX_BYTES = 2048;

/** One head, and what decoding it gave. */
export class HeadMemory {
  status = 0;
  declaredLength = -1;
  #bytes = new Uint8Array(0);
  /** 0: nothing is remembered. */
  #length = 0;

  /** Whether the bytes `from … to − 1` are the remembered block. */
  matches(buffer: Uint8Array, from: number, to: number): boolean {
    const length = to - from;
    if (length !== this.#length || length === 0) return false;
    const own = this.#bytes;
    for (let i = 0; i < length; i++) if (buffer[from + i] !== own[i]) return false;
    return true;
  }

  /** Remembers a block that stands for itself. */
  remember(
    block: Uint8Array,
    { status, declaredLength }: { readonly status: number; readonly declaredLength: number },
  ): void {
    if (block.length > MAX_BYTES) return;
    if (this.#bytes.length < block.length) this.#bytes = new Uint8Array(block.length);
    this.#bytes.set(block);
    this.#length = block.length;
    this.status = status;
    this.declaredLength = declaredLength;
  }
}
