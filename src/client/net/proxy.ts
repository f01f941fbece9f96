/**
 * Which requests go through which proxy. Proxies are written as URLs; what the environment says about them (`HTTP_PROXY`,
 * `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`) is read by the conventions of curl.
 *
 * @module
 */
import { problemsIn, UsageError } from "../../lib/errors.ts";
import { basicAuth } from "../../lib/net/basic_auth.ts";
import { isIpAddress } from "../../lib/net/ip_address.ts";
import { percentDecoded } from "../../lib/percent_decode.ts";
import type { ProxySpec } from "../../plan/client_spec.ts";

/** A proxy, taken apart. */
export interface Proxy {
  readonly kind: "http" | "socks5";
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
  /** Absent: none are needed. Both are secrets. */
  readonly credentials?: { readonly user: string; readonly password: string };
  /** Names of targets are looked up by the proxy, not here. */
  readonly resolvesNames: boolean;
}

const EXPECTED =
  "expected http://HOST:PORT, socks5://HOST:PORT or socks5h://HOST:PORT, perhaps with user:password@ before the host";

/**
 * Reads a proxy's URL.
 *
 * @throws {UsageError} when it is none, or lacks its port.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const { host, port, credentials } = parseProxy("socks5h://me:p%40ss@[::1]:1080");
 * assertEquals([host, port, credentials?.password], ["::1", 1080, "p@ss"]);
 * ```
 */
export function parseProxy(text: string): Proxy {
  const [, scheme, rest] = /^(https?|socks5h?|[a-z][a-z\d+.-]*):\/\/([^/?#\s\\]+)\/?$/i.exec(text.trim()) ??
    [];
  if (scheme === undefined || !/^(?:http|socks5h?)$/i.test(scheme)) throw new UsageError(EXPECTED);
  // Under a scheme with a default port, that port would vanish.
  const url = URL.parse(`other://${rest}`);
  const port = Number(url?.port);
  if (url === null || url.hostname === "" || !(port >= 1)) throw new UsageError(EXPECTED);
  // Hosts of unknown schemes are kept as they are written.
  const host = URL.parse(`http://${url.hostname}/`)?.hostname.replace(/^\[|\]$/g, "");
  if (host === undefined) throw new UsageError(EXPECTED);
  const hasCredentials = url.username !== "" || url.password !== "";
  return {
    kind: /^http$/i.test(scheme) ? "http" : "socks5",
    host,
    port,
    ...(hasCredentials &&
      { credentials: { user: percentDecoded(url.username), password: percentDecoded(url.password) } }),
    resolvesNames: !/^socks5$/i.test(scheme),
  };
}

/** The proxy for a URL, or `null` when it is to be reached directly. */
export function proxyFor(url: URL, spec: ProxySpec | undefined): Proxy | null {
  const text = proxyUrlFor(url, spec);
  return text === undefined ? null : parseProxy(text);
}

/** The same as the URL that was given for it. */
export function proxyUrlFor(url: URL, spec: ProxySpec | undefined): string | undefined {
  if (spec === undefined || spec.bypass.some((pattern) => isBypassed(url, pattern))) return undefined;
  return url.protocol === "https:" ? spec.https : spec.http;
}

/** The value of a `Proxy-Authorization` field (RFC 7617); `undefined` without credentials. */
export function proxyAuthorization({ credentials }: Proxy): string | undefined {
  if (credentials === undefined) return undefined;
  return basicAuth(`${credentials.user}:${credentials.password}`);
}

/**
 * What the environment says about proxies. Lower-case names go first; a proxy without a scheme is an HTTP proxy.
 *
 * @throws {UsageError} when a variable holds no proxy, or none is set.
 */
export function environmentProxies(env: (name: string) => string | undefined): ProxySpec {
  const valueOf = (name: string) => env(name.toLowerCase()) || env(name) || undefined;
  const proxyOf = (name: string) => {
    const text = valueOf(name);
    if (text === undefined) return undefined;
    const whole = text.includes("://") ? text : `http://${text}`;
    try {
      parseProxy(whole);
    } catch (error) {
      throw new UsageError(problemsIn(error).map((problem) => `--proxy env: ${name}: ${problem}`));
    }
    return whole;
  };
  const all = proxyOf("ALL_PROXY");
  const http = proxyOf("HTTP_PROXY") ?? all;
  const https = proxyOf("HTTPS_PROXY") ?? all;
  if (http === undefined && https === undefined) {
    throw new UsageError("--proxy env: none of HTTP_PROXY, HTTPS_PROXY and ALL_PROXY is set");
  }
  const bypass = (valueOf("NO_PROXY") ?? "").split(/[\s,]+/).filter((pattern) => pattern !== "");
  return { ...(http !== undefined && { http }), ...(https !== undefined && { https }), bypass };
}

/** The proxies that `--proxy` asks for. @throws {UsageError} as {@linkcode environmentProxies} does, for `env`. */
export function proxiesOf(
  given: string | undefined,
  env: (name: string) => string | undefined,
): ProxySpec | undefined {
  if (given === undefined) return undefined;
  return given === "env" ? environmentProxies(env) : { http: given, https: given, bypass: [] };
}

/** Whether a pattern of `NO_PROXY` covers a URL: `*`, a host, a domain with all below it, each perhaps with a port. */
function isBypassed(url: URL, pattern: string): boolean {
  if (pattern === "*") return true;
  const [, written = "", port] = /^(.*?)(?::(\d+))?$/.exec(bracketed(pattern.toLowerCase()))!;
  if (port !== undefined && port !== (url.port || (url.protocol === "https:" ? "443" : "80"))) return false;
  const domain = written.replace(/^\*?\./, "");
  const { hostname } = url;
  return hostname === domain || (!isIpAddress(hostname) && hostname.endsWith(`.${domain}`));
}

/** IPv6 addresses as URLs write them. */
function bracketed(pattern: string): string {
  return /^[\da-f]*:[\da-f]*:[\da-f:.]*$/.test(pattern) ? `[${pattern}]` : pattern;
}
