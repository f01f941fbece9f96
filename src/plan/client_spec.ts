/**
 * How requests travel: the settings of clients, and what they look like when they come over a wire or out of a file. Plain
 * JSON-safe data; times in ms.
 *
 * @module
 */
import {
  amount,
  atLeast,
  count,
  flag,
  list,
  maybe,
  number,
  oneOf,
  type Schema,
  shape,
  text,
  variant,
} from "../lib/shape.ts";
import type { AuthSpec } from "./auth_spec.ts";

/** How TLS connections are made. PEM texts, not paths, so that remote workers need no files. */
export interface TlsSpec {
  /** Refuse certificates that are not trusted. */
  readonly verify: boolean;
  /** Extra trusted roots, PEM. */
  readonly caCerts: readonly string[];
  /** Client certificate chain, PEM; absent: none is offered. */
  readonly cert?: string;
  /** Private key of `cert`, PEM; a secret. */
  readonly key?: string;
  /** Server name sent and checked instead of the URL's host. */
  readonly sni?: string;
  /** Absent: the oldest version that the TLS library accepts. */
  readonly minVersion?: "1.2" | "1.3";
  /** Absent: the newest version that the TLS library knows. */
  readonly maxVersion?: "1.2" | "1.3";
  /** Make every handshake a full one; absent: sessions are resumed where the transport can. */
  readonly noResumption?: true;
  /** Use `node:tls` even where the platform's own TLS could do it: some private roots are too strict for that. */
  readonly viaNode?: true;
}

/** How requests travel. */
export interface ClientSpec {
  /** The own HTTP/1.1 engine, or the platform's `fetch`. */
  readonly kind: "raw" | "fetch";
  /** Whose sockets carry the connections; absent: the platform's. */
  readonly sockets?: "native" | "platform" | "auto";
  /** Use a connection for many requests; `false`: one for each. */
  readonly keepAlive: boolean;
  /** Whole-request timeout, connection set-up included. */
  readonly timeoutMs: number;
  /** Maximum size of the response headers, in bytes. */
  readonly maxHeaderBytes: number;
  /** Bytes of a response body, decoded, that checks and extraction look at; absent: 1 MiB. */
  readonly maxBodyBytes?: number;
  /** Has no effect on `http:` URLs. */
  readonly tls: TlsSpec;
  /** Time DNS, connect, TLS, first byte and transfer of each exchange. */
  readonly phases: boolean;
  /** End each exchange with the response's head, and the connection with it unless the whole response was there. */
  readonly leavesBody?: true;
  /** Compare declared with received body lengths. */
  readonly verifyLength: boolean;
  /** Redirects to follow; 0: none. */
  readonly maxRedirects: number;
  /** Ask servers whether they want a body before it is sent; absent: only for large ones. */
  readonly expectContinue?: boolean;
  /** Ask for HTTP/2. */
  readonly http2: boolean;
  /** Calls (gRPC) go by HTTP/2 and all else does not; absent: all requests go the same way. */
  readonly callsApart?: true;
  /** HTTP/2: users that share a connection, each with a stream of its own; absent: 1. */
  readonly streams?: number;
  /** HTTP/2: bytes that a server may send on a stream ahead of what was read; absent: the client's own choice. */
  readonly h2WindowBytes?: number;
  /** Where names lead instead of DNS: `host:port` (or `*`) to an address. */
  readonly resolve: readonly ResolveRule[];
  /** 4 or 6: use only addresses of that family. */
  readonly family?: 4 | 6;
  /** Path of the socket that all connections go to; absent: TCP. */
  readonly unixSocket?: string;
  /** IP addresses that connections leave from in turn; absent: the system chooses. */
  readonly localAddresses?: readonly string[];
  /** Requests that a connection carries before it is closed; absent: no limit. */
  readonly maxRequestsPerConnection?: number;
  /** How long a connection is used; its last response is waited for. Absent: no limit. */
  readonly connectionLifetimeMs?: number;
  /** A login that goes beyond a fixed header; absent: none. */
  readonly auth?: AuthSpec;
  /** Absent: all servers are reached directly. */
  readonly proxy?: ProxySpec;
  /** Look names up again after this time; absent: once a run. */
  readonly dnsRefreshMs?: number;
  /** Count exchanges by the server address they went to. */
  readonly perAddress: boolean;
  /** Share of the requests that are sent with a trace context, above 0 up to 1; absent: none. */
  readonly traceRatio?: number;
  /** Add up what responses say in `Server-Timing`; absent: nobody looks. */
  readonly serverTiming?: true;
}

