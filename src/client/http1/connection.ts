/**
 * An HTTP/1.1 connection that stays open between exchanges.
 *
 * @module
 */
import { readClock } from "../../lib/clock.ts";
import type { ClientSpec } from "../../plan/client_spec.ts";
import { type ConnectionWear, wearOf } from "../net/connection_wear.ts";
import type { Socket } from "../net/socket.ts";

/** One of a user's connections. */
export interface Connection {
  readonly origin: string;
  readonly socket: Socket;
  readonly address: string;
  /** On the clock of `performance.now()`. */
  readonly openedMs: number;
  /** Exchanges completed on it. */
  served: number;
  /** `null`: it is used for as long as it can be. */
  readonly wear: ConnectionWear | null;
}

/** A connection that was just opened. */
export function newConnection(
  origin: string,
  { socket, address, spec }: Pick<Connection, "socket" | "address"> & { readonly spec: ClientSpec },
): Connection {
  return { origin, socket, address, openedMs: readClock(), served: 0, wear: wearOf(spec) };
}
