/**
 * Connections by the platform: `Deno.connect` and `Deno.startTls`, and `node:net` and `node:tls` for what those cannot do.
 *
 * @module
 */
import type { Abandonment } from "../../lib/clock.ts";
import { platformSignal } from "./attempt.ts";
import type { Socket as TcpSocket } from "node:net";
import { messageOf } from "../../lib/errors.ts";
import { FAILURE } from "../../metrics/failure.ts";
import type { TlsSpec } from "../../plan/client_spec.ts";
import { failureOf } from "../exchange/failure_of.ts";
import { DenoSocket } from "./deno_socket.ts";
import { NodeSocket, openNodeTcp } from "./node_socket.ts";
import { needsNodeTls, secureNodeSocket } from "./node_tls.ts";
import { RootChoice } from "./root_choice.ts";
import type { Socket } from "./socket.ts";
import {
  type SecuredSocket,
  type TcpEndpoint,
  type TlsEndpoint,
  type Transport,
  type UnixEndpoint,
  UntriedRoots,
} from "./transport.ts";

/** The platform's own sockets. */
export class PlatformTransport implements Transport {
  readonly #tls: TlsSpec;
  readonly #roots: RootChoice;
  readonly #needsNode: boolean;
  /**
   * A handshake was given up. The platform keeps the descriptor of such a connection until the server closes it, so
   * that connections after this one are made with `node:tls`, which does not.
   */
  #hasHung = false;

  /** `viaNode`: all sockets are those of `node:net`. */
  constructor(tls: TlsSpec, { viaNode = false } = {}) {
    this.#tls = tls;
    this.#roots = new RootChoice(tls);
    this.#needsNode = viaNode;
  }

  async connect(to: TcpEndpoint | UnixEndpoint, signal: Abandonment): Promise<Socket> {
    if ("path" in to) return new DenoSocket(await Deno.connect({ transport: "unix", path: to.path }));
    const { address, port, localAddress, isTls } = to;
    const needsNode = this.#needsNode || localAddress !== undefined ||
      (isTls && (this.#hasHung || needsNodeTls(this.#tls)));
    if (needsNode) return await openNodeTcp({ ...to, signal });
    const tcp = await Deno.connect({ hostname: address, port, signal: platformSignal(signal) });
    tcp.setNoDelay(true);
    return new DenoSocket(tcp);
  }

  secure(socket: Socket, to: TlsEndpoint): Promise<SecuredSocket> {
    return socket instanceof NodeSocket
      ? this.#secureNode(socket.detach(), to)
      : this.#secureDeno((socket as DenoSocket<Deno.TcpConn>).detach(), to);
  }

  async #secureNode(tcp: TcpSocket, to: TlsEndpoint): Promise<SecuredSocket> {
    const roots = this.#roots.rootsFor(to.serverName);
    try {
      return await secureNodeSocket(tcp, { ...to, tls: this.#tls, roots });
    } catch (error) {
      if (!this.#roots.noteFailure(to.serverName, roots, error)) throw error;
      throw new UntriedRoots(messageOf(error), { cause: error });
    }
  }

  async #secureDeno(tcp: Deno.TcpConn, to: TlsEndpoint): Promise<SecuredSocket> {
    const { serverName, alpnProtocols, signal } = to;
    const conn = await Deno.startTls(tcp, {
      hostname: serverName,
      caCerts: [...this.#tls.caCerts],
      alpnProtocols: [...alpnProtocols],
    });
    if (signal.aborted) {
      conn.close();
      throw new Error("Connection attempt aborted");
    }
    const close = () => {
      this.#hasHung = true;
      conn.close();
    };
    signal.addEventListener("abort", close, { once: true });
    try {
      const { alpnProtocol } = await conn.handshake();
      return { socket: new DenoSocket(conn), alpnProtocol };
    } catch (error) {
      if (!signal.aborted) conn.close();
      if (failureOf(error) !== FAILURE.other) throw error;
      throw new Error(`TLS handshake failed: ${messageOf(error)}`, { cause: error });
    } finally {
      signal.removeEventListener("abort", close);
    }
  }
}
