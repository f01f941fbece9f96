/**
 * TLS for what `Deno.startTls` cannot do: unverified certificates, client certificates, bounds on the version. Goes
 * through `node:tls`, which costs about 15 % more CPU a request, and takes an end without close_notify for one with it.
 *
 * @module
 */
import type { Socket as TcpSocket } from "node:net";
import { checkServerIdentity, connect, type ConnectionOptions, rootCertificates } from "node:tls";
import type { TlsSpec } from "../../plan/run_plan.ts";
import type { Exchange } from "../exchange/http_client.ts";
import { NodeSocket } from "./node_socket.ts";
import type { Socket } from "./socket.ts";

/** Where and how to connect. */
export interface NodeTlsTarget {
  readonly address: string;
  readonly port: number;
  /** Name sent in the handshake and checked in the certificate. */
  readonly serverName: string;
  readonly tls: TlsSpec;
  readonly roots: Roots;
  /** Offered in the handshake, best first. */
  readonly alpnProtocols: readonly string[];
  readonly signal: AbortSignal;
  /** Leave from this address of the machine; absent: the system chooses. */
  readonly localAddress?: string;
  /** A connection that stands already, through a proxy. */
  readonly socket?: TcpSocket;
}

/**
 * Which roots a connection is checked against: the user's own, those that everybody trusts, or both. The platform parses
 * all roots that it is handed anew for each connection, the public ones as well: 150 of them cost more than the rest of a
 * handshake. Those that it trusts by itself it has prepared.
 */
export type Roots = "own" | "public" | "all";

/** Whether a specification needs this detour. */
export function needsNodeTls(tls: TlsSpec): boolean {
  return tls.viaNode === true || !tls.verify || tls.cert !== undefined || tls.minVersion !== undefined ||
    tls.maxVersion !== undefined;
}

/** What `node:tls` is told to send to a server, to trust, and to check. */
export function tlsOptions(tls: TlsSpec, serverName: string, roots: Roots = "all"): ConnectionOptions {
  return {
    // Addresses are not sent as names (RFC 6066, 3).
    ...(/^[\d.]+$|:/.test(serverName) ? {} : { servername: serverName }),
    // Without a name to send, the platform would check what it connects to: a proxy, or where a rule leads.
    checkServerIdentity: (_, certificate) => checkServerIdentity(serverName, certificate),
    ...(tls.caCerts.length > 0 && roots !== "public" && {
      ca: roots === "own" ? [...tls.caCerts] : [...rootCertificates, ...tls.caCerts],
    }),
    ...(tls.cert !== undefined && { cert: tls.cert }),
    ...(tls.key !== undefined && { key: tls.key }),
    ...(tls.minVersion && { minVersion: `TLSv${tls.minVersion}` as const }),
    ...(tls.maxVersion && { maxVersion: `TLSv${tls.maxVersion}` as const }),
  };
}

/** Connects and shakes hands, noting both times in `out`. Rejects when either fails or the signal aborts. */
export function openNodeTls(target: NodeTlsTarget, out: Exchange): Promise<Socket> {
  const { tls, signal } = target;
  const started = performance.now();
  let connected = started;
  const socket = connect({
    ...(target.socket ? { socket: target.socket } : { host: target.address, port: target.port }),
    ...(target.localAddress !== undefined && { localAddress: target.localAddress }),
    ...tlsOptions(tls, target.serverName, target.roots),
    rejectUnauthorized: tls.verify,
    ALPNProtocols: [...target.alpnProtocols],
  });
  socket.setNoDelay(true);
  return new Promise((resolve, reject) => {
    const abort = () => socket.destroy(new Error("Connection attempt aborted"));
    signal.addEventListener("abort", abort, { once: true });
    if (!target.socket) {
      socket.once("connect", () => {
        connected = performance.now();
        out.connectMs = connected - started;
      });
    }
    socket.once("secureConnect", () => {
      out.tlsMs = performance.now() - connected;
      if (socket.alpnProtocol === "h2") out.protocol = 20;
      signal.removeEventListener("abort", abort);
      resolve(new NodeSocket(socket));
    });
    socket.on("error", (error: Error) => {
      signal.removeEventListener("abort", abort);
      reject(error);
    });
  });
}
