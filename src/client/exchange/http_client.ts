/**
 * The one interface behind which bytes travel: a user's way to the servers.
 *
 * @module
 */
import { FAILURE } from "../../metrics/failure.ts";
import { HTTP_1_1 } from "../../metrics/protocols.ts";
import type { HeaderLine } from "../../plan/http_step.ts";
import type { BodySink } from "./body_buffer.ts";
import type { ResponseMemory } from "./response_memory.ts";

/** A file that is sent as it is read. */
export interface BodyFile {
  readonly path: string;
  /** How many bytes of it are sent: its size when the run was planned. */
  readonly bytes: number;
}

/** Takes a response as it comes in, to time what is in it. */
export interface ResponseStream extends BodySink {
  /** What comes goes here, too. */
  copyTo: BodySink | null;
  /** The final head, from its status line on, before anything of the body. */
  takeHead(buffer: Uint8Array, from: number, to: number): void;
}

/** Takes the response of a call, which ends with a status in its trailers. */
export interface CallResponse extends ResponseStream {
  /** What is wrong with what has come so far; a number of `FAILURE`. */
  readonly failure: number;
  /** More about a failure, or empty. */
  readonly problem: string;
  /** The status that came; −1: none did. */
  readonly status: number;
  /** A head, or trailers, with the same bytes will say the same, and nothing else is in them. */
  readonly isPlainHead: boolean;
  readonly isPlainEnd: boolean;
  /** The head, or the trailers, is one that was plain. */
  takeKnownHead(): void;
  takeKnownTrailers(): void;
  /** The trailers, in the form of HTTP/1.1. */
  takeTrailers(text: Uint8Array): void;
  /** The response is complete: the failure that it is, or 0. */
  complete(): number;
}

/** A piece of a body. */
export interface BodyPiece {
  readonly bytes: Uint8Array;
  /** Nothing follows it. */
  readonly isLast: boolean;
}

/** A body whose pieces are sent when they are there: HTTP/2 alone has it. */
export interface BodyFeed {
  /** The request may be sent again after a server turned it away unseen: all pieces are there still. */
  readonly isRepeatable: boolean;
  /** A request is about to be sent, perhaps once more: pieces are asked for from the first on. */
  begin(body: Uint8Array): void;
  /** The next piece. One that is never there is forgotten with the request. */
  takePiece(): Promise<BodyPiece>;
}

/** The cookies that a user takes along on a chain of redirects. */
export interface HopCookies {
  /** Takes in what a response from a URL sets. */
  storeHead(head: Uint8Array, url: URL): void;
  /** The value of the `Cookie` field for a URL, or `""`; `withOwn`: cookies that the user gave are part of it. */
  fieldFor(url: URL, withOwn: boolean): string;
}

/** What requests have in common that differ in a few texts. */
export interface RequestForm {
  /** One of them, with a mark in the place of each text. Its body has no bytes: fields say how long it is. */
  readonly sample: Pick<PreparedRequest, "method" | "url" | "headers" | "body" | "awaitsContinue">;
  /** The mark of each text; `undefined`: the head has nothing of it. */
  readonly marks: readonly (string | undefined)[];
}

