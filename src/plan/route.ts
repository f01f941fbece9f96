/**
 * Where connections go instead of a URL's own host and port.
 *
 * @module
 */
import type { ResolveRule } from "./client_spec.ts";

/** A host, without brackets, and a port. */
export interface Route {
  readonly host: string;
  readonly port: number;
}

/**
 * A route for each address of a host that stands for several, some with ports of their own; of any other, itself.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(eachOf({ host: "10.0.0.1,[::1]:81", port: 80 }), [{ host: "10.0.0.1", port: 80 }, { host: "::1", port: 81 }]);
 * ```
 */
export function eachOf({ host, port }: Route): readonly Route[] {
  return host.split(",").map((one) => {
    const [, v6, v4, own] = /^(?:\[(.+)\]|([\d.]+)):(\d+)$/.exec(one) ?? [];
    return own === undefined ? { host: one, port } : { host: v6 ?? v4!, port: Number(own) };
  });
}

/** An address and a port as one text, which {@linkcode eachOf} reads. */
export function withPort({ host, port }: Route): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** The host and port of a URL. */
export function routeOf(url: URL): Route {
  const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
  return { host: url.hostname.replace(/^\[|\]$/g, ""), port };
}

/**
 * The host and port to connect to: those of the first rule that matches, or the URL's own.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const rules = [{ host: "", port: 443, toHost: "::1", toPort: 0 }];
 * assertEquals(routeTo({ host: "a.test", port: 443 }, rules), { host: "::1", port: 443 });
 * ```
 */
export function routeTo(target: Route, rules: readonly ResolveRule[]): Route {
  const rule = rules.find(({ host, port }) =>
    (host === "" || host === target.host) && (port === 0 || port === target.port)
  );
  return rule ? { host: rule.toHost || target.host, port: rule.toPort || target.port } : target;
}
