/**
 * Reads the wire format of Protocol Buffers. Whatever bytes come in, it reads no further than they go.
 *
 * @module
 */
import { FORM } from "./message_writer.ts";

/** Bytes that are no message of the type they were read as. */
export class MalformedMessageError extends Error {
  override readonly name = "MalformedMessageError";
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Longer texts are left to the platform's decoder. */
const SHORT_TEXT = 100;
/** How deep groups may lie within each other. */
const MAX_GROUPS = 100;

/** Reads a stretch of a buffer. */
export class MessageReader {
  /** Where the next byte is, and where the last one was. */
  at = 0;
  end = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  /** Of the bytes, once it is needed: few messages have fields of fixed length. */
  #view: DataView | null = null;

  /** Turns to other bytes. */
  begin(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#view = null;
    this.at = 0;
    this.end = bytes.length;
  }

  /** The lower 32 bits of a number, without a sign. */
  varint(): number {
    const bytes = this.#bytes;
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.at >= this.end) throw new MalformedMessageError("a number is cut short");
      const byte = bytes[this.at++]!;
      if (shift < 32) value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 0;
    }
    throw new MalformedMessageError("a number has more than 10 bytes");
  }

  /** All 64 bits of a number, without a sign. */
  varint64(): bigint {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.at >= this.end) throw new MalformedMessageError("a number is cut short");
      const byte = this.#bytes[this.at++]!;
      const bits = byte & 127;
      if (shift < 28) low += bits * 2 ** shift;
      else if (shift === 28) {
        low += (bits & 15) * 2 ** 28;
        high += bits >> 4;
      } else high += bits * 2 ** (shift - 32);
      if (byte < 128) return (BigInt(high >>> 0) << 32n) | BigInt(low);
    }
    throw new MalformedMessageError("a number has more than 10 bytes");
  }

  fixed32(): number {
    return this.#fixed().getUint32(this.#take(4), true);
  }

  fixed64(): bigint {
    return this.#fixed().getBigUint64(this.#take(8), true);
  }

  float(): number {
    return this.#fixed().getFloat32(this.#take(4), true);
  }

  double(): number {
    return this.#fixed().getFloat64(this.#take(8), true);
  }

  #fixed(): DataView {
    const { buffer, byteOffset, byteLength } = this.#bytes;
    return this.#view ??= new DataView(buffer, byteOffset, byteLength);
  }

  /** A text with its length in front. */
  text(): string {
    const length = this.varint();
    const from = this.#take(length);
    const short = length <= SHORT_TEXT ? shortText(this.#bytes, from, this.at) : null;
    if (short !== null) return short;
    try {
      return decoder.decode(this.#bytes.subarray(from, this.at));
    } catch {
      throw new MalformedMessageError("a text is not UTF-8");
    }
  }

  /** Bytes with their number in front; part of the buffer. */
  bytes(): Uint8Array {
    const from = this.#take(this.varint());
    return this.#bytes.subarray(from, this.at);
  }

  /** Enters what has its length in front; gives what {@linkcode leave} needs. */
  enter(): number {
    const outer = this.end;
    const length = this.varint();
    if (length > outer - this.at) throw new MalformedMessageError("a part is longer than its message");
    this.end = this.at + length;
    return outer;
  }

  /** Leaves what was entered. */
  leave(outer: number): void {
    this.end = outer;
  }

  /** Passes over the value of a field with a tag. */
  skip(tag: number, depth = 0): void {
    switch (tag & 7) {
      case FORM.varint:
        this.varint();
        return;
      case FORM.fixed64:
        this.#take(8);
        return;
      case FORM.bytes:
        this.#take(this.varint());
        return;
      case FORM.fixed32:
        this.#take(4);
        return;
      case FORM.startGroup:
        if (depth >= MAX_GROUPS) throw new MalformedMessageError("groups are nested too deeply");
        for (;;) {
          const inner = this.varint();
          if ((inner & 7) === FORM.endGroup) {
            if (inner >>> 3 === tag >>> 3) return;
            throw new MalformedMessageError("a group ends that has not begun");
          }
          this.skip(inner, depth + 1);
        }
      default:
        throw new MalformedMessageError(`a field has the unknown wire type ${tag & 7}`);
    }
  }

  #take(count: number): number {
    const from = this.at;
    if (count > this.end - from) throw new MalformedMessageError("a field is longer than its message");
    this.at = from + count;
    return from;
  }
}

/** A text of ASCII alone, or `null`: taken apart here, since the way to the platform's decoder is the larger part of it. */
function shortText(bytes: Uint8Array, from: number, to: number): string | null {
  let text = "";
  let at = from;
  for (; at + 8 <= to; at += 8) {
    const a = bytes[at]!, b = bytes[at + 1]!, c = bytes[at + 2]!, d = bytes[at + 3]!;
    const e = bytes[at + 4]!, f = bytes[at + 5]!, g = bytes[at + 6]!, h = bytes[at + 7]!;
    if ((a | b | c | d | e | f | g | h) > 127) return null;
    text += String.fromCharCode(a, b, c, d, e, f, g, h);
  }
  for (; at < to; at++) {
    const byte = bytes[at]!;
    if (byte > 127) return null;
    text += String.fromCharCode(byte);
  }
  return text;
}
