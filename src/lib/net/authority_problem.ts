/**
 * Says which part of a URL is not as it must be.
 *
 * @module
 */

const HIGHEST_PORT = 65_535;

/**
 * What is wrong with user info, zone or port of a URL, as the end of a sentence; `undefined` when it is none of them. Also for URLs
 * that parse, but would lead elsewhere: `http://user:1#2@host` is a host named "user".
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(authorityProblem("http://me:a#b@host/"), 'its user name or password holds "#": write it as %23');
 * assertEquals(authorityProblem("http://host:99999/"), "port 99999 is not in the range from 1 to 65535");
 * assertEquals(authorityProblem("http://host:80/a@b"), undefined);
 * ```
 */
export function authorityProblem(text: string): string | undefined {
  const rest = text.trim().replace(/^[a-z][a-z\d+.-]*:\/\//i, "");
  const [, cut] = /^[^/?#\\@]*:[^/?#\\@]*([/?#\\])[^@]*@/.exec(rest) ?? [];
  if (cut !== undefined && (cut === "#" || !URL.canParse(text))) {
    return `its user name or password holds "${cut}": write it as ${encodeURIComponent(cut)}`;
  }
  const [authority = ""] = rest.split(/[/?#\\]/, 1);
  const hostAndPort = authority.slice(authority.lastIndexOf("@") + 1);
  if (/^\[[^\]]*%/.test(hostAndPort)) {
    return "an address in a URL has no zone: give a name, and --resolve NAME:PORT:[ADDRESS%ZONE]";
  }
  const [, port] = /^(?:\[[^\]]*\]|[^:]*):([^:]*)$/.exec(hostAndPort) ?? [];
  if (port === undefined || port === "") return undefined;
  if (!/^\d+$/.test(port)) return `expected a port from 1 to ${HIGHEST_PORT} behind the colon`;
  const number = Number(port);
  return number >= 1 && number <= HIGHEST_PORT
    ? undefined
    : `port ${number} is not in the range from 1 to ${HIGHEST_PORT}`;
}
