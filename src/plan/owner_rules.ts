/**
 * What the owner of a machine lets a master do with it. The master's plan says nothing of it: it never travels.
 *
 * @module
 */
import { isIpAddress } from "../lib/net/ip_address.ts";
import type { Route } from "./route.ts";

/** `host`, `*.example.com` or `host:port`, as `--allow-target` takes them. */
export type TargetPattern = string;

/** An owner's rules. Where there are none, the load is the owner's own. */
export interface OwnerRules {
  /** Where connections may lead; empty: anywhere. */
  readonly targets: readonly TargetPattern[];
  /** A master's plan may bring code of its own, which can do whatever this process can. */
  readonly mayRunCode?: true;
}

/**
 * Whether a connection may be made to a host and port. A name counts as it is written and an address as an address: a
 * pattern for a name allows none of its addresses, and a wildcard stands for names alone.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const rules = { targets: ["*.example.com:80"] };
 * assertEquals(isAllowed({ host: "a.example.com", port: 80 }, rules), true);
 * assertEquals(isAllowed({ host: "127.0.0.1", port: 80 }, rules), false);
 * ```
 */
export function isAllowed({ host, port }: Route, { targets }: OwnerRules): boolean {
  if (targets.length === 0) return true;
  if (!isCanonical(host)) return false;
  const isAddress = isIpAddress(host);
  return targets.some((pattern) => {
    const [, written = "", only] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(pattern.toLowerCase()) ?? [];
    if (written === "" || (only !== undefined && Number(only) !== port)) return false;
    if (written.startsWith("*.")) return !isAddress && host.endsWith(written.slice(1));
    return host === canonical(written);
  });
}

/** A rule that a connection breaks. */
export class ForbiddenTarget extends Error {
  override readonly name = "ForbiddenTarget";
}

/** @throws {ForbiddenTarget} when the rules do not allow a connection to a host and port */
export function demandAllowed(route: Route, rules: OwnerRules | undefined): void {
  if (rules === undefined || isAllowed(route, rules)) return;
  throw new ForbiddenTarget(`${described(route)} is not among the targets allowed here`);
}

/** A host and port for people. */
export function described({ host, port }: Route): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/**
 * Whether a host is spelled as the parser of URLs spells it. Others (`0x7f.1`, an address with a zone, a name with a NUL
 * in it) might be read in one way here and in another by whoever looks the name up.
 */
function isCanonical(host: string): boolean {
  return canonical(host.includes(":") ? `[${host}]` : host) === host;
}

/** A host, with brackets if it has colons, in the spelling of URLs and without brackets; `undefined` if it is none. */
function canonical(host: string): string | undefined {
  if (/[\s\p{Cc}/\\?#@]/u.test(host)) return undefined;
  const url = URL.parse(`http://${host}/`);
  return url === null || url.port !== "" ? undefined : url.hostname.replace(/^\[|\]$/g, "");
}