/** A request that is ready to be sent, whoever sends it: what its bytes are is up to the client. */
export interface PreparedRequest {
  /** The step's position among all steps. */
  readonly step: number;
  readonly method: string;
  /** What an extended CONNECT asks for (RFC 8441, 4); absent: the request is of the usual kind. */
  readonly protocol?: string;
  readonly url: URL;
  /** `url.origin`: requests with the same one share a connection. */
  readonly origin: string;
  /** The fields that were given, in order; clients add what their way of sending needs. */
  readonly headers: readonly HeaderLine[];
  readonly body: Uint8Array | null;
  /** Its head is quicker written as this form with these texts than from its fields; the same bytes. */
  readonly form?: RequestForm | undefined;
  readonly texts?: readonly string[] | undefined;
  /** The body is this file instead, sent as it is read. */
  readonly bodyFile?: BodyFile;
  /** This very object will be sent again: what a client makes of it is worth keeping. */
  readonly isRepeated: boolean;
  /** Send the body only when the server asks for it: the head says `Expect: 100-continue`. */
  readonly awaitsContinue: boolean;
  /** The same request without that question, for servers that refuse it with 417; only where it is asked. */
  readonly unasked?: () => PreparedRequest;
  /** No other request may follow on its connection: the head says `Connection: close` (RFC 9112, 9.6). */
  readonly isLast: boolean;
  /** May be sent again on a new connection after the old one was closed (RFC 9110, 9.2.2). */
  readonly isIdempotent: boolean;
  /** The last response to this very request, for requests that are sent unchanged; `null` for others. */
  readonly memory: ResponseMemory | null;
  /** Whole-request timeout in ms; absent: the client's. */
  readonly timeoutMs?: number;
  /** Redirects to follow; absent: as many as the client follows. */
  readonly maxRedirects?: number;
  /** Keep the heads of redirects too. */
  readonly followsRedirects: boolean;
  /** Keep the response's head and body for the caller. */
  readonly wantsHead: boolean;
  readonly wantsBody: boolean;
  /** Keep the head of a response that sets a cookie. */
  readonly wantsCookies: boolean;
  /** Keep the head of a response with status 401; absent: only for other reasons. */
  readonly wantsChallenge?: boolean;
  /** The body is sent in pieces, as the exchange's `feed` gives them. */
  readonly isFed?: true;
  /** It is a call (gRPC): its length is not declared, and the exchange's `call` takes its response. */
  readonly isCall?: true;
  /** All requests that have this object have the same head, which is worth keeping; absent: it has its own. */
  readonly sameHead?: object | undefined;
}

/** Another request, the same but for some parts. */
export function changedRequest(request: PreparedRequest, changes: Partial<PreparedRequest>): PreparedRequest {
  // Those two may be made when they are asked for, which spreading does not do.
  const { url, headers } = request;
  return { ...request, url, headers, form: undefined, texts: undefined, sameHead: undefined, ...changes };
}

/**
 * What happened to a request. One object a user, overwritten by every exchange: copy what must live longer.
 * Times are those of `performance.now()`, in ms; a phase that was not measured is −1.
 */
export class Exchange {
  /** When the arrival was due; equal to `startMs` in a closed loop. */
  dueMs = 0;
  startMs = 0;
  endMs = 0;
  status = 0;
  /** Number of a kind in `FAILURE_KINDS`. */
  failure: number = FAILURE.none;
  /** What exactly went wrong, when it says more than the kind. */
  failureDetail = "";
  /** Bytes of bodies as they travelled, those of redirects included. */
  bodyBytes = 0;
  /** Those of the redirects before the last response. */
  redirectBodyBytes = 0;
  bytesReceived = 0;
  bytesSent = 0;
  /** Connections opened for this exchange; `reconnected` when the server had closed the one in use. */
  connects = 0;
  /** Attempts to open one for it that failed; 0 also where it shared that of another request. */
  failedConnects = 0;
  reconnected = false;
  /** Its TLS handshakes: full ones, and those that resumed a session; neither where the transport does not tell. */
  fullHandshakes = 0;
  resumedHandshakes = 0;
  /** Sent on a connection that had carried a request before: 1 or 0; of a chain of redirects, so many of its requests. */
  reuses = 0;
  /** What the response was spoken in: a number of `metrics/protocols.ts`. */
  protocol: number = HTTP_1_1;
  /** Declared Content-Length; −1 when there is none. */
  declaredLength = -1;
  /** The response's head as received, from the status line to the last header; only when wanted. */
  head: Uint8Array | null = null;
  /** The body without chunk framing, up to the client's limit; only when wanted. */
  body: Uint8Array | null = null;
  /** What the response may have, for all that the client tells: cookies to keep, a content coding, another charset. */
  maySetCookies = true;
  mayBeCoded = true;
  mayHaveCharset = true;
  /** The body as a JSON value, where it travels in another form; `null`: it is that of its bytes. */
  reply: { readonly value: unknown } | null = null;
  /** The body is without its content coding already. */
  isDecoded = false;
  /** The body is longer than what was kept of it. */
  isBodyCut = false;
  dnsMs = -1;
  connectMs = -1;
  tlsMs = -1;
  ttfbMs = -1;
  transferMs = -1;
  /** Streams that the server allows at a time, when this exchange had to stand in line for one; −1: it had not. */
  streamLimit = -1;
  /** How long the body was held back by `Expect: 100-continue`, in ms; −1: it was not. */
  continueMs = -1;
  /** The server refused that question, and the request was sent again without it. */
  wasRefused = false;
  /** Redirects followed. */
  redirects = 0;
  /** Where they led; `null` without any. */
  finalUrl: URL | null = null;
  /** Set once by users who keep cookies; redirects are followed with them. */
  cookies: HopCookies | null = null;
  /** Sees the response as it comes in; set by who wants that, before a request is sent. */
  stream: ResponseStream | null = null;
  /** Takes the response of a call; set before one is made. It is the `stream`, too. */
  call: CallResponse | null = null;
  /** Gives the body's pieces of a request that is fed; set before it is sent. */
  feed: BodyFeed | null = null;
  /** Address the connection leads to; only when per-address counts are on. */
  address = "";
  /** When that connection was opened; −1: not known. */
  openedMs = -1;
  /** The `traceparent` it was sent with, where that says "sampled"; else empty. Kept by who samples. */
  traceParent = "";
  /** `bytesReceived` when the load ended and only what was in flight was waited for; 0 before. */
  bytesAtEnd = 0;

