/** What every HTTP client must do, checked against real sockets. Each client's test calls {@linkcode contractSuite}. */
import type { HttpClient } from "../../src/client/http_client.ts";
import type { FailureName } from "../../src/metrics/failure.ts";
import type { ClientSpec } from "../../src/plan/run_plan.ts";
import { PLAIN_CLIENT } from "../_support/plan.ts";
import { answersContract } from "./contract_answers.ts";
import { connectionsContract } from "./contract_connections.ts";
import { failuresContract } from "./contract_failures.ts";
import { tlsContract } from "./contract_tls.ts";

/** A client under test, and where it may differ from the others. */
export interface ClientUnderTest {
  /** Begins the names of its tests. */
  readonly name: string;
  readonly kind: ClientSpec["kind"];
  readonly makeClient: (spec: ClientSpec) => HttpClient;
  /** Sends header names in the caller's case and order. */
  readonly keepsHeaders: boolean;
  /** Tells HTTP/1.0 from HTTP/1.1. */
  readonly tellsVersion: boolean;
  /** Knows how many bytes went over the wire. */
  readonly tellsWireBytes: boolean;
  /** Never sends a POST a second time. */
  readonly protectsPosts: boolean;
  /** Failures that it cannot tell from another, by the name of the case. */
  readonly reportsAs: Readonly<Record<string, FailureName>>;
}

/** Registers all tests of the contract for a client. */
export function contractSuite(client: ClientUnderTest): void {
  answersContract(client);
  connectionsContract(client);
  failuresContract(client);
  tlsContract(client);
}

/** Registers a test with a client, which is closed in the end. */
export function clientTest(
  under: ClientUnderTest,
  claim: string,
  options: {
    readonly spec?: Partial<ClientSpec>;
    readonly ignore?: boolean;
    readonly run: (client: HttpClient) => Promise<void>;
  },
): void {
  Deno.test({
    name: `${under.name} ${claim}`,
    ignore: options.ignore ?? false,
    async fn() {
      const client = under.makeClient({
        ...PLAIN_CLIENT,
        kind: under.kind,
        timeoutMs: 20_000,
        ...options.spec,
      });
      try {
        await options.run(client);
      } finally {
        client.close();
      }
    },
  });
}
