/**
 * Looks at a server's certificate once, before any load.
 *
 * @module
 */
import type { Socket as TcpSocket } from "node:net";
import { nodeModule } from "../../lib/node_modules.ts";
import { messageOf } from "../../lib/errors.ts";
import type { TlsSpec } from "../../plan/client_spec.ts";
import type { PeerCertificate } from "../../metrics/peer_certificate.ts";
import { tlsOptions } from "./node_tls.ts";

/** Where the server is and what is trusted. */
export interface CertificateCheck {
  /** Name or address that is connected to. */
  readonly host: string;
  readonly port: number;
  readonly tls: TlsSpec;
  readonly timeoutMs: number;
  /** Use only addresses of this family; absent: any. */
  readonly family?: 4 | 6;
  /** A connection that leads there, made some other way. */
  readonly socket?: TcpSocket;
}

/** Shakes hands once and says who answered; `undefined` when no handshake came about, which the load will show. */
export function checkCertificate(check: CertificateCheck): Promise<PeerCertificate | undefined> {
  return new Promise((resolve) => {
    const socket = nodeModule("node:tls").connect({
      ...(check.socket ? { socket: check.socket } : { host: check.host, port: check.port }),
      ...tlsOptions(check.tls, check.tls.sni ?? check.host),
      rejectUnauthorized: false,
      ...(check.family !== undefined && { family: check.family }),
    });
    const timer = setTimeout(() => finish(undefined), check.timeoutMs);
    const finish = (certificate: PeerCertificate | undefined) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(certificate);
    };
    socket.on("error", () => finish(undefined));
    socket.once("secureConnect", () => {
      const peer = socket.getPeerCertificate();
      const protocol = socket.getProtocol();
      const cipher = socket.getCipher()?.name;
      finish({
        isTrusted: socket.authorized,
        ...(!socket.authorized && { reason: reasonOf(socket.authorizationError, peer) }),
        ...nameOf("subject", peer?.subject),
        ...nameOf("issuer", peer?.issuer),
        ...(peer?.valid_to && { validTo: peer.valid_to }),
        ...(protocol && { protocol }),
        ...(cipher && { cipher }),
      });
    });
  });
}

const REASONS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: "it is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "its root is not trusted here",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its issuer is not known here",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its issuer is not known here",
  UNABLE_TO_GET_ISSUER_CERT: "its issuer is not known here",
  CERT_HAS_EXPIRED: "it has expired",
  CERT_NOT_YET_VALID: "it is not valid yet",
  ERR_TLS_CERT_ALTNAME_INVALID: "it is for a different name",
  HOSTNAME_MISMATCH: "it is for a different name",
};

/** What would make a certificate trusted that is not, by what is said of it; for messages. */
export function remedyFor(reason: string | undefined): string | undefined {
  switch (reason) {
    case REASONS["SELF_SIGNED_CERT_IN_CHAIN"]:
    case REASONS["UNABLE_TO_GET_ISSUER_CERT"]:
      return "add its root with --ca-bundle";
    case REASONS["DEPTH_ZERO_SELF_SIGNED_CERT"]:
      return "add it as its own root with --ca-bundle";
    case REASONS["ERR_TLS_CERT_ALTNAME_INVALID"]:
      return "use a name that it covers, in the URL or with --sni";
    case REASONS["CERT_HAS_EXPIRED"]:
      return "renew it";
    default:
      return undefined;
  }
}

/** The platform takes a wrong date for an unknown issuer, so dates are looked at first. */
function reasonOf(
  error: unknown,
  peer?: { readonly valid_from?: string; readonly valid_to?: string },
): string {
  if (Date.parse(peer?.valid_to ?? "") < Date.now()) return REASONS["CERT_HAS_EXPIRED"]!;
  if (Date.parse(peer?.valid_from ?? "") > Date.now()) return REASONS["CERT_NOT_YET_VALID"]!;
  const text = typeof error === "string" ? error : (error as { code?: string })?.code ?? messageOf(error);
  return REASONS[text] ?? text;
}

function nameOf(key: "subject" | "issuer", name: unknown): Partial<Record<typeof key, string>> {
  const commonName = (name as { CN?: unknown } | undefined)?.CN;
  return typeof commonName === "string" ? { [key]: commonName } : {};
}
