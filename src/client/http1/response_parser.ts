/**
 * Reads HTTP/1.x answers byte by byte, in whatever pieces they arrive, without making text or objects. It leaves
 * reading and buffers to its caller: while the head is incomplete, every call hands in the same buffer with more bytes
 * behind; body bytes may come in any buffer.
 *
 * What RFC 9112 lets a client choose is decided so:
 *
 * | seen | treated as |
 * | --- | --- |
 * | lines that end in a bare LF | accepted (2.2) |
 * | missing reason phrase, with or without its space | accepted (4) |
 * | white space round a header's value | accepted, ignored (5) |
 * | folded header lines | accepted (5.2), but not in a field that frames the message |
 * | `Content-Length` repeated with one and the same value | accepted (RFC 9110, 8.6) |
 * | a length or a coding where there is no body (1xx, 204, 304, HEAD) | accepted, ignored (6.3) |
 * | 1xx responses before the real one | skipped, up to 16 |
 * | 101 without an upgrade | a response without a body, after which the connection closes |
 * | `Transfer-Encoding: identity` | ignored |
 * | a coding other than chunked as the last | body up to the close of the connection (6.3) |
 * | an end of the connection that is a reset, or without TLS close_notify | no end of a body (8; 9.8) |
 * | chunk extensions, trailers | accepted, ignored, within the size limit of heads |
 * | blanks before the end of a line with a chunk's size | accepted |
 * | control characters in values, other than NUL, CR and LF | accepted (RFC 9110, 5.5) |
 * | text or an empty line before the status line, HTTP/0.9, HTTP/2 | `not_http` |
 * | not one space between version and status, not three digits, a control character in the reason | `bad_status_line` |
 * | a field line or trailer without a colon, or whose name is empty or has a control character or space in or behind it | `bad_header` |
 * | NUL or a bare CR in a value | `bad_header` |
 * | lengths that differ, are signed, empty or above 2^53 | `bad_length` |
 * | a length together with chunked or another coding | `bad_length` (6.3) |
 * | chunked that is not the last coding, or has parameters; a coding that is no token | `bad_transfer_coding` |
 * | a chunk size that is not hexadecimal or above 2^53, data not followed by a line end | `bad_chunk` |
 * | anything behind a chunk size but extensions, each with a name, and with a value after its `=` | `bad_chunk` |
 * | a head (or all heads before the response, or extensions and trailers) above the limit | `head_too_large` |
 * | a 17th 1xx response | `too_many_interim` |
 * | bytes after the response, those of an empty line too | `unexpected_bytes`, which is for the caller to say (6.3) |
 *
 * @module
 */
import { MAX_INTERIM_RESPONSES } from "../../lib/size_limits.ts";
import { FAILURE } from "../../metrics/failure.ts";
import { HTTP_1_0, HTTP_1_1 } from "../../metrics/protocols.ts";
import type { BodySink } from "../exchange/body_buffer.ts";
import { ChunkFraming } from "./chunk_framing.ts";
import {
  contentLengthOf,
  equalsIgnoringCase,
  hasBadValue,
  hasControl,
  hasOtherCharset,
  IS_TOKEN,
  isBlank,
  isTransferCoding,
  listOf,
  looksLikeHttp,
  WORDS,
} from "../exchange/field_bytes.ts";

const LF = 10, CR = 13, SP = 32, HT = 9, COLON = 58;

/** Where the parser is. The order matters: everything before `body` belongs to heads. */
const AT = {
  statusLine: 0,
  fields: 1,
  lengthBody: 2,
  closeBody: 3,
  chunkFraming: 4,
  chunkData: 5,
  done: 6,
  failed: 7,
} as const;

/** Takes a final head before its body. */
export interface HeadSink {
  takeHead(buffer: Uint8Array, from: number, to: number): void;
}

