/**
 * The cookies of one virtual user, by RFC 6265: domain, path, expiry and `Secure` decide what goes where; IP addresses
 * are hosts like others. There is no list of public suffixes: instead, a `Domain` without a dot must be the host itself.
 * `HttpOnly` and `SameSite` mean nothing without scripts and pages.
 *
 * Own code because it lies on the path of every request: a look-up in a general library (tough-cookie 6.1) took 2.2 µs,
 * a third of what a whole request costs, and says nothing about when its response may be kept.
 *
 * @module
 */

import {
  MAX_ATTRIBUTE_CHARS,
  MAX_COOKIE_BYTES,
  MAX_COOKIES,
  MAX_DOMAIN_COOKIES,
} from "../../lib/size_limits.ts";
import { isIpAddress } from "../../lib/net/ip_address.ts";
import { type LimitName, LIMITS } from "../../metrics/limits.ts";

interface Cookie {
  readonly name: string;
  readonly value: string;
  /** Lower case, without leading dot. */
  readonly domain: string;
  /** Goes to `domain` alone and not to hosts below it. */
  readonly isHostOnly: boolean;
  readonly path: string;
  readonly isSecure: boolean;
  /** In ms since 1970; `Infinity` for a session cookie. */
  readonly expiresMs: number;
}

/** What of a URL decides which cookies go there. */
export type CookieTarget = Pick<URL, "protocol" | "hostname" | "pathname">;

/** One user's cookies. Times of day are in ms since 1970. */
export class CookieJar {
  /** In the order of their creation. */
  #cookies: Cookie[] = [];
  #version = 0;
  readonly #onLimit: (limit: LimitName) => void;

  /** `onLimit` hears of each cookie that was not kept, or made room for another. */
  constructor(onLimit: (limit: LimitName) => void = () => {}) {
    this.#onLimit = onLimit;
  }

  /** Changes whenever a look-up may give something else than before, expiry aside. */
  get version(): number {
    return this.#version;
  }

  /** Whether there is no cookie at all. */
  get isEmpty(): boolean {
    return this.#cookies.length === 0;
  }

  /** When the next cookie expires; `Infinity` when none does. */
  get nextExpiryMs(): number {
    return this.#cookies.reduce((next, { expiresMs }) => Math.min(next, expiresMs), Infinity);
  }

  /** Forgets everything. */
  clear(): void {
    if (this.isEmpty) return;
    this.#cookies = [];
    this.#version++;
  }

  /** Takes in every `Set-Cookie` field of a response's head. Cookies that the response may not set are ignored. */
  storeHead(head: Uint8Array, url: URL, nowMs: number): void {
    for (const value of setCookieValues(head)) this.store(value, url, nowMs);
  }

  /** Takes in one `Set-Cookie` value, unless the URL's host may not set it. */
  store(setCookie: string, url: URL, nowMs: number): void {
    const cookie = parseSetCookie(setCookie, url, nowMs);
    if (cookie === undefined) return;
    if (isTooLarge(cookie)) return this.#onLimit(LIMITS.cookieBytes);
    const at = this.#cookies.findIndex((other) =>
      other.name === cookie.name && other.domain === cookie.domain && other.path === cookie.path &&
      other.isHostOnly === cookie.isHostOnly
    );
    const old = this.#cookies[at];
    if (cookie.expiresMs <= nowMs) {
      if (old === undefined) return;
      this.#cookies.splice(at, 1);
    } else if (old !== undefined) {
      this.#cookies[at] = cookie;
      const isExtended = old.value === cookie.value && old.isSecure === cookie.isSecure &&
        old.expiresMs <= cookie.expiresMs;
      if (isExtended) return;
    } else {
      this.#makeRoom(cookie, nowMs);
      this.#cookies.push(cookie);
    }
    this.#version++;
  }

  /** Expired cookies go first, then the oldest of the same domain, then the oldest of all. */
  #makeRoom({ domain }: Cookie, nowMs: number): void {
    const isOfDomain = (other: Cookie) => other.domain === domain;
    const isFull = () => this.#cookies.length >= MAX_COOKIES;
    const isDomainFull = () => this.#cookies.filter(isOfDomain).length >= MAX_DOMAIN_COOKIES;
    if (!isFull() && !isDomainFull()) return;
    this.#cookies = this.#cookies.filter(({ expiresMs }) => expiresMs > nowMs);
    if (isDomainFull()) {
      this.#cookies.splice(this.#cookies.findIndex(isOfDomain), 1);
      this.#onLimit(LIMITS.domainCookies);
    }
    if (isFull()) {
      this.#cookies.shift();
      this.#onLimit(LIMITS.userCookies);
    }
  }

  /** The value of the `Cookie` field for a request (RFC 6265, section 5.4), or `""` when no cookie goes there. */
  headerFor(url: CookieTarget, nowMs: number): string {
    const host = url.hostname;
    const sent: Cookie[] = [];
    let hasExpired = false;
    for (const cookie of this.#cookies) {
      if (cookie.expiresMs <= nowMs) hasExpired = true;
      else if (isFor(cookie, host, url)) sent.push(cookie);
    }
    if (hasExpired) this.#cookies = this.#cookies.filter(({ expiresMs }) => expiresMs > nowMs);
    // Longer paths first; the sort is stable, so the order of creation decides between equals.
    sent.sort((a, b) => b.path.length - a.path.length);
    return sent.map(({ name, value }) => `${name}=${value}`).join("; ");
  }
}

function isTooLarge({ name, value }: Cookie): boolean {
  const units = name.length + value.length;
  // A UTF-16 unit takes three bytes at most.
  return units * 3 > MAX_COOKIE_BYTES &&
    (units > MAX_COOKIE_BYTES || encoder.encode(name + value).length > MAX_COOKIE_BYTES);
}

