/**
 * URLs as they may be shown: without the secrets that people put into them.
 *
 * @module
 */
import { isSecretName, WEB_TOKEN } from "./credentials.ts";
import { looselyDecoded } from "./percent_decode.ts";

/** What stands for a secret. */
export const MASK = "***";

/** How deep URLs in parameters of URLs are looked into. */
const MAX_LEVELS = 4;

/** `name=value` in a query or a fragment. */
const PARAMETER = /([?&;#])([^=&;#?]{1,1000})=([^&;#]*)/g;
/** The same behind a semicolon of a path. */
const PATH_PARAMETER = /(;)([^=;/]{1,1000})=([^;/]*)/g;

/**
 * A URL, whole or broken, without user info and without the values of parameters that are named like a secret, also in
 * URLs that are its parameters.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(maskUrl("http://me:pw@host/?q=1&api_key=abc"), "http://***@host/?q=1&api_key=***");
 * assertEquals(maskUrl("/a;jsessionid=1?next=%2Fb%3Ftoken%3D2"), "/a;jsessionid=***?next=***");
 * ```
 */
export function maskUrl(text: string): string {
  return maskParameters(maskUserInfo(text), MAX_LEVELS);
}

/**
 * A text with the secrets masked that the URLs in it hold; other words stay as they are.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(maskUrlsIn("GET /find?token=x for me@a.test"), "GET /find?token=*** for me@a.test");
 * ```
 */
export function maskUrlsIn(text: string): string {
  return text.replace(/\S+/g, (word) => {
    const scheme = word.indexOf("://");
    if (scheme < 0) {
      return /[?;#&]/.test(word) || word.includes("eyJ") ? maskParameters(word, MAX_LEVELS) : word;
    }
    let start = scheme;
    while (start > 0 && /[a-z\d+.-]/i.test(word[start - 1]!)) start--;
    return maskParameters(word.slice(0, start), MAX_LEVELS) + maskUrl(word.slice(start));
  });
}

/** The names of parameters in a URL that hold a secret; `user info` for a user name or password. */
export function secretsInUrl(text: string): readonly string[] {
  const names: string[] = [];
  if (maskUserInfo(text) !== text) names.push("user info");
  maskParameters(text, MAX_LEVELS, (name) => names.push(name));
  return names;
}

/** A host, perhaps with a port; either may be a placeholder. */
const HOST_AND_PORT = /^(?:[^:@]*|\[[^\]@]*\])(?::(?:\d+|\$\{.*))?$/;

function maskUserInfo(text: string): string {
  const [, scheme = "", authority = ""] =
    /^(\s*(?:[a-z][a-z\d+.-]*:[/\\]{1,3}|[/\\]{2,})?)([^/?#\\]*)/i.exec(text) ?? [];
  if (scheme.trim() === "" && authority === "") return text;
  const rest = text.slice(scheme.length);
  // A password may hold what ends an authority; then its beginning stands where a port should.
  const end = HOST_AND_PORT.test(authority)
    ? -1
    : (/@[^@]+$/.test(authority) ? authority : rest).lastIndexOf("@");
  return end < 0 ? text : `${scheme}${MASK}${rest.slice(end)}`;
}

function maskParameters(text: string, levels: number, onSecret?: (name: string) => void): string {
  const [path = "", rest = ""] = splitAt(text, text.search(/[?#]/));
  const mask = (whole: string, joiner: string, name: string, value: string): string => {
    if (value === "" || value === MASK) return whole;
    const plain = looselyDecoded(name);
    if (!isSecretName(plain) && !holdsSecrets(value, levels)) return whole;
    onSecret?.(plain);
    return `${joiner}${name}=${MASK}`;
  };
  const masked = path.replace(PATH_PARAMETER, mask) + rest.replace(PARAMETER, mask);
  return masked.replace(WEB_TOKEN, () => {
    onSecret?.("token");
    return MASK;
  });
}

/** Whether a parameter's value is a URL, or a query, with secrets. */
function holdsSecrets(value: string, levels: number): boolean {
  if (levels === 0) return false;
  let inner = value;
  for (let left = levels; left > 0 && inner.includes("%"); left--) inner = looselyDecoded(inner);
  const looked = /^[\w.%[\]-]+=/.test(inner) ? `?${inner}` : inner;
  return (/^[\w+.-]*:?\/\//.test(inner) && maskUserInfo(inner) !== inner) ||
    maskParameters(looked, levels - 1) !== looked;
}

function splitAt(text: string, at: number): readonly [string, string] {
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at)];
}