/** Parses one answer after another; {@linkcode begin} starts the next. */
export class ResponseParser {
  /** Status of the final response; 0 before its status line. */
  status = 0;
  /** 10 or 11. */
  protocol: number = HTTP_1_1;
  bodyBytes = 0;
  /** Declared Content-Length; −1 when there is none. */
  declaredLength = -1;
  /** The connection may serve another request. */
  keepAlive = true;
  /** The head has a `Set-Cookie` field. */
  setsCookie = false;
  /** The head has a `Content-Encoding` field. */
  isCoded = false;
  /** The body is wanted, and the head's `Content-Type` names another charset than UTF-8. */
  hasOtherCharset = false;
  /** Number of a kind in `FAILURE_KINDS`; 0 while all is well. */
  failure: number = FAILURE.none;
  /** The server has asked for the request's body: 100 (Continue). */
  isContinued = false;
  /** Positions of the final head in the buffer that held it: first byte, and behind the empty line. */
  headStart = 0;
  headEnd = 0;
  readonly #maxHeadBytes: number;
  #at: number = AT.done;
  #isHead = false;
  #sink: BodySink | null = null;
  #heads: HeadSink | null = null;
  #interim = 0;
  /** The line being read starts here; no line end up to `#scanned`. Positions in the caller's buffer. */
  #lineStart = 0;
  #scanned = 0;
  #isChunked = false;
  #readsToClose = false;
  #lastFrames = false;
  #isFirstField = true;
  #remaining = 0;
  readonly #framing: ChunkFraming;

  constructor(maxHeadBytes: number) {
    this.#maxHeadBytes = maxHeadBytes;
    this.#framing = new ChunkFraming(maxHeadBytes);
  }

  /** The response is whole. */
  get isDone(): boolean {
    return this.#at === AT.done;
  }
  /** The head is still incomplete: the next bytes must follow the present ones in the same buffer. */
  get isInHead(): boolean {
    return this.#at <= AT.fields;
  }

  /** The rest of the body can be counted without being looked at. */
  get isContentIgnored(): boolean {
    return this.#sink === null && (this.#at === AT.lengthBody || this.#at === AT.closeBody);
  }

  /** How much of a body of declared length is to come; 1: who knows. */
  get missingBytes(): number {
    return this.#at === AT.lengthBody ? this.#remaining : 1;
  }

  /** A copy of the final head, from the buffer that held it. */
  headIn(buffer: Uint8Array): Uint8Array {
    return buffer.slice(this.headStart, this.headEnd);
  }

  /** Prepares for the next response. `isHead`: the request was a HEAD, its response has no body. */
  begin(isHead: boolean, sink: BodySink | null, heads: HeadSink | null = null): void {
    this.#at = AT.statusLine;
    this.#isHead = isHead;
    this.#sink = sink;
    this.#heads = heads;
    this.#interim =
      this.#lineStart =
      this.#scanned =
      this.headStart =
      this.headEnd =
      this.bodyBytes =
        0;
    this.failure = FAILURE.none;
    this.isContinued = false;
    this.#startHead(0);
  }