function isFor(cookie: Cookie, host: string, url: CookieTarget): boolean {
  if (cookie.isSecure && url.protocol !== "https:") return false;
  if (cookie.isHostOnly ? host !== cookie.domain : !domainMatches(host, cookie.domain)) return false;
  return pathMatches(url.pathname, cookie.path);
}

/** RFC 6265, section 5.1.3. */
function domainMatches(host: string, domain: string): boolean {
  return host === domain || (host.endsWith(`.${domain}`) && !isIpAddress(host));
}

/** RFC 6265, section 5.1.4. */
function pathMatches(path: string, cookiePath: string): boolean {
  if (!path.startsWith(cookiePath)) return false;
  return path.length === cookiePath.length || cookiePath.endsWith("/") || path[cookiePath.length] === "/";
}

/** RFC 6265, sections 5.2 and 5.3. `undefined` when the cookie is malformed or not the host's to set. */
function parseSetCookie(text: string, url: URL, nowMs: number): Cookie | undefined {
  // deno-lint-ignore no-control-regex -- such values could not be sent back
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(text)) return undefined;
  const [pair = "", ...attributes] = text.split(";");
  const equals = pair.indexOf("=");
  const name = pair.slice(0, Math.max(0, equals)).trim();
  const value = pair.slice(equals + 1).trim();
  if (name === "") return undefined;

  const host = url.hostname;
  let domain = "";
  let path = "";
  let isSecure = false;
  let expires: number | undefined;
  let maxAge: number | undefined;
  for (const attribute of attributes) {
    const split = attribute.indexOf("=");
    const key = (split < 0 ? attribute : attribute.slice(0, split)).trim().toLowerCase();
    const given = split < 0 ? "" : attribute.slice(split + 1).trim();
    if (given.length > MAX_ATTRIBUTE_CHARS) continue;
    if (key === "domain") domain = given.replace(/^\./, "").toLowerCase();
    else if (key === "path") path = given.startsWith("/") ? given : "";
    else if (key === "secure") isSecure = true;
    else if (key === "expires") expires = parseCookieDate(given) ?? expires;
    else if (key === "max-age" && /^-?\d+$/.test(given)) maxAge = Number(given);
  }
  if (domain !== "" && domain !== host && (!domain.includes(".") || !domainMatches(host, domain))) {
    return undefined;
  }
  return {
    name,
    value,
    domain: domain === "" ? host : domain,
    isHostOnly: domain === "" || isIpAddress(host),
    path: path === "" ? defaultPath(url.pathname) : path,
    isSecure,
    // Max-Age wins over Expires wherever it stands.
    expiresMs: maxAge === undefined ? expires ?? Infinity : maxAge <= 0 ? -Infinity : nowMs + maxAge * 1000,
  };
}

function defaultPath(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf("/")));
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/**
 * A date in any of the spellings that servers use (RFC 6265, section 5.1.1), in ms since 1970.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(parseCookieDate("Wed, 09 Jun 2021 10:18:14 GMT"), Date.UTC(2021, 5, 9, 10, 18, 14));
 * assertEquals(parseCookieDate("Wednesday, 09-Jun-21 10:18:14 GMT"), Date.UTC(2021, 5, 9, 10, 18, 14));
 * assertEquals(parseCookieDate("tomorrow"), undefined);
 * ```
 */
export function parseCookieDate(text: string): number | undefined {
  let time: RegExpExecArray | null = null;
  let day: number | undefined;
  let month: number | undefined;
  let year: number | undefined;
  for (const token of text.split(/[\t\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+/)) {
    const isTime: RegExpExecArray | null = time === null
      ? /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\D.*)?$/.exec(token)
      : null;
    const named = MONTHS.indexOf(token.slice(0, 3).toLowerCase());
    if (isTime) time = isTime;
    else if (day === undefined && /^\d{1,2}(?:\D.*)?$/.test(token)) day = parseInt(token, 10);
    else if (month === undefined && named >= 0) month = named;
    else if (year === undefined && /^\d{2,4}(?:\D.*)?$/.test(token)) year = parseInt(token, 10);
  }
  if (time === null || day === undefined || month === undefined || year === undefined) return undefined;
  if (year < 100) year += year < 70 ? 2000 : 1900;
  const [hour, minute, second] = time.slice(1).map(Number) as [number, number, number];
  if (year < 1601 || hour > 23 || minute > 59 || second > 59) return undefined;
  const date = new Date(Date.UTC(year, month, day, hour, minute, second));
  return date.getUTCDate() === day ? date.getTime() : undefined;
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();
const FIELD = encoder.encode("set-cookie:");
const LINE_FEED = 10;

/** The values of a response's `Set-Cookie` fields, in order. Heads without one are only looked through. */
export function setCookieValues(head: Uint8Array): readonly string[] {
  let values: string[] | undefined;
  for (let at = head.indexOf(LINE_FEED); at >= 0; at = head.indexOf(LINE_FEED, at + 1)) {
    if (!startsWithField(head, at + 1)) continue;
    const start = at + 1 + FIELD.length;
    const end = head.indexOf(LINE_FEED, start);
    (values ??= []).push(decoder.decode(head.subarray(start, end < 0 ? head.length : end)).trim());
  }
  return values ?? NONE;
}

const NONE: readonly string[] = [];

function startsWithField(head: Uint8Array, at: number): boolean {
  for (let i = 0; i < FIELD.length; i++) {
    const byte = head[at + i];
    if (byte === undefined) return false;
    // Letters differ from their capitals in bit 5; "-" and ":" have it set.
    if ((byte | 0x20) !== FIELD[i] || (byte < 0x40 && byte !== FIELD[i])) return false;
  }
  return true;
}
