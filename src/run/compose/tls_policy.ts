/**
 * Decides, before any load, whether the servers' certificates are to be trusted, and what to do if one is not.
 *
 * @module
 */
import { SEARCHED_CHARS } from "../../lib/size_limits.ts";
import type { Socket as TcpSocket } from "node:net";
import { checkCertificate, remedyFor } from "../../client/net/check_certificate.ts";
import { proxyFor } from "../../client/net/proxy.ts";
import { Dialer } from "../../client/net/dialer.ts";
import type { NodeSocket } from "../../client/net/node_socket.ts";
import { PlatformTransport } from "../../client/net/platform_transport.ts";
import { eachOf, routeOf, routeTo } from "../../plan/route.ts";
import { UsageError } from "../../lib/errors.ts";
import { secretsInBody } from "../../lib/mask_text.ts";
import type { Body } from "../../plan/http_step.ts";
import type { ClientSpec } from "../../plan/client_spec.ts";
import { type RunPlan, wholeScenario } from "../../plan/run_plan.ts";
import { knownUrls, type Scenario, stepsOf } from "../../plan/scenario.ts";
import { describeSecrets, requestOf, secretsOf, secretVariables } from "../../steps/secrets.ts";
import type { Note } from "../../result/outcome.ts";
import type { PeerCertificate } from "../../metrics/peer_certificate.ts";

/** How long a look at a certificate may take. */
const MAX_PEEK_MS = 10_000;
/** How many servers are looked at, all at once. */
const MAX_SERVERS = 50;

/** What the user asked for. */
export interface TlsWishes {
  /** Refuse untrusted certificates. */
  readonly sslVerify: boolean;
  /** Use them without a word of refusal, credentials and all. */
  readonly insecure: boolean;
}

/** The plan with its TLS settled, and what to tell about it. */
export interface SettledTls {
  readonly plan: RunPlan;
  readonly certificate?: PeerCertificate;
  readonly notes: readonly Note[];
}

/** A server, and what it shows of itself. */
interface Shown {
  readonly url: URL;
  readonly certificate: PeerCertificate;
}

/**
 * Checks the `https` servers of a plan.
 * @throws {UsageError} when one is not trusted and must be, or would be sent credentials.
 */
export async function settleTls(plan: RunPlan, wishes: TlsWishes): Promise<SettledTls> {
  const whole = wholeScenario(plan);
  const servers = httpsServers(whole);
  if (servers.length === 0) return { plan, notes: [] };
  const looks = await Promise.all(servers.map((url) => lookAt(url, plan.client)));
  const shown = looks.filter((look) => look !== undefined);
  const withVerify = (verify: boolean): RunPlan => ({
    ...plan,
    client: { ...plan.client, tls: { ...plan.client.tls, verify } },
  });
  const untrusted = shown.filter(({ certificate }) => !certificate.isTrusted);
  const [first] = untrusted;
  if (first === undefined) {
    let fitting = withVerify(!wishes.insecure);
    for (const { url } of shown) fitting = await withFittingTls(fitting, url);
    return { plan: fitting, ...(shown[0] && { certificate: shown[0].certificate }), notes: [] };
  }
  const problems = [...new Set(untrusted.map(problemOf))];
  /** Every problem once, with what can be done about it. */
  const told = (more: string, otherwise: string) => {
    const sentences = untrusted.map((look) =>
      `${problemOf(look)}${more}; ${either(remedyFor(look.certificate.reason), otherwise)}`
    );
    return [...new Set(sentences)];
  };
  if (wishes.sslVerify && !wishes.insecure) throw new UsageError(told("", "leave out --ssl-verify"));
  const secrets = wishes.insecure
    ? []
    : [...await collectSecrets(whole), ...(plan.client.auth === undefined ? [] : ["--auth"])];
  if (secrets.length > 0) {
    const found = `, so no credentials are sent to it (found ${secrets.join(", ")})`;
    throw new UsageError(told(found, "use --insecure to send them"));
  }
  return {
    plan: withVerify(false),
    certificate: first.certificate,
    notes: problems.map((problem) => ({
      level: "warning",
      text: `${problem}. The run went on without verification.`,
    })),
  };
}

function either(remedy: string | undefined, otherwise: string): string {
  return remedy === undefined ? otherwise : `${remedy}, or ${otherwise}`;
}

/** Credentials named in a message at most. */
const MAX_NAMED = 3;

