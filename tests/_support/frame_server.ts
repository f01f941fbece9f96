/**
 * An HTTP/2 server that does exactly what a test tells it to, frame by frame, right or wrong. Built on `node:net`, since
 * only that can send a real RST. It decodes requests with the client's own HPACK decoder, which has tests of its own.
 */
import { type AddressInfo, createServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import {
  FLAG,
  FRAME,
  FRAME_HEAD_BYTES,
  PREFACE,
  putFrameHead,
  putUint32,
  settingsPayload,
  uint32At,
} from "../../src/client/http2/frames.ts";
import { HpackDecoder } from "../../src/client/http2/hpack_decoder.ts";
import type { CertificateFiles } from "./certificates.ts";
import { encodeFields, type TestField } from "./hpack_encoder.ts";

/** What a client must take in one frame. */
const MAX_FRAME_BYTES = 16_384;

/** A frame as it arrived. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Uint8Array;
}

/** A request's head as it arrived. */
export interface FrameRequest {
  readonly stream: number;
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** Nothing follows the head. */
  readonly isComplete: boolean;
  /** Counts the server's requests from 1. */
  readonly number: number;
}

/** What may be said of a HEADERS or DATA frame. */
export interface FrameOptions {
  /** The stream ends here. */
  readonly end?: boolean;
  /** Bytes of padding. */
  readonly padding?: number;
  /** More of the head follows. */
  readonly isPartial?: boolean;
}

/** The server's end of one connection. */
export interface FramePeer {
  /** Counts the server's connections from 1. */
  readonly number: number;
  /** All frames received so far. */
  readonly frames: readonly Frame[];
  /**
   * Resolves with the next frame of a type (and stream) that was not yet waited for; rejects when the connection ends
   * first.
   */
  next(type: number, stream?: number): Promise<Frame>;
  /** Resolves with the next request; `null` when the connection has ended. */
  nextRequest(): Promise<FrameRequest | null>;
  frame(type: number, flags: number, stream: number, payload?: Uint8Array | readonly number[]): void;
  settings(...settings: readonly (readonly [number: number, value: number])[]): void;
  headers(stream: number, fields: readonly TestField[] | Uint8Array, options?: FrameOptions): void;
  data(stream: number, content: string | Uint8Array, options?: FrameOptions): void;
  /** A whole answer. */
  respond(stream: number, body?: string, status?: string): void;
  goaway(last: number, code: number, words?: string): void;
  rstStream(stream: number, code: number): void;
  window(stream: number, increment: number): void;
  /** Bytes that are no frame, or many frames at once. */
  raw(bytes: Uint8Array | string): void;
  /** Resolves when what was sent has been taken by the system. */
  flushed(): Promise<void>;
  end(): void;
  reset(): void;
  /** Takes no bytes for some ms. */
  stopReading(forMs: number): void;
  readonly closed: Promise<void>;
}

/** A running server; closes at the end of `await using`. */
export interface FrameServer extends AsyncDisposable {
  readonly origin: string;
  readonly port: number;
  readonly connections: number;
  /** Connections open now. */
  readonly open: number;
  /** Requests whose head arrived whole. */
  readonly requests: number;
  readonly peers: readonly FramePeer[];
}

/** Starts a server; `serve` is called for every connection once the client's preface is there. */
export async function startFrameServer(
  serve: (peer: FramePeer) => void | Promise<void>,
  options: { readonly tls?: CertificateFiles; readonly clientRoot?: string; readonly hostname?: string } = {},
): Promise<FrameServer> {
  const sockets = new Set<Socket>();
  const peers: FramePeer[] = [];
  const counter = { requests: 0 };
  const accept = (socket: Socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    const peer = peerOver(socket, peers.length + 1, counter, async () => {
      try {
        await serve(peer);
      } catch (error) {
        // The connection ended while the server waited for more.
        if (!(error instanceof Deno.errors.UnexpectedEof)) throw error;
      }
    });
    peers.push(peer);
  };
  const server = options.tls
    ? createTlsServer({
      ...options.tls,
      ALPNProtocols: ["h2"],
      ...(options.clientRoot !== undefined && {
        ...{ requestCert: true, rejectUnauthorized: true, ca: [options.clientRoot] },
      }),
    }, accept)
    : createServer(accept);
  await new Promise<void>((resolve) => server.listen(0, options.hostname ?? "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: options.tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    port,
    peers,
    get connections() {
      return peers.length;
    },
    get open() {
      return sockets.size;
    },
    get requests() {
      return counter.requests;
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of [...sockets]) socket.destroy();
      await closed;
    },
  };
}

/** A frame's bytes. */
export function frameBytes(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array | readonly number[] = [],
): Uint8Array {
  const bytes = new Uint8Array(FRAME_HEAD_BYTES + payload.length);
  putFrameHead(bytes, 0, { length: payload.length, type, flags, stream });
  bytes.set(payload, FRAME_HEAD_BYTES);
  return bytes;
}

/** The payload of a frame with one number of 32 bits. */
export function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  putUint32(bytes, 0, value);
  return bytes;
}

