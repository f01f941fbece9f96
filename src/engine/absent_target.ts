/**
 * Words for a target to which no connection can be opened.
 *
 * @module
 */
import type { Exchange } from "../client/exchange/http_client.ts";
import { proxyFor } from "../client/net/proxy.ts";
import { formatDuration } from "../lib/duration.ts";
import { FAILURE, FAILURE_KINDS } from "../metrics/failure.ts";
import { eachOf, routeOf, routeTo, withPort } from "../plan/route.ts";
import type { ClientSpec } from "../plan/client_spec.ts";

/** Who looked for a target, and how long at most. */
interface Search {
  readonly client: ClientSpec;
  readonly waitedMs: number;
}

/** Continues "Cannot connect to": `127.0.0.1:1: connection refused`, `10.0.0.1:80: no response within 5s`. */
export function absenceText(
  url: URL,
  { failure }: Pick<Exchange, "failure">,
  { client, waitedMs }: Search,
): string {
  const phrase = failure === FAILURE.connect_timeout
    ? `no response within ${formatDuration(waitedMs)}`
    : FAILURE_KINDS[failure]?.text ?? "";
  return `${placeOf(url, client)}: ${phrase.charAt(0).toLowerCase()}${phrase.slice(1)}`;
}

/** Where connections for a URL go. */
function placeOf(url: URL, { unixSocket, proxy, resolve }: ClientSpec): string {
  if (unixSocket !== undefined) return unixSocket;
  const through = proxyFor(url, proxy);
  const { host, port } = routeTo(routeOf(url), resolve);
  const address = eachOf({ host, port }).map(withPort).join(", ");
  return through === null ? address : `${address} through the proxy ${through.host}:${through.port}`;
}
