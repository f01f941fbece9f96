/**
 * Requests as HTTP/1.1 bytes (RFC 9112, sections 2, 3 and 6.2). Header fields go out in the order given, repeats kept;
 * what the way of sending needs follows them, where the caller has not said it already.
 *
 * @module
 */
import { expectsBody } from "../../lib/net/request_methods.ts";
import { requestTarget } from "../../lib/net/request_target.ts";
import type { ClientSpec } from "../../plan/client_spec.ts";
import type { PreparedRequest, RequestForm } from "../exchange/http_client.ts";
import { proxyAuthorization, proxyFor } from "../net/proxy.ts";
import { type HeadPieces, headPieces, maxHeadBytes, writeHead } from "./head_pieces.ts";

/** Larger requests are written while the response is already awaited: a server may respond before it has read all. */
const MAX_WHOLE_BYTES = 16_384;

/** Larger bodies are not copied behind their heads. */
const MAX_JOINED_BYTES = 65_536;

/** A request ready to be written. */
export interface EncodedRequest {
  /** The head, and behind it the body unless that is large. */
  readonly bytes: Uint8Array;
  /** How many of them are the head. */
  readonly headBytes: number;
  /** A body that follows. */
  readonly body: Uint8Array | null;
  /** The request is written at once, before its response is awaited. */
  readonly goesInOne: boolean;
}

/** Before the first request. */
export const NO_REQUEST: EncodedRequest = {
  bytes: new Uint8Array(0),
  headBytes: 0,
  body: null,
  goesInOne: true,
};

/** What decides how requests are written. */
export type Http1Form = Pick<ClientSpec, "keepAlive" | "proxy">;

/** What of a request decides about its bytes. */
export type RequestText = Pick<
  PreparedRequest,
  "method" | "url" | "headers" | "body" | "bodyFile" | "awaitsContinue"
>;

const encoder = new TextEncoder();

/**
 * Makes the bytes of requests as one client specification wants them. Those of requests that are sent again are kept,
 * once for all who send them.
 */
export class RequestEncoder {
  readonly #form: Http1Form;
  readonly #kept = new WeakMap<PreparedRequest, EncodedRequest>();
  readonly #pieces = new WeakMap<RequestForm, HeadPieces>();

  constructor(form: Http1Form) {
    this.#form = form;
  }