/** The credentials that a scenario sends, as a message names them. */
async function collectSecrets(scenario: Scenario): Promise<readonly string[]> {
  const found = new Set<string>();
  const variables = secretVariables({ scenario });
  for (const step of stepsOf(scenario)) {
    for (const name of describeSecrets(secretsOf(step, variables))) found.add(name);
    for (const name of await readSecrets(requestOf(step)?.body)) found.add(`field ${name}`);
  }
  const names = [...found];
  const rest = names.length - MAX_NAMED;
  return rest > 0 ? [...names.slice(0, MAX_NAMED), `${rest} more`] : names;
}

/** Names of secret fields in the beginning of a body that stays in its file. */
async function readSecrets(body: Body | undefined): Promise<readonly string[]> {
  if (body?.kind !== "file") return [];
  using file = await Deno.open(body.path);
  const buffer = new Uint8Array(SEARCHED_CHARS);
  const length = await file.read(buffer) ?? 0;
  return secretsInBody(new TextDecoder().decode(buffer.subarray(0, length)));
}

/** A URL of each `https` server that is known before the load; of very many, the first. */
function httpsServers(scenario: Scenario): readonly URL[] {
  const byOrigin = new Map<string, URL>();
  for (const url of knownUrls(scenario)) {
    if (url.protocol === "https:" && !byOrigin.has(url.origin)) byOrigin.set(url.origin, url);
  }
  return [...byOrigin.values()].slice(0, MAX_SERVERS);
}

async function lookAt(url: URL, client: ClientSpec): Promise<Shown | undefined> {
  const certificate = await peekCertificate(url, client);
  return certificate && { url, certificate };
}

function problemOf({ url, certificate }: Shown): string {
  return `The certificate of ${routeOf(url).host} is not trusted: ${certificate.reason ?? "unknown reason"}`;
}

/**
 * The platform's TLS refuses a private root that is itself the server's certificate, as self-signed ones made by
 * `openssl req -x509` are; `node:tls` takes it.
 */
async function withFittingTls(plan: RunPlan, url: URL): Promise<RunPlan> {
  const { client } = plan;
  const { tls } = client;
  if (tls.caCerts.length === 0 || !tls.verify || tls.viaNode || client.kind !== "raw") return plan;
  try {
    if (goesSpecialWays(url, client)) throw new Error("The plain way is not to be gone");
    const [target] = eachOf(routeTo(routeOf(url), client.resolve));
    const signal = AbortSignal.timeout(Math.min(client.timeoutMs, MAX_PEEK_MS));
    const tcp = await Deno.connect({ hostname: target!.host, port: target!.port, signal });
    const conn = await Deno.startTls(tcp, {
      hostname: tls.sni ?? routeOf(url).host,
      caCerts: [...tls.caCerts],
    });
    const close = () => conn.close();
    signal.addEventListener("abort", close, { once: true });
    try {
      await conn.handshake();
    } finally {
      signal.removeEventListener("abort", close);
      if (!signal.aborted) conn.close();
    }
    return plan;
  } catch {
    // Whatever it is, the check has just shown that the other way works.
    return { ...plan, client: { ...client, tls: { ...tls, viaNode: true } } };
  }
}

/** What a server shows of itself, seen by the way that requests will go. */
async function peekCertificate(url: URL, client: ClientSpec): Promise<PeerCertificate | undefined> {
  const timeoutMs = Math.min(client.timeoutMs, MAX_PEEK_MS);
  try {
    return await checkCertificate({
      // The first address stands for all.
      ...eachOf(routeTo(routeOf(url), client.resolve))[0]!,
      ...(goesSpecialWays(url, client) && {
        socket: await openNodeSocket(url, client, AbortSignal.timeout(timeoutMs)),
      }),
      tls: { ...client.tls, sni: client.tls.sni ?? routeOf(url).host },
      ...(client.family !== undefined && { family: client.family }),
      timeoutMs,
    });
  } catch {
    // There is no way to the server, which the load will show.
    return undefined;
  }
}

/** A socket that `node:tls` can work on, by the way that requests will go. */
async function openNodeSocket(url: URL, client: ClientSpec, signal: AbortSignal): Promise<TcpSocket> {
  const transport = new PlatformTransport(client.tls, { viaNode: true });
  const socket = await new Dialer(client, { transport }).openSocket(url, signal);
  return (socket as NodeSocket).detach();
}

function goesSpecialWays(url: URL, client: ClientSpec): boolean {
  return client.localAddresses !== undefined || proxyFor(url, client.proxy) !== null;
}
