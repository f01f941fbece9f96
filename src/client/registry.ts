/**
 * The HTTP clients there are, and what each can do.
 *
 * @module
 */
import type { OwnerRules } from "../plan/owner_rules.ts";
import type { ClientSpec } from "../plan/client_spec.ts";
import type { StepSecrets } from "../plan/scenario.ts";
import { createFetchClient } from "./fetch/fetch_client.ts";
import type { Authority } from "./auth/authority.ts";
import { AuthorizingClient } from "./auth/authorizing_client.ts";
import { authorityOf } from "./auth/load_auth.ts";
import type { HttpClient } from "./exchange/http_client.ts";
import { CallingClient } from "./grpc/calling_client.ts";
import { createHttp2Clients } from "./http2/http2_client.ts";
import { parseProxy } from "./net/proxy.ts";
import { hasWearLimits } from "./net/connection_wear.ts";
import { ConnectGate } from "./net/connect_gate.ts";
import { Dialer } from "./net/dialer.ts";
import { RequestEncoder } from "./http1/encode_request.ts";
import { RawClient } from "./http1/http1_client.ts";
import { NO_SECRETS, RedirectingClient } from "./exchange/redirecting_client.ts";
import { samplerOf } from "./trace/trace_context.ts";
import { TracingClient } from "./trace/tracing_client.ts";

/**
 * Returns what makes a thread's clients, one a user; they share what users can share: names, addresses, settings.
 * `secretsOf` tells which parts of a step's requests go no further than their origin; with `rules`, no connection leads
 * where they do not allow.
 */
export function createClients(
  spec: ClientSpec,
  secretsOf: (step: number) => StepSecrets = () => NO_SECRETS,
  rules?: OwnerRules,
): () => HttpClient {
  const makePlain = authorizing(spec, plainClients(spec, rules));
  return tracing(
    spec,
    spec.maxRedirects > 0 ? () => new RedirectingClient(spec, makePlain(), secretsOf) : makePlain,
  );
}

/** The same for a share of whose requests servers record traces. */
function tracing(spec: ClientSpec, makePlain: () => HttpClient): () => HttpClient {
  const sampler = samplerOf(spec);
  return sampler === undefined ? makePlain : () => new TracingClient(makePlain(), sampler);
}

/** The same for users who log in, with one login for all. */
function authorizing(spec: ClientSpec, makePlain: () => HttpClient): () => HttpClient {
  const { auth } = spec;
  if (auth === undefined) return makePlain;
  const origins = new Set(auth.origins);
  let authority: Authority | undefined;
  return () => new AuthorizingClient(makePlain(), authority ??= authorityOf(auth, spec), origins);
}

/** The same for clients that follow no redirects. */
function plainClients(spec: ClientSpec, rules: OwnerRules | undefined): () => HttpClient {
  switch (spec.kind) {
    case "raw": {
      const newDialer = (spec: ClientSpec) => new Dialer(spec, {}, rules);
      if (spec.http2) return createHttp2Clients(spec, newDialer);
      const dialer = newDialer(spec);
      const encoder = new RequestEncoder(spec);
      const newPlain = () => new RawClient(spec, dialer, encoder);
      if (!spec.callsApart) return newPlain;
      const newCalling = createHttp2Clients({ ...spec, http2: true }, newDialer);
      return () => new CallingClient(newPlain(), newCalling());
    }
    case "fetch": {
      const { localAddresses = [] } = spec;
      let made = 0;
      const gate = new ConnectGate();
      return () => {
        const localAddress = localAddresses[made++ % localAddresses.length];
        return createFetchClient(spec, {
          gate,
          ...(localAddress !== undefined && { localAddress }),
          ...(rules && { rules }),
        });
      };
    }
  }
}

/** What a specification can ask for and not every client has. */
interface Feature {
  /** Continues "The fetch client cannot …". */
  readonly phrase: string;
  readonly isWanted: (spec: ClientSpec) => boolean;
  /** It finds faults of servers; a client without it counts such responses as good. */
  readonly isSight?: true;
}

/** Nothing asks for it. */
const NEVER = () => false;

