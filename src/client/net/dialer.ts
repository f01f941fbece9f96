/**
 * Opens connections for all users of a thread: names to addresses, TCP, TLS. Each phase is timed at the socket.
 *
 * @module
 */
import { type Abandonment, readClock } from "../../lib/clock.ts";
import { nodeModule } from "../../lib/node_modules.ts";
import { isIpAddress } from "../../lib/net/ip_address.ts";
import { HTTP_2 } from "../../metrics/protocols.ts";
import type { ClientSpec } from "../../plan/client_spec.ts";
import { messageOf } from "../../lib/errors.ts";
import { FAILURE } from "../../metrics/failure.ts";
import { Exchange } from "../exchange/http_client.ts";
import { transportFor } from "./choose_transport.ts";
import { trackPlatformWork } from "../../lib/platform_work.ts";
import { type Addresses, inTurn, nextOf } from "./addresses.ts";
import { ConnectGate, raceAbort } from "./connect_gate.ts";
import { isOutOfDescriptors } from "./out_of_descriptors.ts";
import { type Proxy, proxyFor } from "./proxy.ts";
import { demandAllowed, ForbiddenTarget, type OwnerRules } from "../../plan/owner_rules.ts";
import { eachOf, type Route, routeOf, routeTo } from "../../plan/route.ts";
import { detailOf, failureOf } from "../exchange/failure_of.ts";
import { passProxy, ProxyError } from "./pass_proxy.ts";
import type { Socket } from "./socket.ts";
import { type StraightWay, straightWayTo } from "./straight_way.ts";
import { type Transport, UntriedRoots } from "./transport.ts";
import { UnixLine } from "./unix_line.ts";

/** How long an address that refused a connection is passed over while others are left. */
const PASS_OVER_MS = 10_000;

/** A look-up, under way or done. */
interface LookUp {
  readonly startedMs: number;
  readonly addresses: Promise<Addresses>;
}

/** A connection to be made through a proxy. */
interface Passage {
  readonly route: Route;
  readonly isTls: boolean;
  /** What is said on it is not for the proxy: no plain requests. */
  readonly isTunnel: boolean;
  readonly signal: Abandonment;
  readonly out: Exchange;
}

/** A handshake to be made. */
interface Handshake {
  readonly serverName: string;
  readonly origin: string;
  readonly signal: Abandonment;
  readonly out: Exchange;
}

/** What a dialer stands on. */
export interface DialerSources {
  readonly transport: Transport;
  /** The addresses of a name; family 0 is any. Rejects when there are none. */
  lookUp(host: string, family: 0 | 4 | 6): Promise<readonly string[]>;
  /** The time, in ms. */
  now(): number;
}

const SYSTEM: Omit<DialerSources, "transport"> = {
  lookUp: async (host, family) =>
    (await nodeModule("node:dns/promises").lookup(host, { all: true, family })).map((entry) => entry.address),
  now: () => performance.now(),
};

/** What clients need of a dialer. */
export type ClientDialer = Pick<Dialer, "dial" | "expectIgnorers" | "expectRefusers">;

/** Makes connections as one client specification wants them. */
export class Dialer {
  readonly #spec: ClientSpec;
  readonly #sources: DialerSources;
  readonly #lookUps = new Map<string, LookUp>();
  readonly #gate = new ConnectGate();
  /** Servers that never answered when they were asked whether they want a body; for all users alike. */
  readonly expectIgnorers = new Set<string>();
  /** Origins that refuse it: they are not asked again. */
  readonly expectRefusers = new Set<string>();
  /** Connections that took a local address in turn. */
  #dialed = 0;
  readonly #unixLine: UnixLine;
  /** The last way that was settled. */
  #straight: StraightWay | null = null;
  readonly #rules: OwnerRules | undefined;

  /** `sources`: what does not come from the system; `rules`: where connections may lead, whatever the specification. */
  constructor(spec: ClientSpec, sources: Partial<DialerSources> = {}, rules?: OwnerRules) {
    this.#spec = spec;
    this.#sources = { ...SYSTEM, transport: sources.transport ?? transportFor(spec), ...sources };
    this.#unixLine = new UnixLine(this.#sources.transport);
    this.#rules = rules;
  }

