/**
 * Options of how connections are made and what is measured of them: TLS identity and versions, address family, routes
 * around DNS, Unix sockets.
 *
 * @module
 */
import { UsageError } from "../../lib/errors.ts";
import { isIpAddress } from "../../lib/net/ip_address.ts";
import { ipAddress } from "../../options/http_types.ts";
import { choice, duration, path, toggle } from "../../options/option_types.ts";
import { defineOptions } from "../../options/option.ts";
import type { OptionType, ValuesOf } from "../../options/option.ts";
import type { Loose } from "../../lib/json/present.ts";
import type { ClientSpec, ResolveRule, TlsSpec } from "../../plan/client_spec.ts";

const TLS_VERSIONS = ["1.2", "1.3"] as const;

/**
 * `HOST:PORT:ADDRESS`: where a name leads instead of DNS, to one address or several in turn; `*` is any host.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(resolveRule.parse("a.test:80:[::1]"), { host: "a.test", port: 80, toHost: "::1", toPort: 80 });
 * ```
 */
export const resolveRule: OptionType<ResolveRule> = {
  label: "HOST:PORT:ADDR",
  parse(given) {
    const expected = "expected HOST:PORT:ADDRESS, such as example.org:443:127.0.0.1";
    const [, host, digits, address] = /^(\[[^\]]*\]|[^:[\]]+):(\d{1,5}):(.+)$/.exec(given.trim()) ?? [];
    if (host === undefined) throw new UsageError(expected);
    const port = portOf(digits!, expected);
    return {
      host: host === "*" ? "" : canonicalHost(host, expected),
      port,
      toHost: address!.split(",").map((one) => ipAddress.parse(one)).join(","),
      toPort: port,
    };
  },
  format: ({ host, port, toHost }) =>
    `${host === "" ? "*" : bracketed(host)}:${port}:${toHost.split(",").map(bracketed).join(",")}`,
  toJson: (rule) => resolveRule.format!(rule),
};

/**
 * `HOST1:PORT1:HOST2:PORT2`: connections for the first go to the second. Empty parts match anything and change nothing.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(connectRule.parse("::[::1]:8080"), { host: "", port: 0, toHost: "::1", toPort: 8080 });
 * ```
 */
export const connectRule: OptionType<ResolveRule> = {
  label: "ROUTE",
  parse(given) {
    const expected = "expected HOST1:PORT1:HOST2:PORT2, such as example.org:443:127.0.0.1:8443";
    const host = String.raw`(\[[^\]]*\]|[^:[\]]*)`;
    const match = new RegExp(`^${host}:(\\d{0,5}):${host}:(\\d{0,5})$`).exec(given.trim());
    if (match === null) throw new UsageError(expected);
    const [, from, fromPort, to, toPort] = match;
    const hostOf = (text: string) => (text === "" ? "" : canonicalHost(text, expected));
    return {
      host: hostOf(from!),
      port: fromPort === "" ? 0 : portOf(fromPort!, expected),
      toHost: hostOf(to!),
      toPort: toPort === "" ? 0 : portOf(toPort!, expected),
    };
  },
  format: ({ host, port, toHost, toPort }) =>
    `${bracketed(host)}:${port || ""}:${bracketed(toHost)}:${toPort || ""}`,
  toJson: (rule) => connectRule.format!(rule),
};

/** The name of an SRV record, and the DNS server that is asked for it; absent: the system's. */
export interface SrvName {
  readonly name: string;
  readonly server?: { readonly ipAddr: string; readonly port: number };
}

/**
 * `NAME` or `NAME@SERVER` or `NAME@SERVER:PORT`, as `dig` and Consul's users write them.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(srvName.parse("web.service.consul@127.0.0.1:8600").server, { ipAddr: "127.0.0.1", port: 8600 });
 * ```
 */
export const srvName: OptionType<SrvName> = {
  label: "NAME",
  parse(given) {
    const expected = "expected a name such as _http._tcp.example.org, or NAME@DNS_SERVER:PORT";
    const [, name, server] = /^([\w-]+(?:\.[\w-]+)*\.?)(?:@(.+))?$/.exec(given.trim()) ?? [];
    if (name === undefined) throw new UsageError(expected);
    if (server === undefined) return { name };
    const [, ipAddr = server, digits = "53"] = /^(\[.+\]|[\d.]+)(?::(\d{1,5}))?$/.exec(server) ?? [];
    return { name, server: { ipAddr: ipAddress.parse(ipAddr), port: portOf(digits, expected) } };
  },
  format: ({ name, server }) =>
    server === undefined ? name : `${name}@${bracketed(server.ipAddr)}:${server.port}`,
  toJson: (srv) => srvName.format!(srv),
};

/** A host name to be sent in TLS handshakes; addresses are not sent there (RFC 6066, 3). */
const serverName: OptionType<string> = {
  label: "NAME",
  parse(given) {
    const expected = "expected a host name, not an address";
    const name = canonicalHost(given.trim(), expected);
    if (isIpAddress(name)) throw new UsageError(expected);
    return name;
  },
};