const FEATURES = {
  insecureTls: { phrase: "skip certificate checks", isWanted: ({ tls }) => !tls.verify },
  serverName: {
    phrase: "send a different TLS server name",
    isWanted: ({ tls }) => tls.sni !== undefined,
  },
  tlsVersions: {
    phrase: "limit the TLS version",
    isWanted: ({ tls }) => tls.minVersion !== undefined || tls.maxVersion !== undefined,
  },
  http2: { phrase: "speak HTTP/2", isWanted: ({ http2 }) => http2 },
  expectContinue: {
    phrase: "use Expect: 100-continue",
    isWanted: ({ expectContinue }) => expectContinue === true,
  },
  streams: {
    phrase: "send several requests at once on one connection",
    isWanted: ({ streams = 1 }) => streams > 1,
  },
  h2Window: { phrase: "set HTTP/2 windows", isWanted: ({ h2WindowBytes }) => h2WindowBytes !== undefined },
  wear: { phrase: "limit the use of a connection", isWanted: hasWearLimits },
  phases: { phrase: "time the phases of a request", isWanted: ({ phases }) => phases },
  resolve: {
    phrase: "override the addresses that DNS gives",
    isWanted: ({ resolve }) => resolve.length > 0,
  },
  family: { phrase: "choose between IPv4 and IPv6", isWanted: ({ family }) => family !== undefined },
  dnsRefresh: {
    phrase: "resolve names again at intervals",
    isWanted: (spec) => spec.dnsRefreshMs !== undefined,
  },
  perAddress: { phrase: "count by server address", isWanted: ({ perAddress }) => perAddress },
  unixSocket: { phrase: "talk to a Unix socket", isWanted: (spec) => spec.unixSocket !== undefined },
  localAddress: {
    phrase: "choose the local address",
    isWanted: (spec) => spec.localAddresses !== undefined,
  },
  proxy: { phrase: "go through a proxy", isWanted: (spec) => spec.proxy !== undefined },
  proxyPassword: {
    // Deno 2.9 sends it on to the server, through the tunnel.
    phrase: "keep a proxy's password from https servers",
    isWanted: ({ proxy }) => proxy?.https !== undefined && parseProxy(proxy.https).credentials !== undefined,
  },
  twoLengths: {
    phrase: "see that a response has both Content-Length and Transfer-Encoding",
    isWanted: NEVER,
    isSight: true,
  },
  extraResponses: {
    phrase: "see a second, unrequested response",
    isWanted: NEVER,
    isSight: true,
  },
} as const satisfies Readonly<Record<string, Feature>>;

/** A feature's name. */
export type ClientFeature = keyof typeof FEATURES;

/** What each client can do. Every client can do what is not named here. */
export const CLIENT_CAPABILITIES: Readonly<
  Record<ClientSpec["kind"], Readonly<Record<ClientFeature, boolean>>>
> = {
  raw: {
    insecureTls: true,
    serverName: true,
    tlsVersions: true,
    http2: true,
    expectContinue: true,
    streams: true,
    h2Window: true,
    wear: true,
    phases: true,
    resolve: true,
    family: true,
    dnsRefresh: true,
    perAddress: true,
    unixSocket: true,
    localAddress: true,
    proxy: true,
    proxyPassword: true,
    twoLengths: true,
    extraResponses: true,
  },
  fetch: {
    insecureTls: false,
    serverName: false,
    tlsVersions: false,
    http2: true,
    expectContinue: false,
    streams: false,
    h2Window: false,
    wear: false,
    phases: false,
    resolve: false,
    family: false,
    dnsRefresh: false,
    perAddress: false,
    unixSocket: true,
    localAddress: true,
    proxy: true,
    proxyPassword: false,
    twoLengths: false,
    extraResponses: false,
  },
};

/** What a specification asks of its client in vain, one sentence each; none when the client can do it all. */
export function clientProblems(spec: ClientSpec): readonly string[] {
  const kinds = Object.keys(CLIENT_CAPABILITIES) as ClientSpec["kind"][];
  const features: [string, Feature][] = Object.entries(FEATURES);
  return features.filter(([name, feature]) =>
    feature.isWanted(spec) && !CLIENT_CAPABILITIES[spec.kind][name as ClientFeature]
  ).map(([name, { phrase }]) => {
    const able = kinds.filter((kind) => CLIENT_CAPABILITIES[kind][name as ClientFeature]);
    const others = able.length > 0 ? `; the ${able.join(" and ")} client can` : ", and no other client can";
    return `The ${spec.kind} client cannot ${phrase}${others}`;
  });
}

/** The faults of servers that a client cannot see, in one sentence; `undefined` when it sees all. */
export function blindSpot(kind: ClientSpec["kind"]): string | undefined {
  const features: [string, Feature][] = Object.entries(FEATURES);
  const phrases = features
    .filter(([name, { isSight }]) => isSight && !CLIENT_CAPABILITIES[kind][name as ClientFeature])
    .map(([, { phrase }]) => phrase);
  return phrases.length === 0
    ? undefined
    : `The ${kind} client cannot ${phrases.join(", and cannot ")}: it counts such responses as good`;
}
