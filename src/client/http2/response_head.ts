/**
 * What a header block of a response says (RFC 9113, section 8): status, declared length, whether it is well-formed.
 *
 * | seen | treated as |
 * | --- | --- |
 * | no `:status`, two, or one that is not three digits from 100 | `bad_header` |
 * | another pseudo-header, one behind a regular field, or one in trailers | `bad_header` |
 * | upper case, control characters or spaces in a name; an empty name | `bad_header` |
 * | NUL, CR or LF in a value | `bad_header` |
 * | `Connection` and its kind: HTTP/1.1's own fields | `bad_header` |
 * | white space round a value | accepted |
 * | lengths that differ, or are not a number | `bad_length` |
 * | names and values above the limit, 32 bytes counted for each field | `head_too_large` |
 *
 * @module
 */
import { FAILURE } from "../../metrics/failure.ts";
import { hasOtherCharset, IS_TOKEN, WORDS } from "../exchange/field_bytes.ts";
import type { HpackDecoder } from "./hpack_decoder.ts";

const COLON = 58;
const encoder = new TextEncoder();
const STATUS = encoder.encode(":status");
const SET_COOKIE = encoder.encode("set-cookie");
const CONTENT_ENCODING = encoder.encode("content-encoding");
const CONTENT_LENGTH = encoder.encode("content-length");
/** Fields that mean something between two neighbours of HTTP/1.1 only (RFC 9113, 8.2.2). */
const HOP_FIELDS = ["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"]
  .map((name) => encoder.encode(name));
const FIELD_OVERHEAD = 32;

/** How to read a block. */
export interface ReadHeadOptions {
  readonly isTrailers: boolean;
  /** Keep it as text, in the form of HTTP/1.1. */
  readonly wantsText: boolean;
}

/** Reads one header block after another; each overwrites the last. */
export class ResponseHead {
  /** 0 in trailers and in a block without a good one. */
  status = 0;
  /** Declared Content-Length; −1 when there is none. */
  declaredLength = -1;
  /** There is a `Set-Cookie` field, or a content coding. */
  setsCookie = false;
  isCoded = false;
  hasOtherCharset = false;
  /** Number of a kind in `FAILURE_KINDS`. */
  failure: number = FAILURE.none;
  /** `HTTP/2 200`, the fields, and an empty line; when wanted. */
  text: Uint8Array | null = null;
  readonly #maxBytes: number;
  #bytes = 0;
  #hasRegular = false;
  #lines: number[] | null = null;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Reads a block to its end, whatever is wrong with it: the decoder's table depends on all of it. */
  read(decoder: HpackDecoder, options: ReadHeadOptions): void {
    this.status = 0;
    this.declaredLength = -1;
    this.setsCookie = this.isCoded = this.hasOtherCharset = false;
    this.failure = FAILURE.none;
    this.text = null;
    this.#bytes = 0;
    this.#hasRegular = false;
    this.#lines = options.wantsText ? [] : null;
    while (decoder.next()) {
      this.#bytes += decoder.nameEnd - decoder.nameStart + decoder.valueEnd - decoder.valueStart +
        FIELD_OVERHEAD;
      if (this.#bytes > this.#maxBytes) this.#fail(FAILURE.head_too_large);
      else if (this.failure === FAILURE.none) this.#take(decoder, options.isTrailers);
    }
    if (!options.isTrailers && this.status === 0) this.#fail(FAILURE.bad_header);
    if (this.#lines !== null && this.failure === FAILURE.none) this.text = this.#textOf(this.#lines);
  }

  #fail(failure: number): void {
    if (this.failure === FAILURE.none) this.failure = failure;
  }

  #take(decoder: HpackDecoder, isTrailers: boolean): void {
    const { nameBytes, nameStart, nameEnd, valueBytes, valueStart, valueEnd } = decoder;
    for (let at = valueStart; at < valueEnd; at++) {
      const byte = valueBytes[at]!;
      if (byte === 0 || byte === 10 || byte === 13) return this.#fail(FAILURE.bad_header);
    }
    if (nameBytes[nameStart] === COLON && nameEnd > nameStart) {
      const isStatus = equals(nameBytes, nameStart, nameEnd, STATUS);
      if (!isStatus || this.status !== 0 || this.#hasRegular || isTrailers) {
        return this.#fail(FAILURE.bad_header);
      }
      this.status = statusAt(valueBytes, valueStart, valueEnd);
      if (this.status === 0) this.#fail(FAILURE.bad_header);
      return;
    }
    this.#hasRegular = true;
    if (!isFieldName(nameBytes, nameStart, nameEnd)) return this.#fail(FAILURE.bad_header);
    if (HOP_FIELDS.some((name) => equals(nameBytes, nameStart, nameEnd, name))) {
      return this.#fail(FAILURE.bad_header);
    }
    if (!isTrailers && equals(nameBytes, nameStart, nameEnd, CONTENT_LENGTH)) {
      this.#takeLength(valueBytes, valueStart, valueEnd);
    } else if (equals(nameBytes, nameStart, nameEnd, SET_COOKIE)) this.setsCookie = true;
    else if (equals(nameBytes, nameStart, nameEnd, CONTENT_ENCODING)) this.isCoded = true;
    else if (this.#lines !== null && equals(nameBytes, nameStart, nameEnd, WORDS.contentType)) {
      this.hasOtherCharset = hasOtherCharset(valueBytes, valueStart, valueEnd);
    }
    if (this.#lines !== null) {
      for (let at = nameStart; at < nameEnd; at++) this.#lines.push(nameBytes[at]!);
      this.#lines.push(COLON, 32);
      for (let at = valueStart; at < valueEnd; at++) this.#lines.push(valueBytes[at]!);
      this.#lines.push(13, 10);
    }
  }

  #takeLength(bytes: Uint8Array, from: number, to: number): void {
    let length = 0;
    for (let at = from; at < to; at++) {
      const digit = bytes[at]! - 48;
      if (digit < 0 || digit > 9) return this.#fail(FAILURE.bad_length);
      length = length * 10 + digit;
    }
    const agrees = this.declaredLength === -1 || this.declaredLength === length;
    if (to === from || length > Number.MAX_SAFE_INTEGER || !agrees) return this.#fail(FAILURE.bad_length);
    this.declaredLength = length;
  }

  #textOf(lines: readonly number[]): Uint8Array {
    const start = encoder.encode(this.status === 0 ? "" : `HTTP/2 ${this.status}\r\n`);
    const text = new Uint8Array(start.length + lines.length + 2);
    text.set(start);
    text.set(lines, start.length);
    text.set([13, 10], start.length + lines.length);
    return text;
  }
}

function equals(bytes: Uint8Array, from: number, to: number, expected: Uint8Array): boolean {
  if (to - from !== expected.length) return false;
  for (let i = 0; i < expected.length; i++) if (bytes[from + i] !== expected[i]) return false;
  return true;
}

function isFieldName(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const byte = bytes[at]!;
    if (IS_TOKEN[byte] !== 1 || (byte >= 65 && byte <= 90)) return false;
  }
  return to > from;
}

/** The status that three digits spell; 0 when they do not. */
function statusAt(bytes: Uint8Array, from: number, to: number): number {
  if (to - from !== 3) return 0;
  let status = 0;
  for (let at = from; at < to; at++) {
    const digit = bytes[at]! - 48;
    if (digit < 0 || digit > 9) return 0;
    status = status * 10 + digit;
  }
  return status < 100 ? 0 : status;
}
