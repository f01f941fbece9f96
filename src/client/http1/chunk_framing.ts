/**
 * What stands between the data of a chunked body (RFC 9112, 7.1): sizes, extensions, line ends, trailers. Reads byte by
 * byte, in whatever pieces they arrive.
 *
 * @module
 */
import { FAILURE } from "../../metrics/failure.ts";
import { ChunkExtension } from "./chunk_extension.ts";
import { hexDigit, IS_TOKEN, isBlank } from "../exchange/field_bytes.ts";

const LF = 10, CR = 13, SEMICOLON = 59, COLON = 58;

/** What the next byte belongs to. */
const IN = { size: 0, extension: 1, data: 2, dataEnd: 3, trailers: 4, nothing: 5 } as const;

/** Where a trailer line is. */
const AT = { name: 0, value: 1 } as const;

/** Reads the framing of one chunked body after another. */
export class ChunkFraming {
  /** Number of a kind in `FAILURE_KINDS`; 0 while all is well. */
  failure: number = FAILURE.none;
  /** Size of the present chunk; the caller takes so many bytes where {@linkcode isAtData}. */
  dataBytes = 0;
  readonly #maxBytes: number;
  readonly #extension = new ChunkExtension();
  #in: number = IN.nothing;
  #digits = 0;
  /** The last byte was a CR, so a LF must follow. */
  #isAfterCr = false;
  /** Bytes of extensions and trailers so far, and of the present trailer line. */
  #bytes = 0;
  #lineBytes = 0;
  #at: number = AT.name;
  #hasTrailer = false;

  /** `maxBytes`: what extensions and trailers may have together. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The last chunk and all trailers have been read. */
  get isDone(): boolean {
    return this.#in === IN.nothing;
  }

  /** The next bytes are data. */
  get isAtData(): boolean {
    return this.#in === IN.data;
  }

  /** Prepares for the next body. */
  begin(): void {
    this.failure = FAILURE.none;
    this.#bytes = 0;
    this.#hasTrailer = false;
    this.#expectSize();
  }

  /** Reads until data begins, all is read, or something is wrong; returns the position behind the last byte used. */
  read(buffer: Uint8Array, from: number, to: number): number {
    // What was announced has been taken.
    if (this.#in === IN.data) this.#in = IN.dataEnd;
    for (let at = from; at < to; at++) {
      this.#take(buffer[at]!);
      if (this.failure !== FAILURE.none || this.#in === IN.nothing || this.#in === IN.data) return at + 1;
    }
    return to;
  }

  #take(byte: number): void {
    switch (this.#in) {
      case IN.size:
        return this.#takeSize(byte);
      case IN.extension:
        return this.#takeExtension(byte);
      case IN.dataEnd:
        if (byte === LF) this.#expectSize();
        else if (byte === CR && !this.#isAfterCr) this.#isAfterCr = true;
        else this.failure = FAILURE.bad_chunk;
        return;
      default:
        return this.#takeTrailer(byte);
    }
  }

  #takeSize(byte: number): void {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      this.dataBytes = this.dataBytes * 16 + digit;
      if (++this.#digits > 16 || this.dataBytes > Number.MAX_SAFE_INTEGER) this.failure = FAILURE.bad_chunk;
    } else if (this.#digits === 0 || !(byte === LF || byte === CR || byte === SEMICOLON || isBlank(byte))) {
      this.failure = FAILURE.bad_chunk;
    } else if (byte === LF) this.#endSize();
    else {
      this.#in = IN.extension;
      this.#extension.begin();
      this.#takeExtension(byte);
    }
  }

  #takeExtension(byte: number): void {
    if (byte === LF && this.#extension.mayEnd) this.#endSize();
    else if (this.#isAfterCr) this.failure = FAILURE.bad_chunk;
    else if (byte === CR && this.#extension.mayEnd) this.#isAfterCr = true;
    else if (this.#extension.take(byte)) this.#count();
    else this.failure = FAILURE.bad_chunk;
  }

  #expectSize(): void {
    this.#in = IN.size;
    this.dataBytes = this.#digits = 0;
    this.#isAfterCr = false;
  }

  #endSize(): void {
    this.#in = this.dataBytes === 0 ? IN.trailers : IN.data;
    this.#isAfterCr = false;
    this.#startTrailerLine();
  }

  #startTrailerLine(): void {
    this.#lineBytes = 0;
    this.#at = AT.name;
  }

  #takeTrailer(byte: number): void {
    this.#count();
    if (this.failure !== FAILURE.none) return;
    if (byte === LF) {
      this.#isAfterCr = false;
      if (this.#lineBytes === 0) this.#in = IN.nothing;
      else if (this.#at !== AT.value) this.failure = FAILURE.bad_header;
      else {
        this.#hasTrailer = true;
        this.#startTrailerLine();
      }
    } else if (this.#isAfterCr || byte === 0) this.failure = FAILURE.bad_header;
    else if (byte === CR) this.#isAfterCr = true;
    else if (++this.#lineBytes === 1) this.#beginTrailer(byte);
    else if (this.#at !== AT.value) this.#takeTrailerName(byte);
  }

  /** A blank continues the line before. */
  #beginTrailer(byte: number): void {
    if (isBlank(byte) && this.#hasTrailer) this.#at = AT.value;
    else if (IS_TOKEN[byte] !== 1) this.failure = FAILURE.bad_header;
  }

  #takeTrailerName(byte: number): void {
    if (byte === COLON) this.#at = AT.value;
    else if (IS_TOKEN[byte] !== 1) this.failure = FAILURE.bad_header;
  }

  #count(): void {
    if (++this.#bytes > this.#maxBytes) this.failure = FAILURE.head_too_large;
  }
}
