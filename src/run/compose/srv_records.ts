/**
 * Servers that DNS names for a service (SRV records, RFC 2782).
 *
 * @module
 */
import type { SrvName } from "../../client/options/connection_options.ts";
import { messageOf, UsageError } from "../../lib/errors.ts";
import { nodeModule } from "../../lib/node_modules.ts";
import type { ResolveRule } from "../../plan/client_spec.ts";
import { type Route, routeOf, withPort } from "../../plan/route.ts";

/** Turns in which servers are connected to; finer weights are rounded. */
const MAX_TURNS = 100;

/** Asks DNS. */
export interface SrvSources {
  /** Rejects when there are none. */
  findRecords(srv: SrvName): Promise<readonly Deno.SrvRecord[]>;
  /** The addresses of a server. Rejects when there are none. */
  findAddresses(host: string, srv: SrvName): Promise<readonly string[]>;
}

/**
 * Where connections for a URL go: to the servers of the lowest priority number, in turn, each as often as its weight says.
 *
 * @throws {UsageError} when the name has no such record, or none of its servers an address
 */
export async function resolveSrv(
  srv: SrvName,
  url: URL,
  { family, sources = systemSources(family) }: {
    readonly family?: 4 | 6 | undefined;
    readonly sources?: SrvSources;
  } = {},
): Promise<ResolveRule> {
  const problem = (reason: string) => new UsageError(`Cannot resolve --srv ${srv.name}: ${reason}`);
  const records = await sources.findRecords(srv).catch((error) => {
    throw problem(
      error instanceof Deno.errors.NotFound ? "it has no SRV record" : messageOf(error),
    );
  });
  // A single dot says that there is no such service.
  const usable = records.filter(({ target }) => !/^\.?$/.test(target));
  if (usable.length === 0) throw problem("its SRV record names no server");
  const priority = Math.min(...usable.map((record) => record.priority));
  const reasons: string[] = [];
  const servers = await Promise.all(
    usable.filter((record) => record.priority === priority).map(async ({ target, port, weight }) => {
      const host = target.replace(/\.$/, "");
      const found = await sources.findAddresses(host, srv).catch((error) => {
        reasons.push(`${host}: ${messageOf(error)}`);
        return [];
      });
      return found.map((address) => ({ host: address, port, weight: weight / found.length }));
    }),
  );
  const routes = servers.flat();
  if (routes.length === 0) throw problem(`none of its servers has an address (${reasons.join("; ")})`);
  const { host, port } = routeOf(url);
  return { host, port, toHost: inTurns(routes).map(withPort).join(","), toPort: port };
}

function systemSources(family: 4 | 6 | undefined): SrvSources {
  return {
    findRecords: ({ name, server }) => Deno.resolveDns(name, "SRV", server && { nameServer: server }),
    findAddresses: async (host, { server }) => {
      if (server === undefined) {
        const found = await nodeModule("node:dns/promises").lookup(host, { all: true, family: family ?? 0 });
        return found.map(({ address }) => address);
      }
      const ask = (type: "A" | "AAAA") => Deno.resolveDns(host, type, { nameServer: server }).catch(() => []);
      const found = (await Promise.all([
        ...family === 6 ? [] : [ask("A")],
        ...family === 4 ? [] : [ask("AAAA")],
      ])).flat();
      if (found.length === 0) throw new Error("no address");
      return found;
    },
  };
}

/**
 * Servers in the order in which connections are spread over them: smoothly, and each as often as its weight says. Where no
 * weight is given, all are alike; one of weight 0 beside others gets next to nothing, as the RFC wants it: here, nothing.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const [a, b] = [{ host: "a", port: 1, weight: 2 }, { host: "b", port: 1, weight: 1 }];
 * assertEquals(inTurns([a, b]).map(({ host }) => host), ["a", "b", "a"]);
 * ```
 */
export function inTurns(servers: readonly (Route & { readonly weight: number })[]): readonly Route[] {
  const weights = servers.map(({ weight }) => weight);
  if (weights.every((weight) => weight === weights[0])) return servers;
  const turns = turnsOf(weights);
  const total = turns.reduce((sum, turn) => sum + turn, 0);
  const credit = turns.map(() => 0);
  return Array.from({ length: total }, () => {
    turns.forEach((turn, i) => credit[i]! += turn);
    const next = credit.indexOf(Math.max(...credit));
    credit[next]! -= total;
    return servers[next]!;
  });
}

/** Small whole numbers in the proportion of weights. */
function turnsOf(weights: readonly number[]): readonly number[] {
  const least = Math.min(...weights.filter((weight) => weight > 0));
  for (let factor = 1; factor <= 10; factor++) {
    const scaled = weights.map((weight) => weight / least * factor);
    const isWhole = scaled.every((value) => Math.abs(value - Math.round(value)) < 1e-9);
    if (isWhole && scaled.reduce((sum, value) => sum + value, 0) <= MAX_TURNS) return scaled.map(Math.round);
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight === 0 ? 0 : Math.max(1, Math.round(weight / total * MAX_TURNS)));
}
