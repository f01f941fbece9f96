/**
 * A TCP or TLS server that answers with whatever bytes a test wants, in whatever pieces, and can hang, close or reset
 * its connections. Built on `node:net`, since only that can send a real RST.
 */
import { Buffer } from "node:buffer";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { CertificateFiles } from "./certificates.ts";
import { pause } from "./wait.ts";

/** A request as it arrived. */
export interface RawRequest {
  /** From the request line to the empty line, which is left out. */
  readonly head: string;
  /** Without chunk framing. */
  readonly body: Uint8Array;
  /** Counts the server's requests from 1. */
  readonly number: number;
  /** Counts the connection's requests from 1. */
  readonly onConnection: number;
}

/** The server's end of one connection. */
export interface RawConnection {
  /** Counts the server's connections from 1. */
  readonly number: number;
  /** Sends bytes; resolves when the system has taken them. */
  send(data: string | Uint8Array): Promise<void>;
  /** Sends bytes in pieces of `size`, each a write of its own. */
  sendInPieces(data: string | Uint8Array, size?: number): Promise<void>;
  /** Closes in order, after what was sent. */
  end(data?: string | Uint8Array): void;
  /** Sends a RST: what the other end has not read yet may be lost to it. */
  reset(): void;
  /** Takes no bytes of this connection for some ms. */
  stopReading(forMs: number): void;
  /** Resolves when the connection is closed, from whichever end. */
  readonly closed: Promise<void>;
}

/** Answers a request; the next one of the connection waits for the promise. */
export type RawHandler = (connection: RawConnection, request: RawRequest) => void | Promise<void>;

/** What a server may be told besides its handler. */
export interface RawServerOptions {
  /** Speak TLS with this certificate. */
  readonly tls?: CertificateFiles;
  /** Ask for a client certificate that this root signed. */
  readonly clientRoot?: string;
  readonly hostname?: string;
  /** Called as soon as a connection is accepted, before any request. */
  readonly onConnection?: (connection: RawConnection) => void | Promise<void>;
}

/** A running server; closes at the end of `await using`. */
export interface RawServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, or `https://localhost:PORT` with TLS. */
  readonly origin: string;
  readonly port: number;
  /** Connections accepted so far. */
  readonly connections: number;
  /** Connections open now. */
  readonly open: number;
  /** Requests received whole so far, in order. */
  readonly requests: readonly RawRequest[];
  /** Stops listening and destroys all connections. */
  close(): Promise<void>;
}

