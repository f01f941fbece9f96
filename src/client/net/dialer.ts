/**
 * Opens connections for all users of a slot: names to addresses, TCP, TLS. Each phase is timed at the socket.
 *
 * @module
 */
import { lookup } from "node:dns/promises";
import type { Socket as TcpSocket } from "node:net";
import type { ClientSpec } from "../../plan/run_plan.ts";
import { messageOf } from "../../lib/errors.ts";
import { FAILURE } from "../../metrics/failure.ts";
import { Exchange } from "../exchange/http_client.ts";
import { type Addresses, inTurn, nextOf } from "./addresses.ts";
import { isOutOfDescriptors } from "./out_of_descriptors.ts";
import { type Proxy, proxyFor } from "./proxy.ts";
import { demandAllowed, ForbiddenTarget, type OwnerRules } from "../../plan/owner_rules.ts";
import { RootChoice } from "./root_choice.ts";
import { type Route, routeOf, routeTo } from "../../plan/route.ts";
import { detailOf, failureOf } from "../exchange/failure_of.ts";
import { needsNodeTls, openNodeTls } from "./node_tls.ts";
import { type NodeSocket, openNodeTcp } from "./node_socket.ts";
import { passProxy, ProxyError } from "./pass_proxy.ts";
import type { Socket } from "./socket.ts";

/** How long an address that refused a connection is passed over while others are left. */
const PASS_OVER_MS = 10_000;

/** How long to wait for room in a Unix socket's queue before the next try. */
const QUEUE_WAIT_MS = 1;

/** A look-up, under way or done. */
interface LookUp {
  readonly startedMs: number;
  readonly addresses: Promise<Addresses>;
}

/** A connection to be made through a proxy. */
interface Passage {
  readonly route: Route;
  readonly isTls: boolean;
  /** TLS will be done by `node:tls`. */
  readonly needsNode: boolean;
  readonly signal: AbortSignal;
  readonly out: Exchange;
}

/** What a dialer asks of the system. */
export interface DialerSources {
  /** The addresses of a name; family 0 is any. Rejects when there are none. */
  lookUp(host: string, family: 0 | 4 | 6): Promise<readonly string[]>;
  connectUnix(path: string): Promise<Socket>;
  /** The time, in ms. */
  now(): number;
}

const SYSTEM: DialerSources = {
  lookUp: async (host, family) => (await lookup(host, { all: true, family })).map((entry) => entry.address),
  connectUnix: (path) => Deno.connect({ transport: "unix", path }),
  now: () => performance.now(),
};

/** Makes connections as one client specification wants them. */
export class Dialer {
  readonly #spec: ClientSpec;
  readonly #sources: DialerSources;
  /**
   * A handshake was given up. The platform keeps the descriptor of such a connection until the server closes it, so
   * that connections after this one are made with `node:tls`, which does not.
   */
  #hasHung = false;
  readonly #roots: RootChoice;
  readonly #lookUps = new Map<string, LookUp>();
  /** Servers that never answered when they were asked whether they want a body; for all users alike. */
  readonly expectIgnorers = new Set<string>();
  /** Origins that refuse it: they are not asked again. */
  readonly expectRefusers = new Set<string>();
  /** Connections that took a local address in turn. */
  #dialed = 0;
  /** The last attempt to connect to a Unix socket. */
  #unixTurn: Promise<unknown> = Promise.resolve();

  readonly #rules: OwnerRules | undefined;

  /** `sources`: what does not come from the system; `rules`: where connections may lead, whatever the specification. */
  constructor(spec: ClientSpec, sources: Partial<DialerSources> = {}, rules?: OwnerRules) {
    this.#spec = spec;
    this.#roots = new RootChoice(spec.tls);
    this.#sources = { ...SYSTEM, ...sources };
    this.#rules = rules;
  }

  /**
   * Connects to a URL's server, noting phases, the protocol agreed upon, or the failure, in `out`.
   * Resolves to `null` after a failure; an abort counts as one.
   */
  async dial(url: URL, out: Exchange, signal: AbortSignal): Promise<Socket | null> {
    out.address = "";
    try {
      const socket = await this.#open(url, out, signal);
      out.connects++;
      return socket;
    } catch (error) {
      const isNoSocket = this.#spec.unixSocket !== undefined && error instanceof Deno.errors.NotFound;
      out.failure = error instanceof ProxyError
        ? error.failure
        : error instanceof ForbiddenTarget
        ? FAILURE.target_not_allowed
        : isNoSocket
        ? FAILURE.connection_refused
        : failureOf(error);
      out.failureDetail = detailOf(error);
      return null;
    }
  }

