/**
 * TLS for what `Deno.startTls` cannot do: unverified certificates, client certificates, bounds on the version. Goes
 * through `node:tls`, which costs about 15 % more CPU a request, and takes an end without close_notify for one with it.
 *
 * @module
 */
import type { Socket as TcpSocket } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { isIpAddress } from "../../lib/net/ip_address.ts";
import { nodeModule } from "../../lib/node_modules.ts";
import type { TlsSpec } from "../../plan/client_spec.ts";
import { NodeSocket } from "./node_socket.ts";
import type { SecuredSocket, TlsEndpoint } from "./transport.ts";

/** A handshake, and what is wanted of the server. */
export interface NodeTlsTarget extends TlsEndpoint {
  readonly tls: TlsSpec;
  readonly roots: Roots;
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
  const { checkServerIdentity, rootCertificates } = nodeModule("node:tls");
  return {
    // Addresses are not sent as names (RFC 6066, 3).
    ...(isIpAddress(serverName) ? {} : { servername: serverName }),
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

/** Shakes hands on a connection that stands. Rejects, with the connection closed, when that fails or is aborted. */
export function secureNodeSocket(tcp: TcpSocket, target: NodeTlsTarget): Promise<SecuredSocket> {
  const { tls, serverName, roots, alpnProtocols, signal } = target;
  const socket = nodeModule("node:tls").connect({
    socket: tcp,
    ...tlsOptions(tls, serverName, roots),
    rejectUnauthorized: tls.verify,
    ALPNProtocols: [...alpnProtocols],
  });
  return new Promise((resolve, reject) => {
    const abort = () => socket.destroy(new Error("Connection attempt aborted"));
    signal.addEventListener("abort", abort, { once: true });
    socket.once("secureConnect", () => {
      signal.removeEventListener("abort", abort);
      resolve({ socket: new NodeSocket(socket), alpnProtocol: socket.alpnProtocol || null });
    });
    socket.on("error", (error: Error) => {
      signal.removeEventListener("abort", abort);
      tcp.destroy();
      reject(error);
    });
  });
}
