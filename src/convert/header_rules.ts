/**
 * Which recorded request headers are replayed: those that belong to the connection or the browser are not, and those
 * that hold credentials only on request.
 *
 * @module
 */
/** Headers that the client makes itself, or that say only how a browser came to send the request. */
const OF_THE_BROWSER: ReadonlySet<string> = new Set([
  "accept-encoding",
  "connection",
  "host",
  "user-agent",
  "content-length",
  "sec-ch-ua",
  "sec-ch-ua-mobile",
  "sec-ch-ua-platform",
  "sec-fetch-dest",
  "sec-fetch-mode",
  "sec-fetch-site",
  "sec-fetch-user",
  "upgrade-insecure-requests",
  "referer",
  "origin",
]);

/** Headers of the recorded connection (RFC 9110 section 7.6.1); replayed, they would break the framing. */
const OF_THE_CONNECTION: ReadonlySet<string> = new Set([
  "transfer-encoding",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "upgrade",
  "expect",
  "http2-settings",
]);

/** What happens to a recorded header. */
export type HeaderFate = "keep" | "skip" | "broken" | "pseudo" | "placeholder";

/** Decides on one header; `name` in lower case. */
export function headerFate(name: string, value: string): HeaderFate {
  if (name.startsWith(":")) return "pseudo";
  if (!isSafeName(name) || hasControl(value)) return "broken";
  if (hasActivePlaceholder(name) || hasActivePlaceholder(value)) return "placeholder";
  return OF_THE_BROWSER.has(name) || isOfConnection(name) ? "skip" : "keep";
}

/** Whether a header (name in lower case) describes the connection rather than the request. */
export function isOfConnection(name: string): boolean {
  return OF_THE_CONNECTION.has(name);
}

/**
 * Whether a scenario would run more than a variable's value into text: `${env(NAME)}` reads the environment of whoever
 * runs it, so that an imported text could send it anywhere.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(hasActivePlaceholder("Bearer ${token}"), false);
 * assertEquals(hasActivePlaceholder("${env(HOME)}"), true);
 * ```
 */
export function hasActivePlaceholder(text: string): boolean {
  return text.replace(/\$\{[A-Za-z_]\w*\}/g, "").includes("${");
}

/** Whether a host can be a DNS name or an address; URLs may hold others, such as placeholders. */
export function isHostName(hostname: string): boolean {
  return /^[a-z\d._-]+$|^\[[\da-f:.]+\]$/.test(hostname);
}

/** Whether text holds a character below space (tabs too) or DEL. */
export function hasControl(text: string): boolean {
  // deno-lint-ignore no-control-regex -- finding them is the purpose
  return /[\x00-\x1f\x7f]/.test(text);
}

/** Whether text is a token of RFC 9110 section 5.6.2, such as a method. */
export function isToken(text: string): boolean {
  return /^[\w!#$%&'*+.^`|~-]+$/.test(text);
}

/** A header name that cannot end the name or the line early; looser than a token, as servers are. */
function isSafeName(name: string): boolean {
  return /^[\x21-\x39\x3b-\x7e]+$/.test(name);
}
