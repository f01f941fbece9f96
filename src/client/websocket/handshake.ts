/**
 * The opening handshake (RFC 6455, 4): a request of HTTP/1.1 after which the connection belongs to WebSocket.
 *
 * @module
 */
import { FAILURE } from "../../metrics/failure.ts";
import type { HeaderLine } from "../../plan/http_step.ts";
import { headText } from "../http1/encode_request.ts";
import { ResponseParser } from "../http1/response_parser.ts";
import type { Exchange } from "../exchange/http_client.ts";
import { noteError } from "../exchange/failure_of.ts";
import { type Socket, writeAll } from "../net/socket.ts";
import { DEFLATE_OFFER, type DeflateTerms, deflateTerms } from "./inflate.ts";

/** What is asked for. */
export interface HandshakeWish {
  /** `ws:` or `wss:`. */
  readonly url: URL;
  /** The fields that were given, in order. */
  readonly headers: readonly HeaderLine[];
  readonly subprotocols: readonly string[];
  readonly compressed: boolean;
  readonly maxHeaderBytes: number;
}

/** What was agreed on. */
export interface Handshake {
  /** The subprotocol that the server chose; `""`: none. */
  readonly subprotocol: string;
  /** `null`: messages are not compressed. */
  readonly deflate: DeflateTerms | null;
  /** Bytes of the server's first frames that came along with its response. */
  readonly rest: Uint8Array;
  /** What the response was read into, for the frames that follow: ten thousand connections need as many. */
  readonly buffer: Uint8Array;
}

const READ_BYTES = 512;
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** Asks a server to switch. `null`: it did not, and `out` says why; the socket is the caller's to close. */
export async function shakeHands(
  socket: Socket,
  wish: HandshakeWish,
  out: Exchange,
): Promise<Handshake | null> {
  const key = crypto.getRandomValues(new Uint8Array(16)).toBase64();
  try {
    const request = requestBytes(wish, key);
    await writeAll(socket, request);
    out.bytesSent += request.length;
    const found = await readHead(socket, wish, out);
    if (found === null) return null;
    const agreed = await judge(found.head, { key, wish, status: out.status });
    if (typeof agreed !== "string") return { ...agreed, rest: found.rest, buffer: found.buffer };
    out.failure = out.status >= 400 ? FAILURE.http_status : FAILURE.ws_handshake;
    out.failureDetail = agreed;
  } catch (error) {
    out.failure = noteError(error, out);
  }
  return null;
}

/** What is offered. */
export function protocolFields({ subprotocols, compressed }: HandshakeWish): readonly HeaderLine[] {
  return [
    ...(subprotocols.length > 0 ? [["Sec-WebSocket-Protocol", subprotocols.join(", ")] as const] : []),
    ...(compressed ? [["Sec-WebSocket-Extensions", DEFLATE_OFFER] as const] : []),
  ];
}

function requestBytes(wish: HandshakeWish, key: string): Uint8Array {
  const fields: readonly HeaderLine[] = [
    ...wish.headers,
    ["Connection", "Upgrade"],
    ["Upgrade", "websocket"],
    ["Sec-WebSocket-Version", "13"],
    ["Sec-WebSocket-Key", key],
    ...protocolFields(wish),
  ];
  // Proxies are passed through, not asked.
  const text = headText(
    { method: "GET", url: wish.url, headers: fields, body: null, awaitsContinue: false },
    {
      keepAlive: true,
    },
  );
  return new TextEncoder().encode(text);
}

/** The response's head, and what came behind it. */
async function readHead(
  socket: Socket,
  { maxHeaderBytes }: HandshakeWish,
  out: Exchange,
): Promise<Pick<Handshake, "rest" | "buffer"> & { readonly head: Uint8Array } | null> {
  const parser = new ResponseParser(maxHeaderBytes);
  parser.begin(false, null);
  let buffer = new Uint8Array(READ_BYTES);
  let filled = 0;
  while (true) {
    // The buffer itself where that is possible: a socket goes on with it without asking for its address again.
    const got = await socket.read(filled === 0 ? buffer : buffer.subarray(filled));
    if (got === null) {
      parser.close();
      out.failure = parser.failure === FAILURE.none ? FAILURE.no_response : parser.failure;
      return null;
    }
    out.bytesReceived += got;
    const end = filled + got;
    const used = parser.push(buffer, filled, end);
    if (parser.failure !== FAILURE.none) {
      out.failure = parser.failure;
      return null;
    }
    if (!parser.isInHead) {
      out.status = parser.status;
      out.protocol = parser.protocol;
      return { head: parser.headIn(buffer), rest: buffer.slice(used, end), buffer };
    }
    filled = end;
    if (filled < buffer.length) continue;
    const grown = new Uint8Array(buffer.length * 2);
    grown.set(buffer);
    buffer = grown;
  }
}

/** What a response agrees on, or what is wrong with it (RFC 6455, 4.1). */
async function judge(
  head: Uint8Array,
  { key, wish, status }: { readonly key: string; readonly wish: HandshakeWish; readonly status: number },
): Promise<Omit<Handshake, "rest" | "buffer"> | string> {
  if (status !== 101) return `status ${status} in place of 101`;
  const fields = fieldsOf(head);
  const upgrade = fields.get("upgrade");
  if (upgrade?.trim().toLowerCase() !== "websocket") return "a response without Upgrade: websocket";
  if (!/(?:^|,)\s*upgrade\s*(?:,|$)/i.test(fields.get("connection") ?? "")) {
    return "a response without Connection: Upgrade";
  }
  const accept = fields.get("sec-websocket-accept")?.trim();
  if (accept !== await acceptFor(key)) return "a Sec-WebSocket-Accept that does not fit the key";
  return agreedIn(head, wish);
}

/** What a response that takes the offer agrees on, or what is wrong with it. */
export function agreedIn(
  head: Uint8Array,
  wish: HandshakeWish,
): Omit<Handshake, "rest" | "buffer"> | string {
  const fields = fieldsOf(head);
  const subprotocol = fields.get("sec-websocket-protocol")?.trim() ?? "";
  if (subprotocol !== "" && !wish.subprotocols.includes(subprotocol)) {
    return `the subprotocol ${JSON.stringify(subprotocol)}, which was not offered`;
  }
  const extensions = fields.get("sec-websocket-extensions") ?? null;
  const deflate = deflateTerms(extensions);
  if (deflate === undefined || (deflate !== null && !wish.compressed)) {
    return `the extension ${JSON.stringify(extensions)}, which was not offered`;
  }
  return { subprotocol, deflate };
}

/** What a server makes of a key. */
export async function acceptFor(key: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(key + GUID));
  return new Uint8Array(digest).toBase64();
}

/** Header fields by name in lower case; repeated ones are joined. */
function fieldsOf(head: Uint8Array): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of new TextDecoder("latin1").decode(head).split("\r\n").slice(1)) {
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    const before = fields.get(name);
    fields.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return fields;
}
