/**
 * Remembers the last response to a request that is sent again and again. A response with the very same bytes means the
 * same, so it need not be parsed: servers differ from response to response in little more than the date, once a second.
 *
 * @module
 */
import { HTTP_1_1 } from "../../metrics/protocols.ts";
/** Longer responses are parsed every time. A multiple of 4. */
const MAX_BYTES = 2048;

/** After so many responses in a row that differ from the last one, only one in so many is remembered: it is work, too. */
const MAX_MISSES = 8;
const RETRY_EVERY = 64;

/** What parsing a response gave. */
export interface ParsedResponse {
  readonly status: number;
  readonly protocol: number;
  readonly bodyBytes: number;
  readonly declaredLength: number;
  readonly setsCookie: boolean;
  readonly isCoded: boolean;
  readonly hasOtherCharset: boolean;
}

/** What is told of a response; an exchange is one. */
export interface ToldResponse {
  status: number;
  protocol: number;
  bodyBytes: number;
  declaredLength: number;
  head: Uint8Array | null;
  body: Uint8Array | null;
  maySetCookies: boolean;
  mayBeCoded: boolean;
  mayHaveCharset: boolean;
}

/** What a client kept of a response: the body is valid until the next one. */
export interface KeptParts {
  readonly head: Uint8Array | null;
  readonly body: Uint8Array | null;
}

/** One answer, and what parsing it gave. */
export class ResponseMemory {
  #words = new Int32Array(0);
  #bytes = new Uint8Array(0);
  /** Length of the remembered response in bytes; 0: none. */
  #length = 0;
  /** Responses in a row that differed. */
  #misses = 0;
  status = 0;
  protocol: number = HTTP_1_1;
  bodyBytes = 0;
  declaredLength = -1;
  setsCookie = true;
  isCoded = true;
  hasOtherCharset = true;
  /** What was kept of it, for requests that want it; whoever is handed these must not change them. */
  head: Uint8Array | null = null;
  body: Uint8Array | null = null;

  /** Whether the first `length` bytes of a buffer are the remembered response. `words` are the buffer's own. */
  matches(words: Int32Array, buffer: Uint8Array, length: number): boolean {
    if (length !== this.#length) return false;
    const whole = length >> 2;
    const own = this.#words;
    for (let i = 0; i < whole; i++) if (words[i] !== own[i]) return false;
    const tail = this.#bytes;
    for (let i = whole << 2; i < length; i++) if (buffer[i] !== tail[i]) return false;
    this.#misses = 0;
    return true;
  }

  /** Whether the first `length` bytes of a buffer are the remembered response's, but for up to 3 of them, and it has more. */
  isBegun(words: Int32Array, length: number): boolean {
    if (length >= this.#length) return false;
    const own = this.#words;
    for (let i = (length >> 2) - 1; i >= 0; i--) if (words[i] !== own[i]) return false;
    return true;
  }

  /** Tells of the remembered response. */
  fillIn(out: ToldResponse): void {
    out.status = this.status;
    out.protocol = this.protocol;
    out.bodyBytes = this.bodyBytes;
    out.declaredLength = this.declaredLength;
    out.head = this.head;
    out.body = this.body;
    out.maySetCookies = this.setsCookie;
    out.mayBeCoded = this.isCoded;
    out.mayHaveCharset = this.hasOtherCharset;
  }

  /** Remembers a response that was read whole into the start of a buffer and after which the connection stays open. */
  remember(buffer: Uint8Array, length: number, parsed: ParsedResponse, kept?: KeptParts): void {
    if (length > MAX_BYTES) return;
    if (++this.#misses > MAX_MISSES && this.#misses % RETRY_EVERY !== 0) return;
    this.head = kept?.head ?? null;
    this.body = kept?.body?.slice() ?? null;
    if (this.#bytes.length < length) {
      this.#words = new Int32Array((length + 3) >> 2);
      this.#bytes = new Uint8Array(this.#words.buffer);
    }
    this.#bytes.set(buffer.subarray(0, length));
    this.#length = length;
    this.status = parsed.status;
    this.protocol = parsed.protocol;
    this.bodyBytes = parsed.bodyBytes;
    this.declaredLength = parsed.declaredLength;
    this.setsCookie = parsed.setsCookie;
    this.isCoded = parsed.isCoded;
    this.hasOtherCharset = parsed.hasOtherCharset;
  }
}
