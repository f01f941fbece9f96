/**
 * Decides, before any load, whether the server's certificate is to be trusted, and what to do if it is not.
 *
 * @module
 */
import { checkCertificate } from "../client/check_certificate.ts";
import { routeTo } from "../client/route.ts";
import { UsageError } from "../lib/errors.ts";
import { isCredential, type RunPlan } from "../plan/run_plan.ts";
import { stepsOf } from "../plan/scenario.ts";
import type { Note } from "../result/outcome.ts";
import type { PeerCertificate } from "../metrics/peer_certificate.ts";

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
  // A URL with placeholders may be none yet.
  const target = steps.map(({ url, base }) => URL.parse(url, base)).find((url) => url?.protocol === "https:");
  if (!target) return { plan, notes: [] };
  const host = target.hostname.replace(/^\[|\]$/g, "");
  const certificate = await checkCertificate({
    ...routeTo({ host, port: target.port === "" ? 443 : Number(target.port) }, plan.client.resolve),
    tls: { ...plan.client.tls, sni: plan.client.tls.sni ?? host },
    ...(plan.client.family !== undefined && { family: plan.client.family }),
    timeoutMs: Math.min(plan.client.timeoutMs, 10_000),
  });
  const withVerify = (verify: boolean): RunPlan => ({
    ...plan,
    client: { ...plan.client, tls: { ...plan.client.tls, verify } },
  });
  if (certificate === undefined) return { plan: withVerify(!wishes.insecure), notes: [] };
  if (certificate.isTrusted) {
    const verified = withVerify(!wishes.insecure);
    return { plan: await withFittingTls(verified, host, Number(target.port || 443)), certificate, notes: [] };
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
async function withFittingTls(plan: RunPlan, host: string, port: number): Promise<RunPlan> {
  const { tls } = plan.client;
  if (tls.caCerts.length === 0 || !tls.verify || plan.client.kind !== "raw") return plan;
  try {
    const target = routeTo({ host, port }, plan.client.resolve);
    const tcp = await Deno.connect({ hostname: target.host, port: target.port });
    using conn = await Deno.startTls(tcp, { hostname: tls.sni ?? host, caCerts: [...tls.caCerts] });
    await conn.handshake();
    return plan;
  } catch {
    // Whatever it is, the check has just shown that the other way works.
    return { ...plan, client: { ...plan.client, tls: { ...tls, viaNode: true } } };
  }
}