  /**
   * Connects to a URL's server, noting phases, the protocol agreed upon, or the failure, in `out`.
   * Resolves to `null` after a failure; an abort counts as one. `isTunnel`: no proxy is to look at what is said.
   */
  async dial(url: URL, out: Exchange, signal: Abandonment, isTunnel = false): Promise<Socket | null> {
    out.address = "";
    const gate = this.#gate;
    let isTrying = false;
    try {
      const found = gate.isIdle ? null : await gate.pass(url.host, signal);
      if (found !== null) {
        out.failure = found.failure;
        out.failureDetail = found.detail;
        return null;
      }
      isTrying = true;
      const straight = this.#straight;
      let socket: Socket;
      if (straight !== null && (straight.url === url || straight.origin === url.origin)) {
        out.address = straight.to.address;
        const startedMs = readClock();
        socket = await this.#sources.transport.connect(straight.to, signal);
        out.connectMs = readClock() - startedMs;
      } else socket = await this.#open(url, { out, signal, isTunnel });
      out.connects++;
      if (!gate.isIdle) gate.opened(url.host);
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
      if (isTrying) out.failedConnects++;
      if (isTrying && signal.aborted) gate.noteGivenUp(url.host);
      else if (isTrying) gate.failed(url.host, { failure: out.failure, detail: out.failureDetail });
      return null;
    }
  }

