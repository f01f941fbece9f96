/**
 * Transports over WebSocket (RFC 6455): a node calls, a master listens; over TLS where the URL or the certificate says
 * so. Whoever is at the other end gets a few kilobytes and a few seconds to prove that it knows the secret.
 *
 * @module
 */
import { MAX_FRAME_CHARS, MAX_STRANGER_BYTES, MAX_UNREAD_BYTES } from "../../lib/size_limits.ts";
import { createServer, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { createSecureContext, TLSSocket } from "node:tls";
// @ts-types="@types/ws"
import { WebSocket, WebSocketServer } from "ws";
import { messageOf, RunError } from "../../lib/errors.ts";
import { GuardedConnection } from "../../lib/net/guarded_connection.ts";
import { type Arrival, GuardedListener, type StrangerLimits } from "../../lib/net/guarded_listener.ts";
import { type Transport, TransportEvents } from "./transport.ts";

/** A frame and what a signature and a header add to it. */
const MAX_CHARS = MAX_FRAME_CHARS + 1024;
/** How long an end of a connection may take. */
const CLOSE_MS = 1000;
const CONNECT_MS = 10_000;

/** Besides the workers that are expected. */
const STRANGERS: StrangerLimits = {
  max: 160,
  slowMs: 200,
  oldMs: 1000,
  maxAgeMs: 5000,
  maxBytes: MAX_STRANGER_BYTES,
};

/** Limits of one message; a character takes three bytes at most. */
export const MESSAGE_LIMITS = {
  maxPayload: 3 * MAX_CHARS,
  maxFragments: 64,
  perMessageDeflate: false,
  // Nobody here asks for a sign of life in this way.
  autoPong: false,
} as const;

/** What the path of a connection must be, so that a browser's or a scanner's request is told apart. */
const PATH = "/fleet";

/**
 * Calls a master.
 * @throws {RunError} when it cannot be reached.
 */
export async function callMaster(url: string, caCerts: readonly string[]): Promise<Transport> {
  const problem = (error: unknown) =>
    new RunError(`Cannot reach the master at ${url}: ${messageOf(error)}`, { cause: error });
  let connection: GuardedConnection | undefined;
  try {
    connection = new GuardedConnection(await connectTo(new URL(url), caCerts), MAX_STRANGER_BYTES);
    // What encrypts is below.
    const address = new URL(PATH, url.replace(/^wss:/, "ws:"));
    const through = connection as unknown as Socket;
    const socket = new WebSocket(address, {
      ...MESSAGE_LIMITS,
      createConnection: () => through,
      handshakeTimeout: CONNECT_MS,
    });
    await new Promise<void>((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    return transportOf(socket, connection, url);
  } catch (error) {
    connection?.destroy();
    throw problem(error);
  }
}

async function connectTo(
  { protocol, hostname, port: given }: URL,
  caCerts: readonly string[],
): Promise<Deno.TcpConn | Deno.TlsConn> {
  const isTls = protocol === "wss:";
  const port = Number(given || (isTls ? 443 : 80));
  const host = hostname.replace(/^\[|\]$/g, "");
  const tcp = await Deno.connect({ hostname: host, port, signal: AbortSignal.timeout(CONNECT_MS) });
  tcp.setNoDelay(true);
  if (!isTls) return tcp;
  const tls = await Deno.startTls(tcp, { hostname: host, caCerts: [...caCerts] });
  const timer = setTimeout(() => tls.close(), CONNECT_MS);
  try {
    await tls.handshake();
    return tls;
  } catch (error) {
    tls.close();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Where a master listens. */
export interface MasterAddress {
  readonly hostname: string;
  readonly port: number;
  /** Workers that may come at the same moment. */
  readonly expected?: number;
  /** PEM texts; absent: no TLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** A listening master. */
export interface MasterListener {
  readonly port: number;
  /** Stops listening and cuts what is still connected. */
  close(): Promise<void>;
}

/**
 * Listens for nodes; `onTransport` gets every connection, whoever it is.
 * @throws {RunError} when the address cannot be used.
 */
export function listenForNodes(
  { hostname, port, tls, expected = 0 }: MasterAddress,
  onTransport: (transport: Transport) => void,
): MasterListener {
  const http = createServer({ keepAlive: false }, (_request, response) => {
    response.writeHead(404, { connection: "close", "content-type": "text/plain; charset=utf-8" });
    response.end("This is a bench master: it talks to workers only.\n");
  });
  const upgrader = new WebSocketServer({ noServer: true, ...MESSAGE_LIMITS });
  const arrivals = new WeakMap<object, Arrival>();
  http.on("upgrade", (request, socket, head) => {
    const arrival = arrivals.get(socket);
    // A page in a browser could call from its visitor's machine.
    if (arrival === undefined || !isCall(request)) return socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    upgrader.handleUpgrade(request, socket, head, (webSocket) => {
      onTransport(transportOf(webSocket, arrival.connection, arrival.peer));
    });
  });
  http.on("clientError", (_error, socket) => socket.destroy());
  try {
    const secureContext = tls && createSecureContext(tls);
    const listener = Deno.listen({ hostname: hostname.replace(/^\[|\]$/g, ""), port });
    const guarded = new GuardedListener(
      listener,
      { ...STRANGERS, max: STRANGERS.max + expected },
      (arrival) => {
        const plain = arrival.connection as unknown as Socket;
        const socket = secureContext ? new TLSSocket(plain, { isServer: true, secureContext }) : plain;
        socket.on("error", () => plain.destroy());
        arrivals.set(socket, arrival);
        http.emit("connection", socket);
      },
    );
    return { port: listener.addr.port, close: () => guarded.close() };
  } catch (error) {
    throw new RunError(`Cannot listen for workers on ${hostname}:${port}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function isCall({ url, headers }: IncomingMessage): boolean {
  return url === PATH && headers.origin === undefined;
}

function transportOf(socket: WebSocket, connection: GuardedConnection, peer: string): Transport {
  const events = new TransportEvents();
  let problem: string | undefined;
  const end = (reason: string) => {
    if (events.isOver) return;
    events.end(reason);
    socket.close(1000, reason.slice(0, 30).replace(/[^ -~]/g, "?"));
    const timer = setTimeout(() => connection.destroy(), CLOSE_MS);
    connection.once("close", () => clearTimeout(timer));
  };
  socket.on("message", (data, isBinary) => {
    if (isBinary) return end("it sent bytes instead of text");
    const frame = data.toString();
    if (frame.length > MAX_CHARS) end(`it sent a frame of ${frame.length} characters`);
    else events.frame(frame);
  });
  connection.on("error", (error) => problem ??= messageOf(error));
  socket.on("error", (error) => problem ??= messageOf(error));
  socket.on("close", (code, reason) => {
    end(reason.toString() || (problem ?? (code === 1006 ? "the connection broke" : "it closed")));
    connection.destroy();
  });
  return {
    peer,
    isLossy: false,
    send: (frame) => {
      if (events.isOver || socket.readyState !== WebSocket.OPEN) return;
      if (socket.bufferedAmount > MAX_UNREAD_BYTES) end("it does not read what it is sent");
      else socket.send(frame);
    },
    trust: () => connection.trust(),
    onFrame: events.onFrame,
    onEnd: events.onEnd,
    close: end,
  };
}
