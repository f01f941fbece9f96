/**
 * Chooses the roots that connections over `node:tls` are checked against: the user's own, or those that everybody trusts.
 *
 * @module
 */
import type { TlsSpec } from "../../plan/client_spec.ts";
import { FAILURE } from "../../metrics/failure.ts";
import { failureOf } from "../exchange/failure_of.ts";
import type { Roots } from "./node_tls.ts";

/** Tries the user's own roots first, and remembers which servers need the public ones: both at once are slow. */
export class RootChoice {
  readonly #tls: TlsSpec;
  /** Servers, by name, whose certificates the user's own roots do not explain. */
  readonly #publicServers = new Set<string>();

  constructor(tls: TlsSpec) {
    this.#tls = tls;
  }

  /** The roots to check the next certificate of a server against. */
  rootsFor(serverName: string): Roots {
    const { verify, caCerts } = this.#tls;
    return verify && caCerts.length > 0 && !this.#publicServers.has(serverName) ? "own" : "public";
  }

  /** Takes note of a failed handshake; returns whether the other roots may explain the certificate, and come next. */
  noteFailure(serverName: string, roots: Roots, error: unknown): boolean {
    if (failureOf(error) !== FAILURE.tls_certificate) return false;
    if (roots === "own") this.#publicServers.add(serverName);
    // Nor do those; the next connection may find another certificate.
    else this.#publicServers.delete(serverName);
    return roots === "own";
  }
}
