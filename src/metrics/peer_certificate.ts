/**
 * What a TLS server showed of itself.
 *
 * @module
 */

/** What the server proved about itself; only over TLS. */
export interface PeerCertificate {
  /** Whether the chain, the dates and the name were all accepted. */
  readonly isTrusted: boolean;
  /** Why it is not trusted. */
  readonly reason?: string;
  /** Common name of its holder; absent when it has none. */
  readonly subject?: string;
  /** Common name of who signed it; absent when it has none. */
  readonly issuer?: string;
  /** Last moment of validity, as the TLS library writes it. */
  readonly validTo?: string;
  /** TLS version agreed on, such as `TLSv1.3`. */
  readonly protocol?: string;
  /** Cipher suite agreed on, by the TLS library's name. */
  readonly cipher?: string;
}