  /** Called once when the exchange has ended. */
  onFinished: ((exchange: Exchange) => void) | null = null;

  /** Stamps the end and tells who waits for it. Clients call it once an exchange, as the last thing they do. */
  finish(endMs: number): void {
    this.endMs = endMs;
    this.onFinished?.(this);
  }

  /** Bytes of the last response's body as they travelled. */
  get finalBodyBytes(): number {
    return this.bodyBytes - this.redirectBodyBytes;
  }

  /** Forgets the last exchange. */
  reset(dueMs: number, startMs: number): void {
    this.dueMs = dueMs;
    this.startMs = startMs;
    this.endMs = startMs;
    this.status = 0;
    this.failure = FAILURE.none;
    this.failureDetail = "";
    this.bodyBytes =
      this.redirectBodyBytes =
      this.bytesReceived =
      this.bytesSent =
      this.connects =
      this.failedConnects =
      this.fullHandshakes =
      this.resumedHandshakes =
      this.reuses =
        0;
    this.reconnected = false;
    this.traceParent = "";
    this.protocol = HTTP_1_1;
    this.declaredLength = this.streamLimit = this.continueMs = -1;
    this.wasRefused = false;
    this.head =
      this.body =
      this.reply =
      this.finalUrl =
        null;
    this.redirects = 0;
    this.isDecoded = false;
    this.maySetCookies = this.mayBeCoded = this.mayHaveCharset = true;
    this.dnsMs =
      this.connectMs =
      this.tlsMs =
      this.ttfbMs =
      this.transferMs =
      this.openedMs =
        -1;
  }
}

/** Whether a status sends the client elsewhere (RFC 9110, 15.4). */
export function isRedirect(status: number): boolean {
  return (status >= 301 && status <= 303) || status === 307 || status === 308;
}

/** What decides whether a head is kept. */
export interface ResponseTraits {
  readonly status: number;
  readonly setsCookie: boolean;
  /** The body has a content coding. */
  readonly isCoded: boolean;
  /** The body is text in another charset than UTF-8. */
  readonly hasOtherCharset: boolean;
}

/** Whether the head of a response is to be kept. */
export function keepsHead(request: PreparedRequest, response: ResponseTraits): boolean {
  return request.wantsHead || (request.wantsChallenge === true && response.status === 401) ||
    (request.wantsCookies && response.setsCookie) ||
    (request.wantsBody && (response.isCoded || response.hasOtherCharset)) ||
    (request.followsRedirects && isRedirect(response.status));
}

/** One user's connections. */
export interface HttpClient {
  /**
   * Sends a request, reads its whole response into `out` (already reset, with its start time) and calls `out.finish`. A
   * failed exchange is a result: the promise never rejects. Not to be called again before it has resolved.
   */
  exchange(request: PreparedRequest, out: Exchange): Promise<void>;
  /** Opens the connection for a request ahead of it, if that is possible; a failure shows in `scratch` alone. */
  warm(request: PreparedRequest, scratch: Exchange): Promise<void>;
  /** The time by which the exchange under way must have ended; `Infinity` when none is. */
  readonly deadlineMs: number;
  /** Ends the exchange under way with a failure: the connection is closed. */
  abort(failure: number): void;
  /** Closes all connections. The client may be used again. */
  close(): void;
}
