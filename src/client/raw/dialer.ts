/**
 * Opens connections for all users of a slot: names to addresses, TCP, TLS. Each phase is timed at the socket.
 *
 * @module
 */
import { lookup } from "node:dns/promises";
import type { ClientSpec } from "../../plan/run_plan.ts";
import { messageOf } from "../../lib/errors.ts";
import { FAILURE } from "../../metrics/failure.ts";
import type { Exchange } from "../http_client.ts";
import { routeTo } from "../route.ts";
import { failureOf } from "./failure_of.ts";
import { needsNodeTls, openNodeTls } from "./node_tls.ts";
import type { Wire } from "./wire.ts";

/** How long an address that refused a connection is passed over while others are left. */
const PASS_OVER_MS = 10_000;

/** Where a name leads: its addresses, and which of them to use next. */
interface Addresses {
  readonly list: readonly string[];
  /** Counts the connections that asked for one. */
  next: number;
  /** Until when addresses that refused are passed over. */
  readonly downUntilMs: Map<string, number>;
}

/** A look-up, under way or done. */
interface LookUp {
  readonly startedMs: number;
  readonly addresses: Promise<Addresses>;
}

/** What a dialer asks of the system. */
export interface DialerSources {
  /** The addresses of a name; family 0 is any. Rejects when there are none. */
  lookUp(host: string, family: 0 | 4 | 6): Promise<readonly string[]>;
  /** The time, in ms. */
  now(): number;
}

const SYSTEM: DialerSources = {
  lookUp: async (host, family) => (await lookup(host, { all: true, family })).map((entry) => entry.address),
  now: () => performance.now(),
};

/** Makes connections as one client specification wants them. */
export class Dialer {
  readonly #spec: ClientSpec;
  readonly #sources: DialerSources;
  readonly #lookUps = new Map<string, LookUp>();

  constructor(spec: ClientSpec, sources: DialerSources = SYSTEM) {
    this.#spec = spec;
    this.#sources = sources;
  }

  /**
   * Connects to a URL's server, noting phases, or the failure, in `out`.
   * Resolves to `null` after a failure; an abort counts as one.
   */
  async dial(url: URL, out: Exchange, signal: AbortSignal): Promise<Wire | null> {
    out.connects++;
    out.address = "";
    try {
      return await this.#open(url, out, signal);
    } catch (error) {
      const isNoSocket = this.#spec.unixSocket !== undefined && error instanceof Deno.errors.NotFound;
      out.failure = isNoSocket ? FAILURE.connection_refused : failureOf(error);
      out.failureDetail = messageOf(error);
      return null;
    }
  }

  async #open(url: URL, out: Exchange, signal: AbortSignal): Promise<Wire> {
    const isTls = url.protocol === "https:";
    if (this.#spec.unixSocket !== undefined) {
      if (isTls) throw new Error("TLS over a Unix socket is not supported");
      return await openUnix(this.#spec.unixSocket, out, signal);
    }
    const urlHost = url.hostname.replace(/^\[|\]$/g, "");
    const urlPort = url.port === "" ? (isTls ? 443 : 80) : Number(url.port);
    const serverName = this.#spec.tls.sni ?? urlHost;
    const { host, port } = routeTo({ host: urlHost, port: urlPort }, this.#spec.resolve);
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
    if (/^[\d.]+$|:/.test(host)) return { list: [host], next: 0, downUntilMs: new Map() };
    const known = this.#lookUps.get(host);
    const startedMs = this.#sources.now();
    if (known && startedMs - known.startedMs < (this.#spec.dnsRefreshMs ?? Infinity)) {
      return await known.addresses;
    }
    const startedAt = performance.now();
    const addresses = this.#sources.lookUp(host, this.#spec.family ?? 0).then((found): Addresses => ({
      list: [...new Set(found)],
      next: 0,
      downUntilMs: new Map(),
    }));
    const looking = { startedMs, addresses };
    this.#lookUps.set(host, looking);
    try {
      return await addresses;
    } catch (error) {
      if (this.#lookUps.get(host) === looking) this.#lookUps.delete(host);
      throw error;
    } finally {
      out.dnsMs = performance.now() - startedAt;
    }
  }

  /** Tries the addresses, each connection beginning with the next one; those that refused lately come last. */
  async #tryEach(
    addresses: Addresses,
    signal: AbortSignal,
    open: (address: string) => Promise<Wire>,
  ): Promise<Wire> {
    let problem: unknown;
    for (const address of inTurn(addresses, this.#sources.now())) {
      try {
        return await open(address);
      } catch (error) {
        if (signal.aborted) throw error;
        problem ??= error;
        const kind = failureOf(error);
        if (kind === FAILURE.connection_refused || kind === FAILURE.unreachable) {
          addresses.downUntilMs.set(address, this.#sources.now() + PASS_OVER_MS);
        }
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

/** The addresses in the order in which one connection tries them. */
function inTurn(addresses: Addresses, nowMs: number): readonly string[] {
  const isDown = (address: string) => (addresses.downUntilMs.get(address) ?? 0) > nowMs;
  const up = addresses.list.filter((address) => !isDown(address));
  const at = up.length > 0 ? addresses.next++ % up.length : 0;
  return [...up.slice(at), ...up.slice(0, at), ...addresses.list.filter(isDown)];
}

async function openUnix(path: string, out: Exchange, signal: AbortSignal): Promise<Wire> {
  out.address = path;
  const started = performance.now();
  const conn = await Deno.connect({ transport: "unix", path });
  if (signal.aborted) {
    conn.close();
    throw new Error("Connection attempt aborted");
  }
  out.connectMs = performance.now() - started;
  return conn;
}