  async #open(
    url: URL,
    { out, signal, isTunnel }: Pick<Passage, "out" | "signal" | "isTunnel">,
  ): Promise<Socket> {
    const isTls = url.protocol === "https:";
    if (!isTls && url.protocol !== "http:") {
      throw new ForbiddenTarget(`${url.protocol} is not http: or https:`);
    }
    if (this.#spec.unixSocket !== undefined) {
      if (this.#rules !== undefined) throw new ForbiddenTarget("A worker does not connect to local sockets");
      if (isTls) throw new Error("TLS over a Unix socket is not supported");
      return await this.#openUnix(this.#spec.unixSocket, out, signal);
    }
    const own = routeOf(url);
    const serverName = this.#spec.tls.sni ?? own.host;
    const route = routeTo(own, this.#spec.resolve);
    const proxy = proxyFor(url, this.#spec.proxy);
    // An HTTP proxy is told the URL's own host with each plain request.
    if (proxy !== null) demandAllowed(own, this.#rules);
    const { origin } = url;
    if (proxy !== null) {
      return await this.#openThrough(proxy, { route, isTls, isTunnel, serverName, origin, signal, out });
    }
    const addresses = await raceAbort(this.#resolve(route, out), signal);
    if (this.#rules === undefined) {
      this.#straight = straightWayTo(url, route, { addresses, spec: this.#spec }) ?? this.#straight;
    }
    return await this.#tryEach(addresses, signal, async (address) => {
      out.address = address;
      const connect = async () => {
        const started = performance.now();
        const socket = await this.#connect(address, { port: route.port, isTls, signal });
        out.connectMs = performance.now() - started;
        return socket;
      };
      return isTls ? await this.#secure(connect, { serverName, origin, signal, out }) : await connect();
    });
  }

  async #openUnix(path: string, out: Exchange, signal: Abandonment): Promise<Socket> {
    out.address = path;
    const started = performance.now();
    const conn = await this.#unixLine.connect(path, signal);
    out.connectMs = performance.now() - started;
    return conn;
  }

  /**
   * A socket to a URL's server, by the same way as requests go, on which nothing was said yet. Rejects after a failure.
   */
  async openSocket(url: URL, signal: Abandonment): Promise<Socket> {
    const out = new Exchange();
    const route = routeTo(routeOf(url), this.#spec.resolve);
    const proxy = proxyFor(url, this.#spec.proxy);
    if (proxy !== null) {
      return await this.#passThrough(proxy, { route, isTls: true, isTunnel: true, signal, out });
    }
    const addresses = await raceAbort(this.#resolve(route, out), signal);
    const to = { port: route.port, isTls: true, signal };
    return await this.#tryEach(addresses, signal, (address) => this.#connect(address, to));
  }

  async #openThrough(
    proxy: Proxy,
    { serverName, origin, ...passage }: Passage & Pick<Handshake, "serverName" | "origin">,
  ): Promise<Socket> {
    const { isTls, signal, out } = passage;
    const pass = () => this.#passThrough(proxy, passage);
    return isTls ? await this.#secure(pass, { serverName, origin, signal, out }) : await pass();
  }

  /** Connects to a proxy, and through it to the target; the connect phase is both. */
  async #passThrough(proxy: Proxy, { route, isTls, isTunnel, signal, out }: Passage): Promise<Socket> {
    demandAllowed(route, this.#rules);
    const target = proxy.resolvesNames
      ? route
      : eachOf({ host: nextOf(await raceAbort(this.#resolve(route, out), signal)), port: route.port })[0]!;
    const targetDnsMs = out.dnsMs;
    out.dnsMs = -1;
    const started = performance.now();
    const socket = await this.#reachProxy(proxy, { isTls, signal, out });
    const proxyDnsMs = Math.max(out.dnsMs, 0);
    if (targetDnsMs >= 0) out.dnsMs = targetDnsMs + proxyDnsMs;
    // An HTTP proxy takes plain requests as they are.
    if (isTls || isTunnel || proxy.kind !== "http") {
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
    { isTls, signal, out }: Pick<Passage, "isTls" | "signal" | "out">,
  ): Promise<Socket> {
    try {
      const addresses = await raceAbort(this.#resolve(proxy, out), signal);
      return await this.#tryEach(addresses, signal, async (address) => {
        out.address = address;
        return await this.#connect(address, { port: proxy.port, isTls, signal });
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
    { port, isTls, signal }: {
      readonly port: number;
      readonly isTls: boolean;
      readonly signal: Abandonment;
    },
  ): Promise<Socket> {
    const [own] = eachOf({ host: address, port });
    const to = { address: own!.host, port: own!.port, isTls, ...this.#localAddressFor(own!.host) };
    return await this.#sources.transport.connect(to, signal);
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
    const routes = eachOf({ host, port });
    for (const route of routes) demandAllowed(route, this.#rules);
    if (routes.length > 1 || routes[0]!.host !== host) return this.#listed(host);
    if (isIpAddress(host)) return { list: [host], next: 0, downUntilMs: new Map() };
    const known = this.#lookUps.get(host);
    const startedMs = this.#sources.now();
    if (known && startedMs - known.startedMs < (this.#spec.dnsRefreshMs ?? Infinity)) {
      return await known.addresses;
    }
    const startedAt = performance.now();
    const looking = trackPlatformWork(this.#sources.lookUp(host, this.#spec.family ?? 0));
    const addresses = looking.then((found): Addresses => ({
      list: [...new Set(found)],
      next: 0,
      downUntilMs: new Map(),
    }));
    const lookUp = { startedMs, addresses };
    this.#lookUps.set(host, lookUp);
    try {
      return await addresses;
    } catch (error) {
      if (this.#lookUps.get(host) === lookUp) this.#lookUps.delete(host);
      if (isOutOfDescriptors()) {
        throw new Error("Too many open files to look a name up: EMFILE", { cause: error });
      }
      throw error;
    } finally {
      // A proxy's name and the target's may both have to be looked up.
      out.dnsMs = Math.max(0, out.dnsMs) + performance.now() - startedAt;
    }
  }

  /** The addresses that stand for a host; connections take them in turn. */
  #listed(host: string): Promise<Addresses> {
    const known = this.#lookUps.get(host);
    if (known !== undefined) return known.addresses;
    const list = host.split(",");
    const addresses = Promise.resolve({ list, next: 0, downUntilMs: new Map<string, number>() });
    this.#lookUps.set(host, { startedMs: Infinity, addresses });
    return addresses;
  }

  /** Tries the addresses, each connection beginning with the next one; those that refused lately come last. */
  async #tryEach(
    addresses: Addresses,
    signal: Abandonment,
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

  /** Shakes hands on a connection, and once more on another where that may help. */
  async #secure(connect: () => Promise<Socket>, to: Handshake): Promise<Socket> {
    try {
      return await this.#shakeHands(await connect(), to);
    } catch (error) {
      if (!(error instanceof UntriedRoots)) throw error;
    }
    try {
      return await this.#shakeHands(await connect(), to);
    } catch (error) {
      throw error instanceof UntriedRoots ? error.cause : error;
    }
  }

  async #shakeHands(tcp: Socket, { out, ...server }: Handshake): Promise<Socket> {
    const started = performance.now();
    const to = { ...server, alpnProtocols: alpnFor(this.#spec) };
    const { socket, alpnProtocol, isResumed } = await this.#sources.transport.secure(tcp, to);
    if (alpnProtocol === "h2") out.protocol = HTTP_2;
    if (isResumed === true) out.resumedHandshakes++;
    else if (isResumed === false) out.fullHandshakes++;
    out.tlsMs = performance.now() - started;
    return socket;
  }
}

/** What a TLS handshake offers to speak. */
function alpnFor({ http2 }: ClientSpec): readonly string[] {
  return http2 ? ["h2", "http/1.1"] : ["http/1.1"];
}
