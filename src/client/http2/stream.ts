/**
 * One exchange on a connection: what was sent, what has arrived, and whether it makes a well-formed answer (RFC 9113,
 * section 8.1). The connection that carries it does the framing. A user has one such object and uses it for one
 * exchange after the other.
 *
 * @module
 */
import { MAX_INTERIM_RESPONSES } from "../../lib/size_limits.ts";
import { FAILURE } from "../../metrics/failure.ts";
import { type Exchange, keepsHead, type PreparedRequest } from "../exchange/http_client.ts";
import type { ContinueGate } from "../http1/continue_gate.ts";
import type { BodySink } from "../exchange/body_buffer.ts";
import type { EncodedRequest } from "./encode_request.ts";
import type { ResponseHead } from "./response_head.ts";

/** How an exchange ended on its connection. */
export interface StreamEnd {
  /** Number of a kind in `FAILURE_KINDS`. */
  readonly failure: number;
  /** In words, or empty. */
  readonly detail: string;
  /** The server has not looked at the request: it may be sent again, whatever it is. */
  readonly isUnprocessed: boolean;
  /** The connection ended under a request that had not been answered at all. */
  readonly isLost: boolean;
}

/** A good end. */
export const GOOD_END: StreamEnd = { failure: FAILURE.none, detail: "", isUnprocessed: false, isLost: false };

/** Who waits for the exchange. */
export interface StreamOwner {
  /** The exchange is over, at `nowMs`; the stream may be used for another. */
  streamEnded(end: StreamEnd, nowMs: number): void;
}

/** One exchange under way. */
export class Stream {
  /** 0 while it has none. */
  id = 0;
  readonly owner: StreamOwner;
  /** Counts the exchanges. */
  number = 0;
  /** The present exchange has ended, or been given up. */
  isOver = true;
  /** What is sent and where the response goes: set by the owner before {@linkcode begin}. */
  request!: PreparedRequest;
  encoded!: EncodedRequest;
  out!: Exchange;
  /** Bytes of the body that the server will take now; kept by the connection. */
  sendWindow = 0;
  /** Bytes that the server may still send, and bytes taken since it was last told so; kept by the connection. */
  receiveWindow = 0;
  unacknowledged = 0;
  /** The part of the body that is to be sent, how much of it was, and whether it is the last. */
  piece: Uint8Array | null = null;
  pieceAt = 0;
  isLastPiece = false;
  isBodySent = true;
  /** Tells who sends pieces that the present one is out, or that no more is wanted. */
  onPieceSent: (() => void) | null = null;
  /** Holds the body back until the server asks for it; `null`: it goes at once. */
  gate: ContinueGate | null = null;
  /** When the head was sent and when the response began; −1 while it has not. */
  sentMs = -1;
  firstByteMs = -1;
  /** The final head has arrived. */
  hasHead = false;
  #isBodiless = false;
  #interim = 0;
  #sink: BodySink | null = null;

  constructor(owner: StreamOwner) {
    this.owner = owner;
  }

  /** Prepares for another exchange; `sink` takes the response's body, if somebody wants it. */
  begin(sink: BodySink | null): void {
    const { body } = this.encoded;
    const isLater = this.isBodyLater;
    this.number++;
    this.isOver = false;
    this.#sink = sink;
    this.hasHead = this.#isBodiless = false;
    this.#interim = 0;
    this.sentMs = this.firstByteMs = -1;
    this.isLastPiece = !isLater;
    this.piece = isLater || body.length === 0 ? null : body;
    this.isBodySent = this.piece === null && !isLater;
    this.pieceAt = 0;
    this.onPieceSent = null;
  }

  /** The body does not follow the head at once. */
  get isBodyLater(): boolean {
    return this.request.bodyFile !== undefined || this.gate !== null || this.request.isFed === true;
  }

