/**
 * The cookies of one user of a module.
 *
 * @module
 */
import type { CookieJar } from "../../client/exchange/cookie_jar.ts";
import { changedRequest, type HopCookies, type PreparedRequest } from "../../client/exchange/http_client.ts";
import type { HeaderLine } from "../../plan/http_step.ts";
import type { ScriptRequest } from "./build_request.ts";

/** A request with the cookies of one moment. */
interface CookieRequest {
  readonly request: PreparedRequest;
  readonly jarVersion: number;
  readonly validUntilMs: number;
}

/** One user's jar. */
export class ScriptCookies implements HopCookies {
  readonly #jar: CookieJar;
  readonly #kept = new WeakMap<ScriptRequest, CookieRequest>();

  constructor(jar: CookieJar) {
    this.#jar = jar;
  }

  /** Takes in what a response sets. */
  storeHead(head: Uint8Array, url: URL): void {
    this.#jar.storeHead(head, url, Date.now());
  }

  /** The value of the `Cookie` field for a redirect. */
  fieldFor(url: URL): string {
    return this.#jar.headerFor(url, Date.now());
  }

  /** A request with the cookies for its URL: the same as last time unless they have changed. */
  requestFor(made: ScriptRequest): PreparedRequest {
    const { request } = made;
    const jar = this.#jar;
    if (jar.isEmpty) return request;
    const nowMs = Date.now();
    const kept = this.#kept.get(made);
    if (kept !== undefined && kept.jarVersion === jar.version && nowMs < kept.validUntilMs) {
      return kept.request;
    }
    const cookies = jar.headerFor(request.url, nowMs);
    const withThem = cookies === ""
      ? request
      : changedRequest(request, { headers: joined(request.headers, cookies) });
    if (request.isRepeated) {
      this.#kept.set(made, { request: withThem, jarVersion: jar.version, validUntilMs: jar.nextExpiryMs });
    }
    return withThem;
  }
}

function joined(headers: readonly HeaderLine[], cookies: string): readonly HeaderLine[] {
  const isCookie = ([name]: HeaderLine) => name.toLowerCase() === "cookie";
  const own = headers.filter(isCookie).map(([, value]) => value);
  return [...headers.filter((line) => !isCookie(line)), ["Cookie", [cookies, ...own].join("; ")]];
}
