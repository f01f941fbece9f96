/**
 * Sessions that TLS connections left behind, for the next ones to the same server.
 *
 * @module
 */
import { loadOpenSsl, type OpenSsl } from "./openssl.ts";

/** Sessions that are kept for a server: of so many connections that end at a time, each next one can resume. */
const MAX_KEPT = 10_000;
const TLS_1_3 = 0x304;

/** All that this thread has. */
const made: TlsSessions[] = [];

/** Frees the sessions of this thread. */
export function freeSessions(): void {
  for (const sessions of made.splice(0)) sessions.free();
}

/**
 * The sessions of connections that trust and offer the same. Certificates are not looked at again when one is resumed:
 * none may come from a connection that was made under other terms.
 */
export class TlsSessions {
  /** Those not in use, by server. */
  readonly #kept = new Map<string, Deno.PointerObject[]>();

  constructor() {
    made.push(this);
  }

  /** Offers a server one that is kept; returns it, for the caller to free, or `null` when there is none. */
  offer(openSsl: OpenSsl, ssl: Deno.PointerObject, server: string): Deno.PointerObject | null {
    const session = this.#kept.get(server)?.pop() ?? null;
    if (session !== null) openSsl.SSL_set_session(ssl, session);
    return session;
  }

  /**
   * Keeps the session of a connection that ends well. A ticket of TLS 1.3 serves once (RFC 8446, C.4): one that the
   * connection itself had used, and that the server did not replace, is not kept.
   */
  keep(
    openSsl: OpenSsl,
    ssl: Deno.PointerObject,
    { server, used }: { readonly server: string; readonly used: Deno.PointerObject | null },
  ): void {
    const session = openSsl.SSL_get1_session(ssl);
    if (session === null) return;
    const isSpent = used !== null && Deno.UnsafePointer.equals(session, used) &&
      openSsl.SSL_version(ssl) === TLS_1_3;
    const known = this.#kept.get(server) ?? [];
    if (isSpent || known.length === MAX_KEPT || openSsl.SSL_SESSION_is_resumable(session) !== 1) {
      openSsl.SSL_SESSION_free(session);
      return;
    }
    known.push(session);
    this.#kept.set(server, known);
  }

  /** Frees them. */
  free(): void {
    for (const sessions of this.#kept.values()) {
      for (const session of sessions) loadOpenSsl()?.SSL_SESSION_free(session);
    }
    this.#kept.clear();
  }
}
