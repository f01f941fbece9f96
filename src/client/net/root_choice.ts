/**
 * Chooses the roots that connections over `node:tls` are checked against: the user's own, or those that everybody trusts.
 *
 * @module
 */
import type { TlsSpec } from "../../plan/run_plan.ts";
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

  #for(serverName: string): Roots {
    const { verify, caCerts } = this.#tls;
    return verify && caCerts.length > 0 && !this.#publicServers.has(serverName) ? "own" : "public";
  }

  /** Opens a connection, a second time where only the other roots may explain the certificate. */
  async open<T>(serverName: string, open: (roots: Roots) => Promise<T>): Promise<T> {
    const roots = this.#for(serverName);
    try {
      return await open(roots);
    } catch (error) {
      if (roots !== "own" || failureOf(error) !== FAILURE.tls_certificate) throw error;
    }
    this.#publicServers.add(serverName);
    try {
      return await open("public");
    } catch (error) {
      // Nor do those; the next connection may find another certificate.
      this.#publicServers.delete(serverName);
      throw error;
    }
  }
}
