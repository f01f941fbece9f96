/**
 * An HTTP/1.1 connection that stays open between exchanges.
 *
 * @module
 */
import type { ConnectionWear } from "../net/connection_wear.ts";
import type { Socket } from "../net/socket.ts";

/** One of a user's connections. */
export interface Connection {
  readonly origin: string;
  readonly socket: Socket;
  readonly address: string;
  /** Exchanges completed on it. */
  served: number;
  /** `null`: it is used for as long as it can be. */
  readonly wear: ConnectionWear | null;
}
