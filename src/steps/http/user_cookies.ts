/**
 * The cookies of one user, and the requests of fixed steps with them.
 *
 * @module
 */
import type { CookieJar, CookieTarget } from "../../client/exchange/cookie_jar.ts";
import type { HopCookies, PreparedRequest } from "../../client/exchange/http_client.ts";
import type { HeaderLine } from "../../plan/http_step.ts";
import type { CompiledHttpStep } from "./compile_step.ts";
import { isCookie, withCookies } from "./step_form.ts";

/** A fixed step's request with the cookies of one moment. */
interface CookieRequest {
  readonly request: PreparedRequest;
  readonly jarVersion: number;
  readonly validUntilMs: number;
}

/** One user's jar. `wallClockMs`: the time of day, in ms since 1970. */
export class UserCookies implements HopCookies {
  /** Fields of the last request, without the cookies that servers had set. */
  ownHeaders: readonly HeaderLine[] = [];
  readonly #jar: CookieJar;
  readonly #wallClockMs: () => number;
  readonly #requests = new Map<number, CookieRequest>();

  constructor(jar: CookieJar, wallClockMs: () => number) {
    this.#jar = jar;
    this.#wallClockMs = wallClockMs;
  }

  get isEmpty(): boolean {
    return this.#jar.isEmpty;
  }

  clear(): void {
    this.#jar.clear();
  }

  /** Takes in what a response sets. */
  storeHead(head: Uint8Array, url: URL): void {
    this.#jar.storeHead(head, url, this.#wallClockMs());
  }

  /** The value of the `Cookie` field for a redirect of the request under way, or `""`. */
  fieldFor(url: URL, withOwn: boolean): string {
    const own = withOwn ? this.ownHeaders.filter(isCookie).map(([, value]) => value) : [];
    const kept = this.#jar.headerFor(url, this.#wallClockMs());
    return [...(kept === "" ? [] : [kept]), ...own].join("; ");
  }

  /** The value of the `Cookie` field, or `""`. */
  cookiesFor(url: CookieTarget): string {
    return this.isEmpty ? "" : this.#jar.headerFor(url, this.#wallClockMs());
  }

  /** A fixed step's request: the same as last time unless the cookies have changed. */
  requestFor(step: CompiledHttpStep, fixed: NonNullable<CompiledHttpStep["fixed"]>): PreparedRequest {
    if (this.isEmpty) return fixed.request;
    const nowMs = this.#wallClockMs();
    const jar = this.#jar;
    const kept = this.#requests.get(step.index);
    if (kept !== undefined && kept.jarVersion === jar.version && nowMs < kept.validUntilMs) {
      return kept.request;
    }
    const cookies = jar.headerFor(fixed.request.url, nowMs);
    const request = cookies === ""
      ? fixed.request
      : step.prepare(withCookies(fixed.step, cookies), true, fixed.bytes);
    this.#requests.set(step.index, { request, jarVersion: jar.version, validUntilMs: jar.nextExpiryMs });
    return request;
  }
}