  async #open(url: URL, out: Exchange, signal: AbortSignal): Promise<Socket> {
    const isTls = url.protocol === "https:";
    if (!isTls && url.protocol !== "http:") {
      throw new ForbiddenTarget(`${url.protocol} is not http: or https:`);
    }
    if (this.#spec.unixSocket !== undefined) {
      if (this.#rules !== undefined) throw new ForbiddenTarget("A local socket is no target for a worker");
      if (isTls) throw new Error("TLS over a Unix socket is not supported");
      return await this.#openUnix(this.#spec.unixSocket, out, signal);
    }
    const own = routeOf(url);
    const serverName = this.#spec.tls.sni ?? own.host;
    const route = routeTo(own, this.#spec.resolve);
    const proxy = proxyFor(url, this.#spec.proxy);
    // An HTTP proxy is told the URL's own host with each plain request.
    if (proxy !== null) demandAllowed(own, this.#rules);
    if (proxy !== null) return await this.#openThrough(proxy, { route, isTls, serverName, signal, out });
    const { port } = route;
    const addresses = await unlessAborted(this.#resolve(route, out), signal);
    return await this.#tryEach(addresses, signal, async (address) => {
      out.address = address;
      const { tls, localAddresses } = this.#spec;
      if (isTls && (localAddresses !== undefined || needsNodeTls(tls) || this.#hasHung)) {
        const local = this.#localAddressFor(address);
        const to = { address, port, serverName, tls, alpnProtocols: alpnFor(this.#spec), signal, ...local };
        return await this.#roots.open(serverName, (roots) => openNodeTls({ ...to, roots }, out));
      }
      const started = performance.now();
      const tcp = await this.#connect(address, { port, signal, needsNode: false });
      out.connectMs = performance.now() - started;
      return isTls ? await this.#secure(tcp as Deno.TcpConn, { serverName, signal, out }) : tcp;
    });
  }

  async #openUnix(path: string, out: Exchange, signal: AbortSignal): Promise<Socket> {
    out.address = path;
    const started = performance.now();
    // One after the other: where one finds no room, neither would the rest.
    const turn = this.#unixTurn.then(() => this.#connectUnix(path, signal));
    this.#unixTurn = turn.catch(() => {});
    const conn = await unlessAborted(turn, signal);
    out.connectMs = performance.now() - started;
    return conn;
  }

  /** With TCP the system waits for a server that accepts slowly; here that is left to the caller. */
  async #connectUnix(path: string, signal: AbortSignal): Promise<Socket> {
    while (!signal.aborted) {
      try {
        const conn = await this.#sources.connectUnix(path);
        if (!signal.aborted) return conn;
        conn.close();
      } catch (error) {
        if (!(error instanceof Deno.errors.WouldBlock)) throw error;
        await new Promise((resolve) => setTimeout(resolve, QUEUE_WAIT_MS));
      }
    }
    throw new Error("Connection attempt aborted");
  }

  /**
   * A socket to a URL's server, by the same way as requests go, on which nothing was said yet. Rejects after a failure.
   */
  async openSocket(url: URL, signal: AbortSignal): Promise<TcpSocket> {
    const out = new Exchange();
    const route = routeTo(routeOf(url), this.#spec.resolve);
    const proxy = proxyFor(url, this.#spec.proxy);
    const socket = proxy === null
      ? await this.#tryEach(
        await unlessAborted(this.#resolve(route, out), signal),
        signal,
        (address) => this.#connect(address, { port: route.port, signal, needsNode: true }),
      )
      : await this.#passThrough(proxy, { route, isTls: true, needsNode: true, signal, out });
    return (socket as NodeSocket).detach();
  }

  async #openThrough(
    proxy: Proxy,
    { serverName, ...passage }: Omit<Passage, "needsNode"> & { readonly serverName: string },
  ): Promise<Socket> {
    const { tls } = this.#spec;
    const { isTls, signal, out } = passage;
    const needsNode = isTls && needsNodeTls(tls);
    const pass = () => this.#passThrough(proxy, { ...passage, needsNode });
    if (!isTls) return await pass();
    if (!needsNode && this.#spec.localAddresses === undefined) {
      return await this.#secure(await pass() as Deno.TcpConn, { serverName, signal, out });
    }
    const alpnProtocols = alpnFor(this.#spec);
    return await this.#roots.open(serverName, async (roots) => {
      const socket = (await pass() as NodeSocket).detach();
      const to = { address: out.address, port: proxy.port, serverName, tls, alpnProtocols, signal, roots };
      return await openNodeTls({ ...to, socket }, out);
    });
  }

  /** Connects to a proxy, and through it to the target; the connect phase is both. */
  async #passThrough(proxy: Proxy, { route, isTls, needsNode, signal, out }: Passage): Promise<Socket> {
    demandAllowed(route, this.#rules);
    const target = proxy.resolvesNames
      ? route
      : { host: nextOf(await unlessAborted(this.#resolve(route, out), signal)), port: route.port };
    const targetDnsMs = out.dnsMs;
    out.dnsMs = -1;
    const started = performance.now();
    const socket = await this.#reachProxy(proxy, { needsNode, signal, out });
    const proxyDnsMs = Math.max(out.dnsMs, 0);
    if (targetDnsMs >= 0) out.dnsMs = targetDnsMs + proxyDnsMs;
    // An HTTP proxy takes plain requests as they are.
    if (isTls || proxy.kind !== "http") {
      const close = () => socket.close();
      signal.addEventListener("abort", close, { once: true });
      try {
        await passProxy(socket, proxy, target);
      } catch (error) {
        if (!signal.aborted) socket.close();
        throw error;
      } finally {
        signal.removeEventListener("abort", close);
      }
    }
    out.connectMs = performance.now() - started - proxyDnsMs;
    return socket;
  }

  /** A connection to a proxy. Whatever keeps it from standing is the proxy's failure. */
  async #reachProxy(
    proxy: Proxy,
    { needsNode, signal, out }: Pick<Passage, "needsNode" | "signal" | "out">,
  ): Promise<Socket> {
    try {
      const addresses = await unlessAborted(this.#resolve(proxy, out), signal);
      return await this.#tryEach(addresses, signal, async (address) => {
        out.address = address;
        return await this.#connect(address, { port: proxy.port, signal, needsNode });
      });
    } catch (error) {
      const kind = failureOf(error);
      const isOurs = kind === FAILURE.too_many_open_files || kind === FAILURE.no_local_port ||
        error instanceof ForbiddenTarget;
      if (signal.aborted || isOurs) throw error;
      throw new ProxyError(FAILURE.proxy_unreachable, messageOf(error));
    }
  }

  async #connect(
    address: string,
    { port, signal, needsNode }: {
      readonly port: number;
      readonly signal: AbortSignal;
      readonly needsNode: boolean;
    },
  ): Promise<Socket> {
    const local = this.#localAddressFor(address);
    if (needsNode || local !== undefined) return await openNodeTcp({ address, port, signal, ...local });
    const tcp = await Deno.connect({ hostname: address, port, signal });
    tcp.setNoDelay(true);
    return tcp;
  }

  /** The next of the addresses to leave from that can reach an address; `undefined` when none were given. */
  #localAddressFor(address: string): { readonly localAddress: string } | undefined {
    const { localAddresses } = this.#spec;
    if (localAddresses === undefined) return undefined;
    const fitting = localAddresses.filter((local) => local.includes(":") === address.includes(":"));
    const localAddress = fitting[this.#dialed++ % fitting.length];
    if (localAddress === undefined) {
      throw new Error(`Network unreachable: no local address can reach ${address}`);
    }
    return { localAddress };
  }

  /** Where a host leads. Every connection comes by here first, so here is where it may be forbidden. */
  async #resolve({ host, port }: Route, out: Exchange): Promise<Addresses> {
    demandAllowed({ host, port }, this.#rules);
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
      if (isOutOfDescriptors()) {
        throw new Error("Too many open files to look a name up: EMFILE", { cause: error });
      }
      throw error;
    } finally {
      // A proxy's name and the target's may both have to be looked up.
      out.dnsMs = Math.max(0, out.dnsMs) + performance.now() - startedAt;
    }
  }

  /** Tries the addresses, each connection beginning with the next one; those that refused lately come last. */
  async #tryEach(
    addresses: Addresses,
    signal: AbortSignal,
    open: (address: string) => Promise<Socket>,
  ): Promise<Socket> {
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
  ): Promise<Socket> {
    const started = performance.now();
    const conn = await Deno.startTls(tcp, {
      hostname: to.serverName,
      caCerts: [...this.#spec.tls.caCerts],
      alpnProtocols: [...alpnFor(this.#spec)],
    });
    if (to.signal.aborted) {
      conn.close();
      throw new Error("Connection attempt aborted");
    }
    const close = () => {
      this.#hasHung = true;
      conn.close();
    };
    to.signal.addEventListener("abort", close, { once: true });
    try {
      const { alpnProtocol } = await conn.handshake();
      if (alpnProtocol === "h2") to.out.protocol = 20;
    } catch (error) {
      if (!to.signal.aborted) conn.close();
      if (failureOf(error) !== FAILURE.other) throw error;
      throw new Error(`TLS handshake failed: ${messageOf(error)}`, { cause: error });
    } finally {
      to.signal.removeEventListener("abort", close);
    }
    to.out.tlsMs = performance.now() - started;
    return conn;
  }
}

/** A look-up cannot be stopped, only no longer waited for. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(new Error("Connection attempt aborted"));
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** What a TLS handshake offers to speak. */
function alpnFor({ http2 }: ClientSpec): readonly string[] {
  return http2 ? ["h2", "http/1.1"] : ["http/1.1"];
}