/** The proxies of a run: `http://[user:pass@]host:port`, `socks5://…` or `socks5h://…`. Holds secrets. */
export interface ProxySpec {
  /** For `http:` targets; absent: none. */
  readonly http?: string;
  /** For `https:` targets; absent: none. */
  readonly https?: string;
  /** Targets to reach directly: patterns of `NO_PROXY`. */
  readonly bypass: readonly string[];
}

/** Sends connections for `host:port` to another address (and port). An empty `host` or port 0 matches any. */
export interface ResolveRule {
  /** Name in the URL; empty matches any. */
  readonly host: string;
  /** Port in the URL, or its scheme's default; 0 matches any. */
  readonly port: number;
  /** Name or IP address that is connected to instead, or addresses with commas between, each as often as it is to get of
   * them, some with ports of their own; empty: the URL's. */
  readonly toHost: string;
  /** Port that is connected to instead; 0: the URL's. */
  readonly toPort: number;
}

const tls = shape<TlsSpec>()({
  verify: flag,
  caCerts: list(text),
  cert: maybe(text),
  key: maybe(text),
  sni: maybe(text),
  minVersion: maybe(oneOf("1.2", "1.3")),
  maxVersion: maybe(oneOf("1.2", "1.3")),
  noResumption: maybe(oneOf(true)),
  viaNode: maybe(oneOf(true)),
});

const port = atLeast(0, 65_535);
const resolveRule = shape<ResolveRule>()({ host: text, port, toHost: text, toPort: port });

const proxySchema: Schema<ProxySpec> = shape<ProxySpec>()({
  http: maybe(text),
  https: maybe(text),
  bypass: list(text),
});

const auth = variant<AuthSpec>()("kind", [
  shape<Extract<AuthSpec, { kind: "oauth2" }>>()({
    kind: oneOf("oauth2"),
    origins: list(text),
    tokenUrl: text,
    clientId: text,
    clientSecret: text,
    scope: maybe(text),
    token: maybe(text),
    endsAtMs: maybe(number),
  }),
  shape<Extract<AuthSpec, { kind: "digest" }>>()({
    kind: oneOf("digest"),
    origins: list(text),
    user: text,
    password: text,
  }),
  shape<Extract<AuthSpec, { kind: "sigv4" }>>()({
    kind: oneOf("sigv4"),
    origins: list(text),
    region: text,
    service: text,
    accessKeyId: text,
    secretAccessKey: text,
    sessionToken: maybe(text),
  }),
]);

/** Settings that reports show: saved runs keep them. */
export type ShownSetting =
  | "keepAlive"
  | "maxRequestsPerConnection"
  | "connectionLifetimeMs"
  | "streams"
  | "proxy"
  | "localAddresses"
  | "leavesBody"
  | "expectContinue"
  | "maxRedirects";

/** What they look like. */
export const shownSettings: { readonly [K in ShownSetting]: Schema<Required<ClientSpec>[K]> } = {
  keepAlive: flag,
  maxRequestsPerConnection: maybe(atLeast(1)),
  connectionLifetimeMs: maybe(amount),
  streams: maybe(atLeast(1)),
  proxy: maybe(proxySchema),
  localAddresses: maybe(list(text)),
  leavesBody: maybe(oneOf(true)),
  expectContinue: maybe(flag),
  maxRedirects: count,
};

/** How requests travel. */
export const clientSchema: Schema<ClientSpec> = shape<ClientSpec>()({
  ...shownSettings,
  kind: oneOf("raw", "fetch"),
  sockets: maybe(oneOf("native", "platform", "auto")),
  timeoutMs: number,
  maxHeaderBytes: count,
  maxBodyBytes: maybe(atLeast(1, 268_435_456)),
  tls,
  phases: flag,
  verifyLength: flag,
  http2: flag,
  callsApart: maybe(oneOf(true)),
  h2WindowBytes: maybe(count),
  resolve: list(resolveRule),
  family: maybe(oneOf(4, 6)),
  unixSocket: maybe(text),
  auth: maybe(auth),
  dnsRefreshMs: maybe(number),
  perAddress: flag,
  traceRatio: maybe(amount),
  serverTiming: maybe(oneOf(true)),
});
