/**
 * Where to send: a URL as the user wrote it, split into what may be shown and the credentials that may not.
 *
 * @module
 */

import { basicAuth } from "../lib/net/basic_auth.ts";
import { percentDecoded } from "../lib/percent_decode.ts";

/** A receiver's address. */
export interface Endpoint {
  /** Without credentials and fragment. */
  readonly url: URL;
  /** `Authorization`, when the URL had credentials (RFC 7617). */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Takes a URL apart. Where its path is empty, `defaultPath` (which may have a query) takes its place.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(endpointOf("http://a:4318", "/v1/metrics").url.href, "http://a:4318/v1/metrics");
 * assertEquals(endpointOf("http://a/x", "/v1/metrics").url.href, "http://a/x");
 * assertEquals(endpointOf("http://me:pw@a/", "/").headers.authorization, "Basic bWU6cHc=");
 * ```
 */
export function endpointOf(text: string, defaultPath: string): Endpoint {
  const url = new URL(text);
  const credentials = `${percentDecoded(url.username)}:${percentDecoded(url.password)}`;
  url.username = "";
  url.password = "";
  url.hash = "";
  if (url.pathname === "/") {
    const given = url.searchParams;
    const { pathname, searchParams } = new URL(defaultPath, url);
    url.pathname = pathname;
    for (const [key, value] of searchParams) if (!given.has(key)) given.append(key, value);
  }
  return { url, headers: credentials === ":" ? {} : { authorization: basicAuth(credentials) } };
}

/** Header lines by lower-case name; later ones win. */
export function headersOf(
  ...sources: readonly (Readonly<Record<string, string>> | readonly (readonly [string, string])[])[]
): Readonly<Record<string, string>> {
  const entries = sources.flatMap((source): readonly (readonly [string, string])[] =>
    Array.isArray(source) ? source : Object.entries(source)
  );
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), value]));
}

/** The base64 form of a text's UTF-8 bytes. */
export function base64(text: string): string {
  return new TextEncoder().encode(text).toBase64();
}