  /**
   * Reads the bytes `from … to − 1` and returns the position behind the last one used: less than `to` only when the
   * response is done or has failed. While {@linkcode isInHead}, `from` must be where the last call ended.
   */
  push(buffer: Uint8Array, from: number, to: number): number {
    let at = from;
    while (at < to) {
      if (this.#at <= AT.fields) at = this.#readHead(buffer, to);
      else if (this.#at >= AT.done) return at;
      else at = this.#readBody(buffer, at, to);
    }
    return at;
  }

  /** The connection ended. Completes a response that ends so; otherwise the response has failed. */
  close(): void {
    if (this.#at === AT.closeBody) this.#at = AT.done;
    else if (this.#at < AT.done) this.#fail(this.#scanned === 0 ? FAILURE.no_response : FAILURE.truncated);
  }

  #fail(failure: number): number {
    this.failure = failure;
    this.#at = AT.failed;
    this.keepAlive = false;
    return failure;
  }

  #startHead(position: number): void {
    this.#at = AT.statusLine;
    this.headStart = position;
    this.status = 0;
    this.declaredLength = -1;
    this.#isChunked =
      this.#readsToClose =
      this.#lastFrames =
      this.setsCookie =
      this.isCoded =
      this.hasOtherCharset =
        false;
    this.#isFirstField = true;
  }

  /** Handles whole lines; returns `to`, or where the body starts. */
  #readHead(buffer: Uint8Array, to: number): number {
    for (let at = this.#scanned; at < to; at++) {
      if (buffer[at] !== LF) continue;
      const start = this.#lineStart;
      const end = at > start && buffer[at - 1] === CR ? at - 1 : at;
      this.#lineStart = this.#scanned = at + 1;
      if (at >= this.#maxHeadBytes) {
        this.#fail(FAILURE.head_too_large);
        return at + 1;
      }
      if (this.#at === AT.statusLine) {
        this.#readStatusLine(buffer, start, end);
      } else if (end > start) this.#readField(buffer, start, end);
      else this.#endHead(at + 1);
      if (this.#at > AT.fields) {
        if (this.#at !== AT.failed) this.#heads?.takeHead(buffer, this.headStart, this.headEnd);
        return at + 1;
      }
    }
    this.#scanned = to;
    if (to > this.#maxHeadBytes) this.#fail(FAILURE.head_too_large);
    else if (this.#at === AT.statusLine && !looksLikeHttp(buffer, this.#lineStart, to)) {
      this.#fail(FAILURE.not_http);
    }
    return to;
  }

  #readStatusLine(buffer: Uint8Array, start: number, end: number): void {
    if (end < start + 7 || !looksLikeHttp(buffer, start, end)) return void this.#fail(FAILURE.not_http);
    const minor = buffer[start + 7]! - 48;
    // "HTTP/1.1 200" is the shortest one.
    if (end < start + 12 || minor < 0 || minor > 9 || buffer[start + 8] !== SP) {
      return void this.#fail(FAILURE.bad_status_line);
    }
    let status = 0;
    let at = start + 9;
    for (; at < start + 12; at++) {
      const digit = buffer[at]! - 48;
      if (digit < 0 || digit > 9) return void this.#fail(FAILURE.bad_status_line);
      status = status * 10 + digit;
    }
    if (status < 100 || (at < end && buffer[at] !== SP) || hasControl(buffer, at, end)) {
      return void this.#fail(FAILURE.bad_status_line);
    }
    this.status = status;
    this.protocol = minor === 0 ? HTTP_1_0 : HTTP_1_1;
    this.keepAlive = minor !== 0;
    this.#at = AT.fields;
  }

  #readField(buffer: Uint8Array, start: number, end: number): void {
    const first = buffer[start]!;
    if (first === SP || first === HT) {
      if (this.#isFirstField || this.#lastFrames || hasBadValue(buffer, start, end)) {
        this.#fail(FAILURE.bad_header);
      }
      return;
    }
    this.#isFirstField = false;
    let nameEnd = start;
    while (nameEnd < end && IS_TOKEN[buffer[nameEnd]!] === 1) nameEnd++;
    if (
      nameEnd === start || nameEnd >= end || buffer[nameEnd] !== COLON || hasBadValue(buffer, nameEnd, end)
    ) {
      this.#fail(FAILURE.bad_header);
      return;
    }
    let from = nameEnd + 1;
    while (from < end && isBlank(buffer[from]!)) from++;
    let to = end;
    while (to > from && isBlank(buffer[to - 1]!)) to--;
    this.#lastFrames = false;
    const length = nameEnd - start;
    if (length === 14 && equalsIgnoringCase(buffer, start, WORDS.contentLength)) {
      this.#lastFrames = true;
      const declared = contentLengthOf(buffer, from, to);
      const agrees = this.declaredLength === -1 || this.declaredLength === declared;
      if (declared < 0 || !agrees) this.#fail(FAILURE.bad_length);
      else this.declaredLength = declared;
    } else if (length === 17 && equalsIgnoringCase(buffer, start, WORDS.transferEncoding)) {
      this.#lastFrames = true;
      this.#readTransferEncoding(buffer, from, to);
    } else if (length === 16 && equalsIgnoringCase(buffer, start, WORDS.contentEncoding)) {
      this.isCoded = true;
    } else if (length === 12 && this.#sink !== null && equalsIgnoringCase(buffer, start, WORDS.contentType)) {
      this.hasOtherCharset = hasOtherCharset(buffer, from, to);
    } else if (length === 10) {
      if (equalsIgnoringCase(buffer, start, WORDS.connection)) this.#readConnection(buffer, from, to);
      else if (equalsIgnoringCase(buffer, start, WORDS.setCookie)) this.setsCookie = true;
    }
  }

  #readTransferEncoding(buffer: Uint8Array, from: number, to: number): void {
    if (to - from === 7 && !this.#isChunked && equalsIgnoringCase(buffer, from, WORDS.chunked)) {
      this.#isChunked = true;
      return;
    }
    for (const coding of listOf(buffer, from, to)) {
      if (this.#isChunked || !isTransferCoding(coding)) return void this.#fail(FAILURE.bad_transfer_coding);
      if (coding === "chunked") this.#isChunked = true;
      else if (coding !== "identity") this.#readsToClose = true;
    }
  }

  #readConnection(buffer: Uint8Array, from: number, to: number): void {
    const saysKeepAlive = to - from === 10 && equalsIgnoringCase(buffer, from, WORDS.keepAlive);
    if (saysKeepAlive && this.protocol === HTTP_1_1) return;
    if (to - from === 5 && equalsIgnoringCase(buffer, from, WORDS.close)) {
      this.keepAlive = false;
      return;
    }
    for (const option of listOf(buffer, from, to)) {
      if (option === "close") this.keepAlive = false;
      else if (option === "keep-alive" && this.protocol === HTTP_1_0) this.keepAlive = true;
    }
  }

