/**
 * Lines of the common and the combined format, which most logs are in, read as bytes: a million of them a second. Whatever
 * is unusual is left to the pattern that says the same.
 *
 * @module
 */
import type { LineList } from "./line_list.ts";
import { logTimeOf } from "./log_time.ts";

const SPACE = 0x20;
const QUOTE = 0x22;
const SLASH = 0x2f;
const ZERO = 0x30;
const FIVE = 0x35;
const NINE = 0x39;
const UPPER_A = 0x41;
const UPPER_Z = 0x5a;
const OPENING = 0x5b;
const BACKSLASH = 0x5c;
const CLOSING = 0x5d;
const DELETE = 0x7f;
const LINE_FEED = 0x0a;
const CONNECT = "CONNECT".length;

/** Reads lines; what it finds of one is there until the next. */
export class CombinedLine {
  /** When it was, in ms since 1970. */
  timeMs = 0;
  readonly #lastTime = new Uint8Array(64);
  #lastLength = 0;
  #methodStart = 0;
  #methodEnd = 0;
  #targetEnd = 0;
  #statusStart = 0;

  /** Reads a line; `false`: it is not a usual one. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    const host = tokenEnd(bytes, start, end);
    const identity = tokenEnd(bytes, host + 1, end);
    if (host === start || identity <= host + 1) return false;
    const opening = indexOf(bytes, OPENING, identity + 1, end);
    const closing = indexOf(bytes, CLOSING, opening + 1, end);
    if (closing + 3 >= end || bytes[closing + 1] !== SPACE || bytes[closing + 2] !== QUOTE) return false;
    if (!this.#readTime(bytes, opening + 1, closing)) return false;
    this.#methodStart = closing + 3;
    let at = this.#methodStart;
    while (at < end && bytes[at]! >= UPPER_A && bytes[at]! <= UPPER_Z) at++;
    this.#methodEnd = at;
    // No other method is so long; CONNECT is for the pattern to refuse.
    if (at === this.#methodStart || at - this.#methodStart >= CONNECT || bytes[at] !== SPACE) return false;
    if (bytes[at + 1] !== SLASH) return false;
    for (at++; at < end && isPlain(bytes[at]!);) at++;
    this.#targetEnd = at;
    while (at < end && bytes[at] !== QUOTE && bytes[at] !== BACKSLASH) at++;
    // Behind the target comes the protocol, or the quotation ends.
    if (bytes[at] !== QUOTE || (bytes[this.#targetEnd] !== SPACE && this.#targetEnd !== at)) return false;
    this.#statusStart = at + 2;
    return bytes[at + 1] === SPACE && at + 5 <= end && isDigit(bytes[at + 2]!) && isDigit(bytes[at + 3]!) &&
      isDigit(bytes[at + 4]!) && (at + 5 === end || bytes[at + 5] === SPACE);
  }

  /** The path and query. */
  targetIn(bytes: Uint8Array): string {
    let target = "";
    for (let at = this.#methodEnd + 1; at < this.#targetEnd; at++) target += String.fromCharCode(bytes[at]!);
    return target;
  }

  /** Adds the request to a list, as `lineOf()` writes it. */
  addTo(list: LineList, bytes: Uint8Array): void {
    list.addBytes(bytes, this.#methodStart, this.#targetEnd);
    list.addByte(SPACE);
    const first = bytes[this.#statusStart]!;
    if (first > ZERO && first <= FIVE) list.addBytes(bytes, this.#statusStart, this.#statusStart + 3);
    else list.addByte(ZERO);
    list.addByte(SPACE);
    list.addByte(LINE_FEED);
  }

  #readTime(bytes: Uint8Array, start: number, end: number): boolean {
    const length = end - start;
    if (length > this.#lastTime.length) return false;
    let same = length === this.#lastLength;
    for (let i = 0; same && i < length; i++) same = bytes[start + i] === this.#lastTime[i];
    if (same) return true;
    const timeMs = logTimeOf(String.fromCharCode(...bytes.subarray(start, end)));
    if (timeMs === undefined) return false;
    this.#lastTime.set(bytes.subarray(start, end));
    this.#lastLength = length;
    this.timeMs = timeMs;
    return true;
  }
}

/** Where something that is no space ends. */
function tokenEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isPlainOrQuote(bytes[at]!)) at++;
  return at < end && bytes[at] === SPACE ? at : start;
}

/** As `indexOf()` of the platform, within a line: that one would look through all that follows. */
function indexOf(bytes: Uint8Array, byte: number, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== byte) at++;
  return at;
}

/** Visible ASCII, which can stand in a request as it is. */
function isPlain(byte: number): boolean {
  return byte > SPACE && byte < DELETE && byte !== QUOTE && byte !== BACKSLASH;
}

function isPlainOrQuote(byte: number): boolean {
  return byte > SPACE && byte < DELETE;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}