  /** The head may have to be kept, or somebody looks at it. */
  get mayKeepHead(): boolean {
    const { wantsHead, wantsBody, wantsCookies, followsRedirects } = this.request;
    return wantsHead || wantsBody || wantsCookies || followsRedirects || this.out.stream !== null;
  }

  /** A block with the same bytes as the last one will say the same, and nobody wants it as text. */
  mayRemember(isTrailers: boolean): boolean {
    const { head, call } = this.out;
    if (!this.hasHead || head !== null) return false;
    if (call === null) return !isTrailers && this.out.stream === null;
    return isTrailers ? call.isPlainEnd : call.isPlainHead;
  }

  /** Leaves the connection: nothing more is sent or taken. */
  leave(): void {
    this.id = 0;
    this.isOver = true;
    this.piece = null;
    this.gate?.close();
    this.onPieceSent?.();
  }

  /** Takes what is remembered of a head, or of trailers. */
  takeKnownBlock(): void {
    const { call } = this.out;
    if (this.hasHead) return call?.takeKnownTrailers();
    const { status, declaredLength } = this.encoded.memory;
    this.#takeFinalHead(status, declaredLength);
    call?.takeKnownHead();
  }

  #takeFinalHead(status: number, declaredLength: number): void {
    this.hasHead = true;
    this.gate?.see({ status, isContinued: false });
    this.out.status = status;
    this.out.declaredLength = declaredLength;
    this.#isBodiless = status === 204 || status === 304 || this.request.method === "HEAD";
  }

  /** Takes a header block; returns the failure that it makes, or 0. */
  takeHead(head: ResponseHead, isLast: boolean): number {
    if (head.failure !== FAILURE.none) return head.failure;
    if (this.hasHead) return isLast ? this.#takeTrailers(head.text) : FAILURE.bad_header;
    if (head.status < 200) {
      this.gate?.see({ status: 0, isContinued: head.status === 100 });
      if (head.status === 101 || isLast) return FAILURE.bad_header;
      // The response's first byte is that of its final head.
      this.firstByteMs = -1;
      return ++this.#interim > MAX_INTERIM_RESPONSES ? FAILURE.too_many_interim : FAILURE.none;
    }
    this.#takeFinalHead(head.status, head.declaredLength);
    const { text } = head;
    if (keepsHead(this.request, head)) this.out.head = text;
    if (text !== null) this.out.stream?.takeHead(text, 0, text.length);
    return FAILURE.none;
  }

  /** Trailers are of use to calls alone; where the head is kept they stand behind it. */
  #takeTrailers(text: Uint8Array | null): number {
    const { call, head } = this.out;
    if (call === null || text === null) return FAILURE.none;
    call.takeTrailers(text);
    if (head !== null) this.out.head = joinFields(head, text);
    return FAILURE.none;
  }

  /** Takes bytes of the body; returns the failure that they make, or 0. */
  takeData(buffer: Uint8Array, from: number, to: number): number {
    const { out } = this;
    if (!this.hasHead) return FAILURE.http2_protocol;
    out.bodyBytes += to - from;
    if (this.#isBodiless) return FAILURE.unexpected_bytes;
    if (out.declaredLength >= 0 && out.bodyBytes > out.declaredLength) return FAILURE.bad_length;
    this.#sink?.append(buffer, from, to);
    return out.call === null ? FAILURE.none : out.call.failure;
  }

  /** The response is complete; returns the failure that it is then, or 0. */
  complete(): number {
    const { declaredLength, bodyBytes } = this.out;
    if (!this.hasHead) return FAILURE.http2_protocol;
    return declaredLength >= 0 && bodyBytes < declaredLength && !this.#isBodiless
      ? FAILURE.truncated
      : FAILURE.none;
  }
}

/** Fields behind fields: one empty line ends both. */
function joinFields(head: Uint8Array, trailers: Uint8Array): Uint8Array {
  const joined = new Uint8Array(head.length - 2 + trailers.length);
  joined.set(head.subarray(0, head.length - 2));
  joined.set(trailers, head.length - 2);
  return joined;
}
