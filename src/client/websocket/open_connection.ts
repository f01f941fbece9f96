/**
 * From a URL to an open WebSocket connection: dialing, and the handshake.
 *
 * @module
 */
import type { Exchange } from "../exchange/http_client.ts";
import type { Dialer } from "../net/dialer.ts";
import { type ConnectionOptions, type ConnectionUser, WebSocketConnection } from "./connection.ts";
import { type HandshakeWish, shakeHands } from "./handshake.ts";

/** How a connection is opened and used. */
export interface OpenOptions extends ConnectionOptions {
  readonly dialer: Pick<Dialer, "dial">;
  readonly wish: HandshakeWish;
  readonly user: ConnectionUser;
  /** Gives up: the socket is closed. */
  readonly signal: AbortSignal;
}

/** A connection that does not read yet. */
export interface Opened {
  readonly connection: WebSocketConnection;
  /** What the server chose; `""`: none. */
  readonly subprotocol: string;
}

/** Opens a connection. `null`: it could not be, and `out` says why; an abort says nothing there. */
export async function openConnection(
  { dialer, wish, signal, user, maxMessageBytes, closeTimeoutMs, keepsMessages }: OpenOptions,
  out: Exchange,
): Promise<Opened | null> {
  const socket = await dialer.dial(wish.url, out, signal, true);
  if (socket === null) return null;
  const cut = () => socket.close();
  signal.addEventListener("abort", cut, { once: true });
  const handshake = signal.aborted ? null : await shakeHands(socket, wish, out);
  signal.removeEventListener("abort", cut);
  if (handshake !== null && !signal.aborted) {
    const { subprotocol } = handshake;
    const options = { user, maxMessageBytes, closeTimeoutMs, keepsMessages };
    return { connection: new WebSocketConnection(socket, handshake, options), subprotocol };
  }
  try {
    if (!signal.aborted) socket.close();
  } catch {
    // Closed already, by the other end.
  }
  return null;
}
