/**
 * Puts header blocks together out of HEADERS and CONTINUATION frames (RFC 9113, sections 4.3, 6.2 and 6.10) and
 * decodes them.
 *
 * @module
 */
import { MAX_CONTINUATIONS } from "../../lib/size_limits.ts";
import { FLAG } from "./frames.ts";
import type { FramePayload } from "./frame_reader.ts";
import { HpackDecoder } from "./hpack_decoder.ts";
import { type ReadHeadOptions, ResponseHead } from "./response_head.ts";
import type { Stream } from "./stream.ts";

/** The header blocks of one connection. */
export class HeaderBlocks {
  /** A block is incomplete: only its CONTINUATION may follow. */
  isInside = false;
  /** The stream of the present block, and whether the block ends it. */
  stream = 0;
  isLast = false;
  /** What the present block says; after {@linkcode decode}. */
  readonly head: ResponseHead;
  readonly #decoder = new HpackDecoder();
  readonly #maxBytes: number;
  #buffer: Uint8Array = new Uint8Array(0);
  #from = 0;
  #to = 0;
  #parts: Uint8Array[] = [];
  #partsBytes = 0;

  /** `maxBytes`: the largest head accepted, as it travels and decoded. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.head = new ResponseHead(maxBytes);
  }

  /** Takes a HEADERS frame; returns what is wrong with it, or an empty text. */
  begin(stream: number, flags: number, { buffer, from, to }: FramePayload): string {
    let start = from;
    let end = to;
    if ((flags & FLAG.padded) !== 0) end -= from < to ? buffer[start++]! : to + 1;
    if ((flags & FLAG.priority) !== 0) start += 5;
    if (end < start) return "padding or priority longer than their HEADERS frame";
    this.stream = stream;
    this.isLast = (flags & FLAG.endStream) !== 0;
    this.#buffer = buffer;
    this.#from = start;
    this.#to = end;
    this.isInside = (flags & FLAG.endHeaders) === 0;
    if (this.isInside) {
      this.#parts = [];
      this.#partsBytes = 0;
      this.#keep(buffer.slice(start, end));
    }
    return "";
  }

  /** Takes a CONTINUATION frame; `false` when the block has become larger than is bearable. */
  add({ buffer, from, to }: FramePayload, isComplete: boolean): boolean {
    this.#keep(buffer.slice(from, to));
    if (this.#partsBytes > this.#maxBytes || this.#parts.length > MAX_CONTINUATIONS) return false;
    if (isComplete) {
      this.isInside = false;
      this.#buffer = joined(this.#parts, this.#partsBytes);
      this.#from = 0;
      this.#to = this.#partsBytes;
      this.#parts = [];
    }
    return true;
  }

  /** Whether the complete block is that of a stream's last response, so that it need not be decoded. */
  isKnown({ hasHead, encoded: { memory, trailers } }: Stream): boolean {
    if (!hasHead) return memory.matches(this.#buffer, this.#from, this.#to);
    return trailers !== null && this.isLast && trailers.matches(this.#buffer, this.#from, this.#to);
  }

  /** Decodes the complete block into {@linkcode head}; returns what makes it undecodable, or an empty text. */
  decode(options: ReadHeadOptions): string {
    this.#decoder.begin(this.#buffer, this.#from, this.#to);
    this.head.read(this.#decoder, options);
    return this.#decoder.problem;
  }

  /** Remembers the block that was decoded, if it stands for itself, for the next response to a stream's request. */
  remember({ encoded: { memory, trailers } }: Stream, isTrailers: boolean): void {
    if (!this.#decoder.isContextFree) return;
    const into = isTrailers ? trailers : memory;
    into?.remember(this.#buffer.subarray(this.#from, this.#to), this.head);
  }

  #keep(part: Uint8Array): void {
    this.#parts.push(part);
    this.#partsBytes += part.length;
  }
}

function joined(parts: readonly Uint8Array[], bytes: number): Uint8Array {
  const all = new Uint8Array(bytes);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
