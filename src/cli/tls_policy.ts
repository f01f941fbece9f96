/**
 * Decides, before any load, whether the server's certificate is to be trusted, and what to do if it is not.
 *
 * @module
 */
import { checkCertificate } from "../client/check_certificate.ts";
import { proxyFor } from "../client/proxy.ts";
import { Dialer } from "../client/raw/dialer.ts";
import { routeOf, routeTo } from "../client/route.ts";
import { UsageError } from "../lib/errors.ts";
import { type ClientSpec, isCredential, type RunPlan } from "../plan/run_plan.ts";
import { knownUrls, stepsOf } from "../plan/scenario.ts";
import type { Note } from "../result/outcome.ts";
import type { PeerCertificate } from "../metrics/peer_certificate.ts";

/** How long a look at a certificate may take. */
const MOST_LOOK_MS = 10_000;

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

/**
 * Checks the first `https` server of a plan.
 * @throws {UsageError} when it is not trusted and must be, or would be sent credentials.
 */
export async function settleTls(plan: RunPlan, wishes: TlsWishes): Promise<SettledTls> {
  const steps = stepsOf(plan.scenario);
  const target = knownUrls(plan.scenario).find((url) => url.protocol === "https:");
  if (!target) return { plan, notes: [] };
  const { host } = routeOf(target);
  const certificate = await certificateOf(target, plan.client);
  const withVerify = (verify: boolean): RunPlan => ({
    ...plan,
    client: { ...plan.client, tls: { ...plan.client.tls, verify } },
  });
  if (certificate === undefined) return { plan: withVerify(!wishes.insecure), notes: [] };
  if (certificate.isTrusted) {
    const verified = withVerify(!wishes.insecure);
    return { plan: await withFittingTls(verified, target), certificate, notes: [] };
  }
  const reason = certificate.reason ?? "unknown reason";
  const untrusted = `The certificate of ${host} is not trusted: ${reason}`;
  if (wishes.sslVerify && !wishes.insecure) {
    throw new UsageError(`${untrusted}; give its root with --ca-bundle, or leave out --ssl-verify`);
  }
  if (!wishes.insecure && steps.some((step) => step.headers.some(isCredential))) {
    throw new UsageError(
      `${untrusted}, so no credentials are sent to it; give its root with --ca-bundle, or --insecure to send them`,
    );
  }
  return {
    plan: withVerify(false),
    certificate,
    notes: [{ level: "warning", text: `${untrusted}. The run went on without verification.` }],
  };
}

/**
 * The platform's TLS refuses a private root that is itself the server's certificate, as self-signed ones made by
 * `openssl req -x509` are; `node:tls` takes it.
 */
async function withFittingTls(plan: RunPlan, url: URL): Promise<RunPlan> {
  const { client } = plan;
  const { tls } = client;
  if (tls.caCerts.length === 0 || !tls.verify || client.kind !== "raw") return plan;
  try {
    if (goesSpecialWays(url, client)) throw new Error("The plain way is not to be gone");
    const target = routeTo(routeOf(url), client.resolve);
    const signal = AbortSignal.timeout(Math.min(client.timeoutMs, MOST_LOOK_MS));
    const tcp = await Deno.connect({ hostname: target.host, port: target.port, signal });
    const conn = await Deno.startTls(tcp, {
      hostname: tls.sni ?? routeOf(url).host,
      caCerts: [...tls.caCerts],
    });
    const close = () => conn.close();
    signal.addEventListener("abort", close, { once: true });
    await conn.handshake();
    signal.removeEventListener("abort", close);
    conn.close();
    return plan;
  } catch {
    // Whatever it is, the check has just shown that the other way works.
    return { ...plan, client: { ...client, tls: { ...tls, viaNode: true } } };
  }
}

/** What a server shows of itself, seen by the way that requests will go. */
async function certificateOf(url: URL, client: ClientSpec): Promise<PeerCertificate | undefined> {
  const timeoutMs = Math.min(client.timeoutMs, MOST_LOOK_MS);
  try {
    return await checkCertificate({
      ...routeTo(routeOf(url), client.resolve),
      ...(goesSpecialWays(url, client) && {
        socket: await new Dialer(client).openSocket(url, AbortSignal.timeout(timeoutMs)),
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

function goesSpecialWays(url: URL, client: ClientSpec): boolean {
  return client.localAddresses !== undefined || proxyFor(url, client.proxy) !== null;
}