/** The table. */
export const connectionOptions = defineOptions({
  ipv4: {
    short: "-4",
    long: "--ipv4",
    type: toggle,
    group: "Connection",
    default: false,
    conflicts: ["ipv6"],
    help: "Use only IPv4 addresses",
  },
  ipv6: {
    short: "-6",
    long: "--ipv6",
    type: toggle,
    group: "Connection",
    default: false,
    help: "Use only IPv6 addresses",
  },
  resolve: {
    long: "--resolve",
    type: resolveRule,
    group: "Connection",
    repeat: true,
    help:
      "Connect to this address for this host and port, or to several in turn (a,b), without DNS; * means any host",
  },
  connectTo: {
    long: "--connect-to",
    type: connectRule,
    group: "Connection",
    repeat: true,
    help:
      "HOST1:PORT1:HOST2:PORT2: connect to the second instead of the first; an empty part matches all, or stays as it is",
  },
  srv: {
    long: "--srv",
    type: srvName,
    group: "Connection",
    conflicts: ["unixSocket", "resolve", "connectTo"],
    help:
      "Connect to the servers of this DNS SRV record, by priority and weight: _http._tcp.NAME, or NAME@DNS_SERVER:PORT",
  },
  unixSocket: {
    long: "--unix-socket",
    type: path("PATH"),
    group: "Connection",
    conflicts: ["ipv4", "ipv6", "resolve", "connectTo", "dnsRefresh"],
    help: "Send all requests through this Unix socket; http: only",
  },
  dnsRefresh: {
    long: "--dns-refresh",
    type: duration(),
    group: "Connection",
    defaultLabel: "once a run",
    help: "Resolve host names again after this time",
  },
  cert: {
    long: "--cert",
    type: path(),
    group: "TLS",
    requires: ["key"],
    help: "Client certificate, with its chain, from this PEM file",
  },
  key: {
    long: "--key",
    type: path(),
    group: "TLS",
    requires: ["cert"],
    help: "Private key of --cert, from this PEM file",
  },
  sni: {
    long: "--sni",
    type: serverName,
    group: "TLS",
    help: "Server name for the TLS handshake and certificate check, instead of the URL's host",
  },
  tlsMin: {
    long: "--tls-min",
    type: choice(TLS_VERSIONS),
    group: "TLS",
    help: "Oldest TLS version to use",
  },
  tlsMax: {
    long: "--tls-max",
    type: choice(TLS_VERSIONS),
    group: "TLS",
    help: "Newest TLS version to use",
  },
  tlsResumption: {
    long: "--tls-resumption",
    negation: "--no-tls-resumption",
    type: toggle,
    group: "TLS",
    default: true,
    help: "Resume TLS sessions on new connections, with native sockets; or make every handshake a full one",
  },
  latencyBreakdown: {
    long: "--latency-breakdown",
    type: toggle,
    group: "Output",
    default: false,
    help: "Time DNS, connect, TLS handshake, first byte and transfer of each request",
  },
  perAddress: {
    long: "--per-address",
    type: toggle,
    group: "Output",
    default: false,
    help: "Count requests per server address",
  },
});

/** What the table yields. */
export type ConnectionValues = ValuesOf<typeof connectionOptions>;

/** The settings of clients that these options make, but for the files that they name. */
export function connectionSettings(values: ConnectionValues) {
  return {
    resolve: resolveRules(values),
    family: values.ipv4 ? 4 : values.ipv6 ? 6 : undefined,
    unixSocket: values.unixSocket,
    dnsRefreshMs: values.dnsRefresh,
    phases: values.latencyBreakdown,
    perAddress: values.perAddress,
  } satisfies Loose<Partial<ClientSpec>>;
}

/** The settings of TLS that these options make, but for the files that they name. */
export function tlsSettings(values: ConnectionValues) {
  return {
    sni: values.sni,
    minVersion: values.tlsMin,
    maxVersion: values.tlsMax,
    noResumption: values.tlsResumption ? undefined : true,
  } satisfies Loose<Partial<TlsSpec>>;
}

/** Checks that need several values. */
export function checkConnectionOptions(
  values: ConnectionValues,
  os: string = Deno.build.os,
): readonly string[] {
  const { tlsMin, tlsMax, unixSocket } = values;
  return [
    ...(tlsMin === "1.3" && tlsMax === "1.2"
      ? ["--tls-min 1.3 and --tls-max 1.2 leave no TLS version to use"]
      : []),
    ...(unixSocket !== undefined && os === "windows" ? ["--unix-socket is not available on Windows"] : []),
  ];
}

/**
 * The rules of `--connect-to` and `--resolve` as one list, the first match of which holds. What `--connect-to` leads to
 * is subject to `--resolve` in turn, as with curl.
 */
function resolveRules(
  { connectTo, resolve }: Pick<ConnectionValues, "connectTo" | "resolve">,
): readonly ResolveRule[] {
  const redirected = connectTo.map((rule) => {
    if (rule.toHost === "" || rule.toPort === 0) return rule;
    const fixed = resolve.find(({ host, port }) =>
      (host === "" || host === rule.toHost) && port === rule.toPort
    );
    return fixed ? { ...rule, toHost: fixed.toHost } : rule;
  });
  return [...redirected, ...resolve];
}

/** A host as URLs spell it: lower case, no brackets. */
function canonicalHost(text: string, expected: string): string {
  if (/[\s\p{Cc}/\\?#@]/u.test(text) || !URL.canParse(`http://${text}/`)) throw new UsageError(expected);
  const url = new URL(`http://${text}/`);
  if (url.port !== "" || /:\d+$/.test(text)) throw new UsageError(expected);
  return url.hostname.replace(/^\[|\]$/g, "");
}

function portOf(digits: string, expected: string): number {
  const port = Number(digits);
  if (port < 1 || port > 65_535) throw new UsageError(`${expected}, with ports from 1 to 65535`);
  return port;
}

function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
