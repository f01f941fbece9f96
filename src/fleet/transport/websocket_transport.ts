/**
 * Pipes over WebSocket (RFC 6455): a node calls, a master listens; over TLS where the URL or the certificate says so.
 *
 * @module
 */
import { messageOf, RunError } from "../../lib/errors.ts";
import { MAX_FRAME_CHARS, type Transport, TransportEvents } from "./transport.ts";

/** A frame and what a signature and a header add to it. */
const MAX_CHARS = MAX_FRAME_CHARS + 1024;
/** Bytes that may wait for a peer that does not read before it counts as lost: 64 MiB. */
const MAX_WAITING_BYTES = 67_108_864;

/** What the path of a connection must be, so that a browser's or a scanner's request is told apart. */
const PATH = "/fleet";

/**
 * Calls a master.
 * @throws {RunError} when it cannot be reached.
 */
export async function callMaster(url: string, caCerts: readonly string[]): Promise<Transport> {
  const client = caCerts.length > 0 ? Deno.createHttpClient({ caCerts: [...caCerts] }) : undefined;
  const socket = new WebSocket(new URL(PATH, url).href, client ? { client } : {});
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let problem = "no answer";
  socket.onopen = () => resolve();
  socket.onerror = (event) => problem = messageOf((event as ErrorEvent).message || "failed");
  socket.onclose = () => reject(new RunError(`Cannot reach the master at ${url}: ${problem}`));
  try {
    await promise;
  } catch (error) {
    client?.close();
    throw error;
  }
  return transportOf(socket, { peer: url, onEnd: () => client?.close() });
}

/** Where a master listens. */
export interface MasterAddress {
  readonly hostname: string;
  readonly port: number;
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
  address: MasterAddress,
  onTransport: (transport: Transport) => void,
): MasterListener {
  const stopping = new AbortController();
  const { hostname, port, tls } = address;
  const options = {
    hostname,
    port,
    signal: stopping.signal,
    onListen: () => {},
    onError: () => new Response(null, { status: 500 }),
    ...tls,
  };
  try {
    const server = Deno.serve(options as Deno.ServeTcpOptions, (request, { remoteAddr }) => {
      const isCall = request.headers.get("upgrade")?.toLowerCase() === "websocket" &&
        new URL(request.url).pathname === PATH;
      if (!isCall) {
        return new Response("This is a bench master: it talks to workers only.\n", { status: 404 });
      }
      // A page in a browser could call from its visitor's machine.
      if (request.headers.has("origin")) return new Response(null, { status: 403 });
      const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: 0 });
      const { hostname: host, port: from } = remoteAddr as Deno.NetAddr;
      onTransport(transportOf(socket, { peer: `${host}:${from}` }));
      return response;
    });
    return {
      port: server.addr.port,
      close: async () => {
        stopping.abort();
        await server.finished;
      },
    };
  } catch (error) {
    throw new RunError(`Cannot listen for workers on ${hostname}:${port}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function transportOf(
  socket: WebSocket,
  { peer, onEnd }: { readonly peer: string; readonly onEnd?: () => void },
): Transport {
  const events = new TransportEvents();
  const waiting: string[] = [];
  const end = (reason: string) => {
    if (events.isOver) return;
    events.end(reason);
    onEnd?.();
    if (socket.readyState < WebSocket.CLOSING) {
      socket.close(1000, reason.slice(0, 30).replace(/[^ -~]/g, "?"));
    }
  };
  socket.onopen = () => waiting.splice(0).forEach((frame) => socket.send(frame));
  socket.onmessage = ({ data }) => {
    if (typeof data !== "string") end("it sent bytes instead of text");
    else if (data.length > MAX_CHARS) end(`it sent a frame of ${data.length} characters`);
    else events.frame(data);
  };
  socket.onclose = ({ reason, wasClean }) => end(reason || (wasClean ? "it closed" : "the connection broke"));
  socket.onerror = () => {}; // A close follows, which tells as much.
  return {
    peer,
    isLossy: false,
    send: (frame) => {
      if (events.isOver) return;
      if (socket.readyState === WebSocket.CONNECTING) waiting.push(frame);
      else if (socket.readyState !== WebSocket.OPEN) return;
      else if (socket.bufferedAmount > MAX_WAITING_BYTES) end("it does not read what it is sent");
      else socket.send(frame);
    },
    onFrame: events.onFrame,
    onEnd: events.onEnd,
    close: end,
  };
}
