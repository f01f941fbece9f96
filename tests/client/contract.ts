/** What every HTTP client must do, checked against real sockets. Each client's test calls {@linkcode contractSuite}. */
import { assertEquals, assertLessOrEqual } from "@std/assert";
import type { HttpClient } from "../../src/client/exchange/http_client.ts";
import type { FailureName } from "../../src/metrics/failure.ts";
import type { ClientSpec } from "../../src/plan/client_spec.ts";
import { PLAIN_CLIENT } from "../_support/plan.ts";
import type { RawServer, startRawServer } from "../_support/raw_server.ts";
import { responsesContract } from "./contract_responses.ts";
import { connectionsContract } from "./contract_connections.ts";
import { failuresContract } from "./contract_failures.ts";
import { nginxContract } from "./contract_nginx.ts";
import { proxiesContract } from "./contract_proxies.ts";
import { tlsContract } from "./contract_tls.ts";
import { uploadsContract } from "./contract_uploads.ts";

/** A client under test, and where it may differ from the others. */
export interface ClientUnderTest {
  /** Begins the names of its tests. */
  readonly name: string;
  readonly kind: ClientSpec["kind"];
  readonly makeClient: (spec: ClientSpec) => HttpClient;
  /** Starts servers that speak what it speaks; handlers see and say HTTP/1.1. */
  readonly startServer: typeof startRawServer;
  /** Its connections carry HTTP/2, which knows neither malformed lines nor ends by closing. */
  readonly speaksHttp2: boolean;
  /** Sends header names in the caller's case and order. */
  readonly keepsHeaders: boolean;
  /** Tells HTTP/1.0 from HTTP/1.1. */
  readonly tellsVersion: boolean;
  /** Knows how many bytes went over the wire. */
  readonly countsConnectionBytes: boolean;
  /** Never sends a POST a second time. */
  readonly protectsPosts: boolean;
  /** Can hold a body back until the server asks for it. */
  readonly asksForContinue: boolean;
  /** Does not pass a proxy's password on to a server behind its tunnel. */
  readonly keepsProxyPasswords: boolean;
  /** A connection that brought a long answer serves the very next request. */
  readonly reusesAtOnce: boolean;
  /** Takes a `Connection: close` among the caller's fields at its word. */
  readonly endsWhenAsked: boolean;
  /** Failures that it cannot tell from another, by the name of the case. */
  readonly reportsAs: Readonly<Record<string, FailureName>>;
}

/** Registers all tests of the contract for a client. */
export function contractSuite(client: ClientUnderTest): void {
  responsesContract(client);
  connectionsContract(client);
  failuresContract(client);
  tlsContract(client);
  uploadsContract(client);
  if (client.speaksHttp2) return;
  nginxContract(client);
  proxiesContract(client);
}

/** Checks the number of connections that a server saw; a client that does not reuse at once may need twice as many. */
export function assertConnections(
  under: ClientUnderTest,
  server: Pick<RawServer, "connections">,
  expected: number,
): void {
  if (under.reusesAtOnce) assertEquals(server.connections, expected);
  else assertLessOrEqual(server.connections, 2 * expected);
}

/** Registers a test with a client, which is closed in the end; not where the claim does not apply to the client. */
export function clientTest(
  under: ClientUnderTest,
  claim: string,
  options: {
    readonly spec?: Partial<ClientSpec>;
    readonly applies?: boolean;
    readonly run: (client: HttpClient) => Promise<void>;
  },
): void {
  if (options.applies === false) return;
  Deno.test(`${under.name} ${claim}`, async () => {
    const client = under.makeClient({
      ...PLAIN_CLIENT,
      kind: under.kind,
      http2: under.speaksHttp2,
      timeoutMs: 20_000,
      ...options.spec,
    });
    try {
      await options.run(client);
    } finally {
      client.close();
    }
  });
}
