/**
 * Whether a node may send the load it is asked for. A node can be limited to hosts; and whatever its owner said, it
 * reads no files and opens no local sockets for a master.
 *
 * @module
 */
import type { RunPlan } from "../../plan/run_plan.ts";
import { stepsOf } from "../../plan/scenario.ts";

/** `host`, `*.example.com` or `host:port`, as `--allow-target` takes them. */
export type TargetPattern = string;

/** Why a plan is refused, a sentence each; empty: it is allowed. Without patterns every host is. */
export function forbiddenIn(plan: RunPlan, patterns: readonly TargetPattern[]): readonly string[] {
  const { client, scenario } = plan;
  const reasons = new Set<string>();
  if (client.unixSocket !== undefined) reasons.add("a worker opens no local socket for a master");
  if (stepsOf(scenario).some(({ body }) => body?.kind === "file")) {
    reasons.add("a worker reads no file for a master");
  }
  if (patterns.length === 0) return [...reasons];
  const refuse = (what: string) => reasons.add(`${what} is not among the targets allowed here`);
  for (const { url, base } of stepsOf(scenario)) {
    for (const address of [url, ...(base === undefined ? [] : [base])]) {
      const host = fixedHost(address, base);
      if (host === undefined) refuse("a host that is known only when the request is sent");
      else if (!isAllowed(host, patterns)) refuse(host.hostname);
    }
  }
  for (const { toHost, toPort } of client.resolve) {
    if (toHost === "") continue;
    if (!isAllowed({ hostname: toHost, port: String(toPort) }, patterns)) refuse(toHost);
  }
  if (client.proxy !== undefined) refuse("a proxy");
  if (client.maxRedirects > 0) refuse("wherever a redirect leads");
  return [...reasons];
}

interface Host {
  readonly hostname: string;
  readonly port: string;
}

/** The host that an address has whatever its placeholders become; `undefined`: none for certain. */
function fixedHost(address: string, base: string | undefined): Host | undefined {
  const fixed = address.split("${")[0]!;
  const isWhole = fixed.length === address.length;
  if (/^https?:\/\/[^/?#\\]+[/?#]/i.test(fixed) || isWhole && URL.canParse(fixed)) return hostOf(fixed);
  // A path whose beginning no placeholder can turn into another host: "/a…", not "/${x}", which may become "//host".
  return base !== undefined && /^\/[^/\\]/.test(fixed) ? hostOf(base) : undefined;
}

function hostOf(address: string): Host | undefined {
  if (!URL.canParse(address)) return undefined;
  const { hostname, port, protocol } = new URL(address);
  return { hostname, port: port || (protocol === "https:" ? "443" : "80") };
}

function isAllowed({ hostname, port }: Host, patterns: readonly TargetPattern[]): boolean {
  const name = hostname.toLowerCase().replace(/^\[|\]$/g, "");
  return patterns.some((pattern) => {
    const [, host = "", only] =
      /^(\[[^\]]*\]|[^:]*|[^[]*:[^[]*:[^[]*?)(?::(\d+))?$/.exec(pattern.toLowerCase()) ?? [];
    if (only !== undefined && only !== port) return false;
    const wanted = host.replace(/^\[|\]$/g, "");
    return wanted.startsWith("*.") ? name.endsWith(wanted.slice(1)) : name === wanted;
  });
}