  /** The request's bytes; those of a request that is sent only once are valid until the buffer is used again. */
  encode(request: PreparedRequest, buffer: RequestBuffer): EncodedRequest {
    if (request.form !== undefined) {
      return buffer.encodePieces(this.#piecesOf(request.form), request.texts!, request.body);
    }
    if (!request.isRepeated) return buffer.encode(request, this.#form);
    const known = this.#kept.get(request);
    if (known !== undefined) return known;
    const encoded = new RequestBuffer(0).encode(request, this.#form);
    this.#kept.set(request, encoded);
    return encoded;
  }

  #piecesOf(form: RequestForm): HeadPieces {
    let pieces = this.#pieces.get(form);
    if (pieces === undefined) {
      pieces = headPieces(headText(form.sample, this.#form), form.marks);
      this.#pieces.set(form, pieces);
    }
    return pieces;
  }
}

/** Holds the bytes of one user's request until the next one. */
export class RequestBuffer {
  #bytes: Uint8Array;

  constructor(bytes = 1024) {
    this.#bytes = new Uint8Array(bytes);
  }

  /** Head and body of a request. */
  encode(request: RequestText, form: Http1Form): EncodedRequest {
    const { body, bodyFile, awaitsContinue } = request;
    const head = headText(request, form);
    // A UTF-16 unit takes at most three bytes.
    const bytes = this.#roomFor(head.length * 3, body);
    const headBytes = encoder.encodeInto(head, bytes).written;
    return this.#join(headBytes, body, bodyFile === undefined && !awaitsContinue);
  }

  /** The same of a request whose head is there in pieces. */
  encodePieces(pieces: HeadPieces, texts: readonly string[], body: Uint8Array | null): EncodedRequest {
    const bytes = this.#roomFor(maxHeadBytes(pieces, texts), body);
    return this.#join(writeHead(pieces, texts, bytes), body, true);
  }

  /** The buffer, with room for a head, and for a body that is to follow it there. */
  #roomFor(headBytes: number, body: Uint8Array | null): Uint8Array {
    const needed = headBytes + (isJoined(body) ? body.length : 0);
    return needed <= this.#bytes.length ? this.#bytes : this.#bytes = new Uint8Array(needed);
  }

  /** The request whose head is in the buffer. */
  #join(headBytes: number, body: Uint8Array | null, isPlain: boolean): EncodedRequest {
    const joined = isJoined(body) ? body : EMPTY;
    if (joined.length > 0) this.#bytes.set(joined, headBytes);
    const length = headBytes + joined.length;
    const rest = isJoined(body) ? null : body;
    return {
      bytes: this.#bytes.subarray(0, length),
      headBytes,
      body: rest,
      goesInOne: isPlain && length <= MAX_WHOLE_BYTES && rest === null,
    };
  }
}

/** Whether a body is copied behind its head. */
function isJoined(body: Uint8Array | null): body is Uint8Array {
  return body !== null && body.length <= MAX_JOINED_BYTES;
}

const EMPTY = new Uint8Array(0);

/** Fields that are added where the caller has none, as bits. */
const HOST = 1, CONNECTION = 2, EXPECT = 4, LENGTH = 8, TRANSFER = 16, AUTHORIZATION = 32;

const FIELDS: ReadonlyMap<string, number> = new Map([
  ["host", HOST],
  ["connection", CONNECTION],
  ["expect", EXPECT],
  ["content-length", LENGTH],
  ["transfer-encoding", TRANSFER],
  ["proxy-authorization", AUTHORIZATION],
]);

/** The bits of names as they were written: few are in use, and a look-up is quicker than lower case. */
const known = new Map<string, number>();
const MAX_KNOWN = 1000;

function learn(name: string): number {
  const bit = FIELDS.get(name.toLowerCase()) ?? 0;
  if (known.size < MAX_KNOWN) known.set(name, bit);
  return bit;
}

/**
 * A request's head, the empty line included.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const url = new URL("http://localhost/a?b");
 * const head = headText({ method: "GET", url, headers: [], body: null, awaitsContinue: false }, { keepAlive: true });
 * assertEquals(head, "GET /a?b HTTP/1.1\r\nHost: localhost\r\n\r\n");
 * ```
 */
export function headText(request: RequestText, { keepAlive, proxy: proxies }: Http1Form): string {
  const { method, url, headers, body, bodyFile, awaitsContinue } = request;
  const proxy = proxies === undefined || url.protocol !== "http:" ? null : proxyFor(url, proxies);
  let has = 0;
  let fields = "";
  for (const line of headers) {
    const name = line[0];
    has |= known.get(name) ?? learn(name);
    fields += name + ": " + line[1] + "\r\n";
  }
  // A proxy is told the whole URL.
  const origin = proxy?.kind === "http" ? `http://${url.host}` : "";
  let head = `${method} ${origin}${requestTarget(url)} HTTP/1.1\r\n`;
  if ((has & HOST) === 0) head += `Host: ${url.host}\r\n`;
  head += fields;
  if (awaitsContinue && (has & EXPECT) === 0) head += "Expect: 100-continue\r\n";
  const authorization = proxy?.kind === "http" ? proxyAuthorization(proxy) : undefined;
  if (authorization !== undefined && (has & AUTHORIZATION) === 0) {
    head += `Proxy-Authorization: ${authorization}\r\n`;
  }
  const length = bodyFile?.bytes ?? body?.length ?? (expectsBody(method) ? 0 : -1);
  if (length >= 0 && (has & (LENGTH | TRANSFER)) === 0) head += `Content-Length: ${length}\r\n`;
  if (!keepAlive && (has & CONNECTION) === 0) head += "Connection: close\r\n";
  return `${head}\r\n`;
}
