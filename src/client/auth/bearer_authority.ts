/**
 * Bearer tokens that are renewed while the load runs, before they end and without holding up a request.
 *
 * @module
 */
import type { AuthSpec } from "../../plan/auth_spec.ts";
import type { Authority } from "./authority.ts";
import { fetchToken, type Token } from "./token.ts";

/** How long before its end a token is renewed, as a share of its life, and at most. */
const RENEW_SHARE = 0.2;
const MAX_RENEW_MS = 60_000;
/** The pause after a renewal, also after one that failed. */
const PAUSE_MS = 5000;

/** One thread's token. */
export class BearerAuthority implements Authority {
  readonly #renew: () => Promise<Token>;
  #token: string;
  #version = 0;
  #renewAtMs = Infinity;
  #isRenewing = false;

  /** `caCerts`: further roots that the token's server may have. */
  constructor(
    spec: Extract<AuthSpec, { kind: "oauth2" }>,
    caCerts: readonly string[],
    renew: () => Promise<Token> = () => fetchToken(spec, caCerts),
  ) {
    this.#renew = renew;
    this.#token = spec.token ?? "";
    this.#setEnd(spec.endsAtMs);
  }

  version(): number {
    if (Date.now() >= this.#renewAtMs && !this.#isRenewing) void this.#renewNow();
    return this.#version;
  }

  fieldsFor(): ReturnType<Authority["fieldsFor"]> {
    return [["Authorization", `Bearer ${this.#token}`]];
  }

  #setEnd(endsAtMs: number | undefined): void {
    const now = Date.now();
    this.#renewAtMs = endsAtMs === undefined
      ? Infinity
      : Math.max(now + PAUSE_MS, endsAtMs - Math.min((endsAtMs - now) * RENEW_SHARE, MAX_RENEW_MS));
  }

  async #renewNow(): Promise<void> {
    this.#isRenewing = true;
    try {
      const { token, endsAtMs } = await this.#renew();
      this.#token = token;
      this.#version++;
      this.#setEnd(endsAtMs);
    } catch {
      // The old token goes on; what the server makes of it shows in the statuses.
      this.#renewAtMs = Date.now() + PAUSE_MS;
    } finally {
      this.#isRenewing = false;
    }
  }
}