/** Starts a server on a free port. */
export async function startRawServer(
  handler: RawHandler,
  options: RawServerOptions = {},
): Promise<RawServer> {
  const hostname = options.hostname ?? "127.0.0.1";
  const requests: RawRequest[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;

  function accept(socket: Socket): void {
    const connection = connectionOver(socket, ++connections);
    socket.setNoDelay(true);
    let pieces: Uint8Array[] = [];
    let size = 0;
    let needed = 0;
    let onConnection = 0;
    let handled: Promise<void> = Promise.resolve(options.onConnection?.(connection));
    socket.on("data", (data: Uint8Array) => {
      pieces.push(data);
      size += data.length;
      if (size < needed) return;
      let arrived: Uint8Array = pieces.length === 1 ? data : Buffer.concat(pieces);
      for (let taken = takeRequest(arrived); taken; taken = takeRequest(arrived)) {
        arrived = taken.rest;
        const { head, body } = taken;
        const request = { head, body, number: requests.length + 1, onConnection: ++onConnection };
        requests.push(request);
        handled = handled.then(() => handler(connection, request));
      }
      pieces = [arrived];
      size = arrived.length;
      needed = declaredEnd(arrived);
    });
  }

  /** Keeps hold of a connection from its first moment, so that closing the server leaves none behind. */
  function track(socket: Socket): void {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  }

  const server = options.tls ? tlsServer({ ...options, tls: options.tls }, accept) : createServer(accept);
  server.on("connection", track);
  await new Promise<void>((resolve) => server.listen(0, hostname, resolve));
  const { port } = server.address() as AddressInfo;
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;

  async function close(): Promise<void> {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of [...sockets]) socket.destroy();
    await closed;
  }

  return {
    origin: options.tls ? `https://localhost:${port}` : `http://${host}:${port}`,
    port,
    requests,
    get connections() {
      return connections;
    },
    get open() {
      return sockets.size;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** An answer with a Content-Length. */
export function response(
  body: string,
  options: { readonly status?: string; readonly headers?: readonly string[] } = {},
): string {
  const lines = [
    `HTTP/1.1 ${options.status ?? "200 OK"}`,
    ...(options.headers ?? []),
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

function tlsServer(
  options: RawServerOptions & { readonly tls: CertificateFiles },
  accept: (socket: Socket) => void,
): Server {
  const { tls, clientRoot } = options;
  return createTlsServer({
    cert: tls.cert,
    key: tls.key,
    ALPNProtocols: ["http/1.1"],
    ...(clientRoot !== undefined && { requestCert: true, rejectUnauthorized: true, ca: [clientRoot] }),
  }, (socket) => {
    socket.on("error", () => {});
    accept(socket);
  });
}

function connectionOver(socket: Socket, number: number): RawConnection {
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  const send = (data: string | Uint8Array) =>
    new Promise<void>((resolve) => {
      if (socket.destroyed) resolve();
      // A write that fails has nobody to tell: the other end is gone.
      else socket.write(data, () => resolve());
    });
  return {
    number,
    closed,
    send,
    async sendInPieces(data, size = 1) {
      const bytes = typeof data === "string" ? Buffer.from(data) : data;
      for (let at = 0; at < bytes.length && !socket.destroyed; at += size) {
        await send(bytes.subarray(at, at + size));
        // Lets the other end run, so that pieces do not pile up into one.
        await pause(0);
      }
    },
    end(data) {
      if (data !== undefined) socket.write(data);
      socket.end();
    },
    reset() {
      socket.resetAndDestroy();
    },
    stopReading(forMs) {
      socket.pause();
      setTimeout(() => socket.resume(), forMs);
    },
  };
}

interface TakenRequest {
  readonly head: string;
  readonly body: Uint8Array;
  readonly rest: Uint8Array;
}

/** The first request in the bytes, if it is whole. */
function takeRequest(bytes: Uint8Array): TakenRequest | undefined {
  const headEnd = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, headEnd));
  const after = bytes.subarray(headEnd + 4);
  if (/^transfer-encoding:.*chunked/im.test(head)) {
    const taken = takeChunks(after);
    return taken && { head, ...taken };
  }
  const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  return after.length < length
    ? undefined
    : { head, body: Uint8Array.from(after.subarray(0, length)), rest: after.subarray(length) };
}

/** Where a request ends that declares its length; 0 where that is not known yet. */
function declaredEnd(bytes: Uint8Array): number {
  const headEnd = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf("\r\n\r\n");
  if (headEnd < 0) return 0;
  const length = /^content-length: *(\d+)/im.exec(
    new TextDecoder("latin1").decode(bytes.subarray(0, headEnd)),
  )?.[1];
  return length === undefined ? 0 : headEnd + 4 + Number(length);
}

function takeChunks(bytes: Uint8Array): { readonly body: Uint8Array; readonly rest: Uint8Array } | undefined {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let body: Uint8Array = new Uint8Array(0);
  for (let at = 0;;) {
    const lineEnd = view.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    const size = parseInt(view.toString("latin1", at, lineEnd), 16);
    const end = lineEnd + 2 + size + 2;
    if (end > view.length) return undefined;
    if (size === 0) return { body, rest: bytes.subarray(end) };
    body = joined(body, bytes.subarray(lineEnd + 2, end - 2));
    at = end;
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
