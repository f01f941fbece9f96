/**
 * Where connections to a server lead, once that is settled: where each request has a connection of its own, finding it out
 * anew takes longer than connecting.
 *
 * @module
 */
import type { ClientSpec } from "../../plan/client_spec.ts";
import { eachOf, type Route } from "../../plan/route.ts";
import type { Addresses } from "./addresses.ts";
import type { TcpEndpoint } from "./transport.ts";

/** The way to a server. */
export interface StraightWay {
  /** The URL that it was found for, and its origin: others with the same lead there, too. */
  readonly url: URL;
  readonly origin: string;
  readonly to: TcpEndpoint;
}

/** The way to the server of a plain URL without a proxy; `null` when each connection may take another. */
export function straightWayTo(
  url: URL,
  { port }: Route,
  { addresses, spec }: { readonly addresses: Addresses; readonly spec: ClientSpec },
): StraightWay | null {
  const [only, ...others] = addresses.list;
  const mayChange = others.length > 0 || spec.localAddresses !== undefined || spec.dnsRefreshMs !== undefined;
  if (url.protocol !== "http:" || only === undefined || mayChange) return null;
  const { host, port: own } = eachOf({ host: only, port })[0]!;
  return { url, origin: url.origin, to: { address: host, port: own, isTls: false } };
}