function peerOver(
  socket: Socket,
  number: number,
  counter: { requests: number },
  start: () => Promise<void>,
): FramePeer {
  const frames: Frame[] = [];
  const unseen: Frame[] = [];
  const requests: FrameRequest[] = [];
  const decoder = new HpackDecoder();
  let wake = Promise.withResolvers<void>();
  let isEnded = false;
  let arrived: Uint8Array = new Uint8Array(0);
  let hasPreface = false;
  let block: Uint8Array = new Uint8Array(0);
  let isLast = false;
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("close", () => {
    isEnded = true;
    wakeAll();
  });

  function take(frame: Frame): void {
    frames.push(frame);
    unseen.push(frame);
    if (frame.type !== FRAME.headers && frame.type !== FRAME.continuation) return;
    if (frame.type === FRAME.headers) {
      block = new Uint8Array(0);
      isLast = (frame.flags & FLAG.endStream) !== 0;
    }
    block = joined(block, frame.payload);
    if ((frame.flags & FLAG.endHeaders) === 0) return;
    requests.push({
      stream: frame.stream,
      fields: decodeFields(decoder, block),
      isComplete: isLast,
      number: ++counter.requests,
    });
  }

  socket.on("data", (data: Uint8Array) => {
    arrived = joined(arrived, data);
    if (!hasPreface && arrived.length >= PREFACE.length) {
      hasPreface = true;
      arrived = arrived.subarray(PREFACE.length);
      void start();
    }
    while (hasPreface && arrived.length >= FRAME_HEAD_BYTES) {
      const length = arrived[0]! << 16 | arrived[1]! << 8 | arrived[2]!;
      if (arrived.length < FRAME_HEAD_BYTES + length) break;
      take({
        type: arrived[3]!,
        flags: arrived[4]!,
        stream: uint32At(arrived, 5),
        payload: arrived.slice(FRAME_HEAD_BYTES, FRAME_HEAD_BYTES + length),
      });
      arrived = arrived.subarray(FRAME_HEAD_BYTES + length);
    }
    wakeAll();
  });

  /** Everyone who waits looks again; each may be waiting for something else. */
  function wakeAll(): void {
    const { resolve } = wake;
    wake = Promise.withResolvers<void>();
    resolve();
  }

  async function waitFor<T>(find: () => T | undefined): Promise<T | undefined> {
    for (;;) {
      const found = find();
      if (found !== undefined || isEnded) return found;
      await wake.promise;
    }
  }

  const raw = (bytes: Uint8Array | string) => void (socket.destroyed || socket.write(bytes));
  const frame: FramePeer["frame"] = (type, flags, stream, payload) =>
    raw(frameBytes(type, flags, stream, payload));
  const peer: FramePeer = {
    number,
    frames,
    closed,
    raw,
    frame,
    async next(type, stream) {
      const found = await waitFor(() => {
        const at = unseen.findIndex((frame) =>
          frame.type === type && (stream === undefined || frame.stream === stream)
        );
        return at < 0 ? undefined : unseen.splice(at, 1)[0];
      });
      if (found === undefined) throw new Deno.errors.UnexpectedEof("The connection has ended");
      return found;
    },
    async nextRequest() {
      return await waitFor(() => requests.shift()) ?? null;
    },
    settings: (...settings) => frame(FRAME.settings, 0, 0, settingsPayload(settings)),
    headers(stream, fields, { end = false, padding, isPartial = false } = {}) {
      const block = fields instanceof Uint8Array ? fields : encodeFields(fields);
      if (block.length > MAX_FRAME_BYTES) {
        peer.headers(stream, block.subarray(0, MAX_FRAME_BYTES), { end, isPartial: true });
        for (let at = MAX_FRAME_BYTES; at < block.length; at += MAX_FRAME_BYTES) {
          const part = block.subarray(at, at + MAX_FRAME_BYTES);
          frame(FRAME.continuation, at + part.length < block.length ? 0 : FLAG.endHeaders, stream, part);
        }
        return;
      }
      const flags = (end ? FLAG.endStream : 0) | (isPartial ? 0 : FLAG.endHeaders);
      frame(FRAME.headers, flags | padFlag(padding), stream, padded(block, padding));
    },
    data(stream, content, { end = false, padding } = {}) {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      frame(FRAME.data, (end ? FLAG.endStream : 0) | padFlag(padding), stream, padded(bytes, padding));
    },
    respond(stream, body = "fine", status = "200") {
      peer.headers(stream, [[":status", status], ["content-length", String(body.length)]], {
        end: body === "",
      });
      if (body !== "") peer.data(stream, body, { end: true });
    },
    goaway: (last, code, words = "") =>
      frame(FRAME.goaway, 0, 0, [...uint32(last), ...uint32(code), ...new TextEncoder().encode(words)]),
    rstStream: (stream, code) => frame(FRAME.rstStream, 0, stream, uint32(code)),
    window: (stream, increment) => frame(FRAME.windowUpdate, 0, stream, uint32(increment)),
    flushed: () =>
      new Promise((resolve) =>
        socket.destroyed ? resolve() : socket.write(new Uint8Array(0), () => resolve())
      ),
    end: () => void socket.end(),
    reset: () => void socket.resetAndDestroy(),
    stopReading(forMs) {
      socket.pause();
      setTimeout(() => socket.resume(), forMs);
    },
  };
  return peer;
}

function padFlag(padding: number | undefined): number {
  return padding === undefined ? 0 : FLAG.padded;
}

function padded(bytes: Uint8Array, padding: number | undefined): Uint8Array {
  if (padding === undefined) return bytes;
  const all = new Uint8Array(1 + bytes.length + padding);
  all[0] = padding;
  all.set(bytes, 1);
  return all;
}

/** The fields of a block. @throws {Error} when it is malformed. */
export function decodeFields(decoder: HpackDecoder, block: Uint8Array): [name: string, value: string][] {
  const text = (bytes: Uint8Array) => String.fromCharCode(...bytes);
  const fields: [string, string][] = [];
  decoder.begin(block, 0, block.length);
  while (decoder.next()) {
    const name = text(decoder.nameBytes.subarray(decoder.nameStart, decoder.nameEnd));
    fields.push([name, text(decoder.valueBytes.subarray(decoder.valueStart, decoder.valueEnd))]);
  }
  if (decoder.problem !== "") throw new Error(decoder.problem);
  return fields;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
