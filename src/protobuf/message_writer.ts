/**
 * Writes the wire format of Protocol Buffers into a buffer that is used again for every message.
 *
 * @module
 */

/** How a field's value is written. */
export const FORM = { varint: 0, fixed64: 1, bytes: 2, startGroup: 3, endGroup: 4, fixed32: 5 } as const;

const encoder = new TextEncoder();
const FIRST_BYTES = 256;
/** Longer texts are left to the platform's encoder; the length of these takes one byte. */
const SHORT_TEXT = 127;

/** Collects the bytes of one message after another. */
export class MessageWriter {
  #bytes = new Uint8Array(FIRST_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  /** Begins anew behind the first `from` bytes, which stay. */
  begin(from = 0): void {
    if (from > this.#bytes.length) this.#grow(from);
    this.#length = from;
  }

  /** What was written; valid until the next {@linkcode begin}. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** A number of 32 bits, without its sign. */
  writeVarint(value: number): void {
    this.#reserve(5);
    const bytes = this.#bytes;
    let rest = value >>> 0;
    while (rest > 127) {
      bytes[this.#length++] = rest & 127 | 128;
      rest >>>= 7;
    }
    bytes[this.#length++] = rest;
  }

  /** A number of 64 bits; negative ones as their two's complement. */
  writeVarint64(value: bigint): void {
    this.#reserve(10);
    const bytes = this.#bytes;
    let rest = BigInt.asUintN(64, value);
    while (rest > 127n) {
      bytes[this.#length++] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    bytes[this.#length++] = Number(rest);
  }

  writeFixed32(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.#length, value >>> 0, true);
    this.#length += 4;
  }

  writeFixed64(value: bigint): void {
    this.#reserve(8);
    this.#view.setBigUint64(this.#length, BigInt.asUintN(64, value), true);
    this.#length += 8;
  }

  writeFloat(value: number): void {
    this.#reserve(4);
    this.#view.setFloat32(this.#length, value, true);
    this.#length += 4;
  }

  writeDouble(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  /** A text in UTF-8, its length in front. */
  writeText(value: string): void {
    if (value.length <= SHORT_TEXT && this.#writeAscii(value)) return;
    const at = this.open();
    this.#reserve(value.length * 3);
    this.#length += encoder.encodeInto(value, this.#bytes.subarray(this.#length)).written;
    this.close(at);
  }

  /** A short text and its length, unless it has other characters: then nothing is written. */
  #writeAscii(value: string): boolean {
    const { length } = value;
    this.#reserve(length + 1);
    const bytes = this.#bytes;
    const from = this.#length + 1;
    for (let i = 0; i < length; i++) {
      const unit = value.charCodeAt(i);
      if (unit > 127) return false;
      bytes[from + i] = unit;
    }
    bytes[from - 1] = length;
    this.#length = from + length;
    return true;
  }

  /** Bytes, their number in front. */
  writeBytes(value: Uint8Array): void {
    this.writeVarint(value.length);
    this.copy(value);
  }

  /** Bytes as they are. */
  copy(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Leaves room for a length; what is written until {@linkcode close} is what it counts. */
  open(): number {
    this.#reserve(1);
    return this.#length++;
  }

  /** Fills in the length that was left open at a position. */
  close(at: number): void {
    const length = this.#length - at - 1;
    let extra = 0;
    for (let rest = length >>> 7; rest > 0; rest >>>= 7) extra++;
    if (extra > 0) {
      this.#reserve(extra);
      this.#bytes.copyWithin(at + 1 + extra, at + 1, this.#length);
    }
    const bytes = this.#bytes;
    let rest = length;
    for (let i = at; i < at + extra; i++, rest >>>= 7) bytes[i] = rest & 127 | 128;
    bytes[at + extra] = rest;
    this.#length += extra;
  }

  #reserve(count: number): void {
    if (this.#length + count > this.#bytes.length) this.#grow(this.#length + count);
  }

  #grow(needed: number): void {
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}