  #endHead(position: number): void {
    const status = this.status;
    if (status < 200 && status !== 101) {
      this.#interim++;
      if (status === 100) this.isContinued = true;
      if (this.#interim > MAX_INTERIM_RESPONSES) this.#fail(FAILURE.too_many_interim);
      else this.#startHead(position);
      return;
    }
    this.headEnd = position;
    if ((this.#isChunked || this.#readsToClose) && this.declaredLength >= 0) {
      return void this.#fail(FAILURE.bad_length);
    }
    if (this.protocol === HTTP_1_0 && (this.#isChunked || this.#readsToClose)) this.keepAlive = false;
    if (status === 101) this.keepAlive = false;
    if (this.#isHead || status === 101 || status === 204 || status === 304) this.#at = AT.done;
    else if (this.#isChunked) {
      this.#at = AT.chunkFraming;
      this.#framing.begin();
    } else if (this.declaredLength >= 0) {
      this.#remaining = this.declaredLength;
      this.#at = this.#remaining === 0 ? AT.done : AT.lengthBody;
    } else {
      this.#at = AT.closeBody;
      this.keepAlive = false;
    }
  }

  #readBody(buffer: Uint8Array, from: number, to: number): number {
    switch (this.#at) {
      case AT.lengthBody:
        return this.#takeData(buffer, from, to, AT.done);
      case AT.closeBody:
        this.#remaining = to - from;
        return this.#takeData(buffer, from, to, AT.closeBody);
      case AT.chunkData:
        return this.#takeData(buffer, from, to, AT.chunkFraming);
      default:
        return this.#readFraming(buffer, from, to);
    }
  }

  #takeData(buffer: Uint8Array, from: number, to: number, next: number): number {
    const end = Math.min(to, from + this.#remaining);
    this.#sink?.append(buffer, from, end);
    this.bodyBytes += end - from;
    this.#remaining -= end - from;
    if (this.#remaining === 0) this.#at = next;
    return end;
  }

  #readFraming(buffer: Uint8Array, from: number, to: number): number {
    const framing = this.#framing;
    const at = framing.read(buffer, from, to);
    if (framing.failure !== FAILURE.none) this.#fail(framing.failure);
    else if (framing.isDone) this.#at = AT.done;
    else if (framing.isAtData) {
      this.#remaining = framing.dataBytes;
      this.#at = AT.chunkData;
    }
    return at;
  }
}
