/**
 * What the settings of clients look like when they come over a wire or out of a file.
 *
 * @module
 */
import {
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
import type { ClientSpec, ProxySpec, ResolveRule, TlsSpec } from "./run_plan.ts";

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

/** The proxies of a run. */
export const proxySchema: Schema<ProxySpec> = shape<ProxySpec>()({
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

/** How requests travel. */
export const clientSchema: Schema<ClientSpec> = shape<ClientSpec>()({
  kind: oneOf("raw", "fetch"),
  sockets: maybe(oneOf("native", "platform", "auto")),
  keepAlive: flag,
  timeoutMs: number,
  maxHeaderBytes: count,
  maxBodyBytes: maybe(atLeast(1, 268_435_456)),
  tls,
  phases: flag,
  leavesBody: maybe(oneOf(true)),
  verifyLength: flag,
  maxRedirects: count,
  expectContinue: maybe(flag),
  http2: flag,
  streams: maybe(atLeast(1)),
  h2WindowBytes: maybe(count),
  resolve: list(resolveRule),
  family: maybe(oneOf(4, 6)),
  unixSocket: maybe(text),
  localAddresses: maybe(list(text)),
  maxRequestsPerConnection: maybe(atLeast(1)),
  connectionLifetimeMs: maybe(number),
  auth: maybe(auth),
  proxy: maybe(proxySchema),
  dnsRefreshMs: maybe(number),
  perAddress: flag,
});
