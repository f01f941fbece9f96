/**
 * From a URL to an open WebSocket connection: dialing, and the handshake.
 *
 * @module
 */
import { closeQuietly } from "../../lib/net/close_quietly.ts";
import type { Exchange } from "../exchange/http_client.ts";
import type { Dialer } from "../net/dialer.ts";
import type { Socket } from "../net/socket.ts";
import { tracedHeaders, type TraceSampler } from "../trace/trace_context.ts";
import { type ConnectionOptions, type ConnectionUser, WebSocketConnection } from "./connection.ts";
import { type Handshake, type HandshakeWish, shakeHands } from "./handshake.ts";
import { openTunnel, type TunnelGroup } from "./over_http2.ts";

/** How a connection is opened and used. */
export interface OpenOptions extends ConnectionOptions {
  readonly dialer: Pick<Dialer, "dial">;
  readonly wish: HandshakeWish;
  readonly user: ConnectionUser;
  /** Gives up: the socket is closed. */
  readonly signal: AbortSignal;
  /** Opens streams of these connections; absent: each connection is one of its own. */
  readonly tunnels?: TunnelGroup | undefined;
  /** Decides which handshakes servers record traces of; absent: none. */
  readonly sampler?: TraceSampler | undefined;
}

/** A connection that does not read yet. */
export interface Opened {
  readonly connection: WebSocketConnection;
  /** What the server chose; `""`: none. */
  readonly subprotocol: string;
}

/** Opens a connection. `null`: it could not be, and `out` says why; an abort says nothing there. */
export async function openConnection(options: OpenOptions, out: Exchange): Promise<Opened | null> {
  const { tunnels, sampler } = options;
  const asked = sampler === undefined
    ? options
    : { ...options, wish: tracedWish(options.wish, sampler, out) };
  const opened = tunnels === undefined ? await openOwn(asked, out) : await openTunnel(tunnels, asked, out);
  if (opened === null) return null;
  const { socket, handshake } = opened;
  return {
    connection: new WebSocketConnection(socket, handshake, options),
    subprotocol: handshake.subprotocol,
  };
}

/** The handshake with a trace context, if it is drawn. */
function tracedWish(wish: HandshakeWish, sampler: TraceSampler, out: Exchange): HandshakeWish {
  out.traceParent = "";
  return sampler.draw() ? { ...wish, headers: tracedHeaders(wish.headers, sampler, out) } : wish;
}

/** A connection that is nothing but this WebSocket. */
async function openOwn(
  { dialer, wish, signal }: OpenOptions,
  out: Exchange,
): Promise<{ readonly socket: Socket; readonly handshake: Handshake } | null> {
  const socket = await dialer.dial(wish.url, out, signal, true);
  if (socket === null) return null;
  const cut = () => socket.close();
  signal.addEventListener("abort", cut, { once: true });
  const handshake = signal.aborted ? null : await shakeHands(socket, wish, out);
  signal.removeEventListener("abort", cut);
  if (handshake !== null && !signal.aborted) return { socket, handshake };
  if (!signal.aborted) closeQuietly(socket);
  return null;
}
