/**
 * Opens connections for all users of a slot: names to addresses, TCP, TLS. Each phase is timed at the socket.
 *
 * @module
 */
import { lookup } from "node:dns/promises";
import type { ClientSpec } from "../../plan/run_plan.ts";
import { messageOf } from "../../lib/errors.ts";
import type { Exchange } from "../http_client.ts";
import { failureOf } from "./failure_of.ts";
import { needsNodeTls, openNodeTls } from "./node_tls.ts";
import type { Wire } from "./wire.ts";

/** Where a name leads: its addresses, and which of them to use next. */
interface Addresses {
  readonly list: readonly string[];
  next: number;
}

/** Makes connections as one client specification wants them. */
export class Dialer {
  readonly #spec: ClientSpec;
  readonly #addresses = new Map<string, Promise<Addresses>>();

  constructor(spec: ClientSpec) {
    this.#spec = spec;
  }

  /**
   * Connects to a URL's server, noting phases, or the failure, in `out`.
   * Resolves to `null` after a failure; an abort counts as one.
   */
  async dial(url: URL, out: Exchange, signal: AbortSignal): Promise<Wire | null> {
    out.connects++;
    try {
      return await this.#open(url, out, signal);
    } catch (error) {
      out.failure = failureOf(error);
      out.failureDetail = messageOf(error);
      return null;
    }
  }

  async #open(url: URL, out: Exchange, signal: AbortSignal): Promise<Wire> {
    const isTls = url.protocol === "https:";
    const port = url.port === "" ? (isTls ? 443 : 80) : Number(url.port);
    const host = url.hostname.replace(/^\[|\]$/g, "");
    const serverName = this.#spec.tls.sni ?? host;
    const addresses = await this.#resolve(host, out);
    return await this.#tryEach(addresses, signal, async (address) => {
      out.address = address;
      if (isTls && needsNodeTls(this.#spec.tls)) {
        return await openNodeTls({ address, port, serverName, tls: this.#spec.tls, signal }, out);
      }
      const started = performance.now();
      const tcp = await Deno.connect({ hostname: address, port, signal });
      tcp.setNoDelay(true);
      out.connectMs = performance.now() - started;
      return isTls ? await this.#secure(tcp, { serverName, signal, out }) : tcp;
    });
  }

  async #resolve(host: string, out: Exchange): Promise<Addresses> {
    if (/^[\d.]+$|:/.test(host)) return { list: [host], next: 0 };
    const known = this.#addresses.get(host);
    if (known) return await known;
    const started = performance.now();
    const looking = lookup(host, { all: true, family: this.#spec.family ?? 0 }).then(
      (found) => ({ list: found.map((entry) => entry.address), next: 0 }),
    );
    this.#addresses.set(host, looking);
    try {
      return await looking;
    } catch (error) {
      this.#addresses.delete(host);
      throw error;
    } finally {
      out.dnsMs = performance.now() - started;
    }
  }

  /** Tries the addresses in turn, beginning with the one that answered last. */
  async #tryEach(
    addresses: Addresses,
    signal: AbortSignal,
    open: (address: string) => Promise<Wire>,
  ): Promise<Wire> {
    let problem: unknown;
    for (let tried = 0; tried < addresses.list.length; tried++) {
      const at = addresses.next % addresses.list.length;
      try {
        return await open(addresses.list[at]!);
      } catch (error) {
        if (signal.aborted) throw error;
        problem ??= error;
        addresses.next = at + 1;
      }
    }
    throw problem;
  }

  async #secure(
    tcp: Deno.TcpConn,
    to: { readonly serverName: string; readonly signal: AbortSignal; readonly out: Exchange },
  ): Promise<Wire> {
    const started = performance.now();
    const conn = await Deno.startTls(tcp, {
      hostname: to.serverName,
      caCerts: [...this.#spec.tls.caCerts],
      alpnProtocols: ["http/1.1"],
    });
    const close = () => conn.close();
    to.signal.addEventListener("abort", close, { once: true });
    try {
      await conn.handshake();
    } catch (error) {
      if (!to.signal.aborted) conn.close();
      throw error;
    } finally {
      to.signal.removeEventListener("abort", close);
    }
    to.out.tlsMs = performance.now() - started;
    return conn;
  }
}
