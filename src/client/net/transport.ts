/**
 * How connections come about: the one place where a dialer meets the system's sockets and TLS.
 *
 * @module
 */
import type { Abandonment } from "../../lib/clock.ts";
import type { Socket } from "./socket.ts";

/** Where a TCP connection leads. */
export interface TcpEndpoint {
  /** An IPv4 or IPv6 address. */
  readonly address: string;
  readonly port: number;
  /** Leave from this address of the machine; absent: the system chooses. */
  readonly localAddress?: string;
  /** TLS will be put on the connection. */
  readonly isTls: boolean;
}

/** Where a connection to a Unix socket leads. */
export interface UnixEndpoint {
  readonly path: string;
}

/** What a handshake says and expects. */
export interface TlsEndpoint {
  /** Name sent in the handshake and checked in the certificate. */
  readonly serverName: string;
  /** Protocols to offer, best first. */
  readonly alpnProtocols: readonly string[];
  /** Host and port: sessions are resumed with the same server only. */
  readonly origin: string;
  readonly signal: Abandonment;
}

/** A connection behind its handshake. */
export interface SecuredSocket {
  readonly socket: Socket;
  /** The protocol that the server chose; `null`: none. */
  readonly alpnProtocol: string | null;
  /** The handshake resumed an earlier session; absent: the transport does not tell. */
  readonly isResumed?: boolean;
}

/** Makes connections, one way or another. */
export interface Transport {
  /** Connects. Rejects when that fails or the signal aborts, with an error that says why. */
  connect(to: TcpEndpoint | UnixEndpoint, signal: Abandonment): Promise<Socket>;
  /**
   * Shakes hands on a connection of its own. When that fails or is aborted, it is closed and the promise rejects:
   * with {@linkcode UntriedRoots} where another handshake may succeed.
   */
  secure(socket: Socket, to: TlsEndpoint): Promise<SecuredSocket>;
}

/** A certificate was refused by some of the roots; the others are tried by the next handshake with that server. */
export class UntriedRoots extends Error {
  override readonly name = "UntriedRoots";
}
