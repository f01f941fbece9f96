/**
 * Requests as lines of text, in one buffer that is used again and again.
 *
 * @module
 */

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();
const LINE_FEED = 0x0a;
/** An encoded character takes no more. */
const MAX_CHARACTER_BYTES = 3;

/** Lines, each with a line end. */
export class LineList {
  #bytes = new Uint8Array(4096);
  #length = 0;

  /** Bytes of all lines. */
  get length(): number {
    return this.#length;
  }

  /** Adds a line, which ends with its line end. */
  addText(line: string): void {
    this.#makeRoom(line.length * MAX_CHARACTER_BYTES);
    this.#length += ENCODER.encodeInto(line, this.#bytes.subarray(this.#length)).written;
  }

  /** Adds bytes: a part of a line. */
  addBytes(bytes: Uint8Array, start: number, end: number): void {
    this.#makeRoom(end - start);
    const own = this.#bytes;
    let to = this.#length;
    for (let at = start; at < end; at++) own[to++] = bytes[at]!;
    this.#length = to;
  }

  /** Adds a byte of ASCII. */
  addByte(byte: number): void {
    this.#makeRoom(1);
    this.#bytes[this.#length++] = byte;
  }

  /** Adds the line of another list that begins at a byte; returns where the next one does. */
  addFrom(other: LineList, start: number): number {
    const end = other.#bytes.indexOf(LINE_FEED, start) + 1;
    this.addBytes(other.#bytes, start, end);
    return end;
  }

  /** Hands all over as text, and is empty again. */
  take(): string {
    const text = DECODER.decode(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    return text;
  }

  /** Is empty again. */
  clear(): void {
    this.#length = 0;
  }

  #makeRoom(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + bytes));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
