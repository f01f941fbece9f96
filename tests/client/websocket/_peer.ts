/** The server's end of a connection in memory: what it says, and what an echoing client says back. */
import { type ConnectionEnd, WebSocketConnection } from "../../../src/client/websocket/connection.ts";
import type { Handshake } from "../../../src/client/websocket/handshake.ts";
import type { DeflateTerms } from "../../../src/client/websocket/inflate.ts";
import { payloadOf } from "../../../src/client/websocket/frames.ts";
import { MemorySocket } from "../../_support/memory_socket.ts";

/** A frame as a server sends it. */
export interface ServerFrame {
  readonly opcode: number;
  readonly payload?: string | Uint8Array;
  readonly isPart?: boolean;
  /** Reserved bits, 0x10 to 0x40. */
  readonly reserved?: number;
  readonly mask?: boolean;
  /** Bytes of the length field: 2 or 8 even where fewer would do. */
  readonly lengthBytes?: 0 | 2 | 8;
}

/** Text as bytes; bytes as they are. */
export function bytesOf(data: string | Uint8Array): Uint8Array {
  return typeof data === "string" ? new TextEncoder().encode(data) : data;
}

/** The bytes of a frame. */
export function frameBytes(
  { opcode, payload = "", isPart, reserved = 0, mask, lengthBytes }: ServerFrame,
): Uint8Array {
  const content = bytesOf(payload);
  const { length } = content;
  const field = lengthBytes ?? (length < 126 ? 0 : length < 65_536 ? 2 : 8);
  const head = new Uint8Array(2 + field + (mask ? 4 : 0));
  head[0] = (isPart ? 0 : 0x80) | reserved | opcode;
  head[1] = (mask ? 0x80 : 0) | (field === 0 ? length : field === 2 ? 126 : 127);
  const view = new DataView(head.buffer);
  if (field === 2) view.setUint16(2, length);
  if (field === 8) view.setBigUint64(2, BigInt(length));
  return joined([head, content]);
}

/** Pieces as one. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A close frame's payload. */
export function closing(code: number, reason: string | Uint8Array = ""): Uint8Array {
  return joined([new Uint8Array([code >> 8, code & 0xff]), bytesOf(reason)]);
}

/** A frame of a client, unmasked. */
export interface ClientFrame {
  readonly first: number;
  readonly payload: Uint8Array;
}

/** Takes apart what a client wrote; throws when a frame is not masked. */
export function clientFrames(written: Uint8Array): readonly ClientFrame[] {
  const frames: ClientFrame[] = [];
  for (let at = 0; at < written.length;) {
    const view = new DataView(written.buffer, written.byteOffset + at);
    const second = view.getUint8(1);
    if (second < 0x80) throw new Error("A client's frame is not masked");
    const short = second & 0x7f;
    const head = short < 126 ? 2 : short === 126 ? 4 : 10;
    const length = short < 126 ? short : short === 126 ? view.getUint16(2) : Number(view.getBigUint64(2));
    const mask = written.subarray(at + head, at + head + 4);
    const payload = written.slice(at + head + 4, at + head + 4 + length)
      .map((byte, i) => byte ^ mask[i % 4]!);
    frames.push({ first: view.getUint8(0), payload });
    at += head + 4 + length;
  }
  return frames;
}

/** What came of a conversation. */
export interface Conversation {
  /** Messages as the client got them. */
  readonly messages: readonly { readonly isText: boolean; readonly bytes: Uint8Array }[];
  /** All that it sent. */
  readonly sent: readonly ClientFrame[];
  readonly end: ConnectionEnd;
  readonly pongs: number;
  /** Whether the client says that many use the socket. */
  readonly isShared: boolean;
}

/** No frame has come with the response to the handshake. */
export function nothingYet(): Pick<Handshake, "rest" | "buffer"> {
  return { rest: new Uint8Array(0), buffer: new Uint8Array(512) };
}

/** Sends bytes to an echoing client, cut into pieces of a size, then ends the connection, unless it is to stay open. */
export async function converse(
  bytes: Uint8Array,
  {
    pieces = Infinity,
    deflate = null,
    maxMessageBytes = 16_777_216,
    keeps = true,
    isAlone = false,
    staysOpen = false,
  }: {
    readonly pieces?: number;
    readonly deflate?: DeflateTerms | null;
    readonly maxMessageBytes?: number;
    readonly keeps?: boolean;
    readonly isAlone?: boolean;
    readonly staysOpen?: boolean;
  } = {},
): Promise<Conversation> {
  const socket = new MemorySocket();
  const messages: { isText: boolean; bytes: Uint8Array }[] = [];
  const ended = Promise.withResolvers<ConnectionEnd>();
  let pongs = 0;
  const connection = new WebSocketConnection(socket, { deflate, ...nothingYet() }, {
    maxMessageBytes,
    keepsMessages: keeps,
    isAlone,
    closeTimeoutMs: 1000,
    user: {
      takeMessage(isText, length, view, from) {
        const bytes = view?.slice(from, from + length) ?? new Uint8Array(length);
        messages.push({ isText, bytes });
        connection.send(isText, payloadOf(bytes));
        return false;
      },
      takePong: () => pongs++,
      ended: (end) => ended.resolve(end),
    },
  });
  for (let at = 0; at < bytes.length; at += pieces) socket.give(bytes.slice(at, at + pieces));
  if (!staysOpen) socket.give(null);
  await connection.run();
  const end = await ended.promise;
  return { messages, sent: clientFrames(joined(socket.writes)), end, pongs, isShared: socket.isShared };
}
