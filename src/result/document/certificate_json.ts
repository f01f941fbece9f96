/**
 * The server's certificate in a JSON result.
 *
 * @module
 */
import { present } from "../../lib/json/present.ts";
import type { PeerCertificate } from "../../metrics/peer_certificate.ts";

/** What the server proved about itself. */
export interface CertificateJson {
  /** Whether the chain, the dates and the name were all accepted. */
  readonly trusted: boolean;
  /** Why it is not trusted; absent when it is. */
  readonly reason?: string;
  /** Common name of its holder; absent when it has none. */
  readonly subject?: string;
  /** Common name of who signed it; absent when it has none. */
  readonly issuer?: string;
  /** Last moment of validity, as the TLS library writes it. */
  readonly valid_to?: string;
  /** TLS version agreed on, such as `TLSv1.3`. */
  readonly protocol?: string;
  /** Cipher suite agreed on, by the TLS library's name. */
  readonly cipher?: string;
}

/** TLS handshakes by kind. */
export interface TlsHandshakesJson {
  /** With certificates and signatures. */
  readonly full: number;
  /** With what an earlier connection had left. */
  readonly resumed: number;
}

/** What a certificate says. */
export function certificateJson({ isTrusted, validTo, ...named }: PeerCertificate): CertificateJson {
  return present<CertificateJson>({ trusted: isTrusted, ...named, valid_to: validTo });
}
