/** The part of the client contract about encrypted connections. */
import { assert, assertEquals, assertNotMatch } from "@std/assert";
import { CLIENT_CAPABILITIES } from "../../src/client/registry.ts";
import { FAILURE_KINDS } from "../../src/metrics/failure.ts";
import type { TlsSpec } from "../../src/plan/client_spec.ts";
import { certificate, type CertificateName, ROOT } from "../_support/certificates.ts";
import { startFront } from "../_support/front.ts";
import { prepare, send } from "../_support/prepare.ts";
import { response, startRawServer } from "../_support/raw_server.ts";
import { assertConnections, clientTest, type ClientUnderTest } from "./contract.ts";
import { settle } from "../_support/wait.ts";

const TRUSTING: TlsSpec = { verify: true, caCerts: [ROOT] };

interface TlsCase {
  readonly title: string;
  readonly server: CertificateName;
  readonly tls: TlsSpec;
  readonly host?: string;
  readonly isTrusted: boolean;
}

const CASES: readonly TlsCase[] = [
  { title: "a server by name", server: "server", tls: TRUSTING, isTrusted: true },
  { title: "a server by address", server: "server", tls: TRUSTING, host: "127.0.0.1", isTrusted: true },
  { title: "an unknown root", server: "server", tls: { verify: true, caCerts: [] }, isTrusted: false },
  { title: "an expired certificate", server: "expired", tls: TRUSTING, isTrusted: false },
  { title: "a certificate for another name", server: "wrong_name", tls: TRUSTING, isTrusted: false },
  { title: "a self-signed certificate", server: "self_signed", tls: TRUSTING, isTrusted: false },
];

/** Registers the tests. */
export function tlsContract(under: ClientUnderTest): void {
  for (const { title, server: name, tls, host = "localhost", isTrusted } of CASES) {
    clientTest(under, `${isTrusted ? "trusts" : "refuses"} ${title}`, {
      spec: { tls },
      run: async (client) => {
        await using server = await under.startServer((connection) => connection.send(response("safe")), {
          tls: certificate(name),
        });
        const out = await send(client, prepare(`https://${host}:${server.port}/`));
        assertEquals(FAILURE_KINDS[out.failure]!.name, isTrusted ? "none" : "tls_certificate");
        assertEquals(out.bodyBytes, isTrusted ? 4 : 0);
        if (!isTrusted) assertEquals(server.requests.length, 0);
      },
    });

    clientTest(under, `takes ${title} when told not to check`, {
      spec: { tls: { ...tls, verify: false } },
      applies: CLIENT_CAPABILITIES[under.kind].insecureTls,
      run: async (client) => {
        await using server = await under.startServer((connection) => connection.send(response("safe")), {
          tls: certificate(name),
        });
        const out = await send(client, prepare(`https://${host}:${server.port}/`));
        assertEquals([FAILURE_KINDS[out.failure]!.name, out.bodyBytes], ["none", 4]);
      },
    });
  }

  for (const minVersion of [undefined, "1.2"] as const) {
    const tls: TlsSpec = { ...TRUSTING, ...(minVersion && { minVersion }) };
    clientTest(under, `checks an address in the URL, not where a rule leads, from TLS ${minVersion} on`, {
      spec: { tls, resolve: [{ host: "", port: 0, toHost: "127.0.0.1", toPort: 0 }] },
      applies: CLIENT_CAPABILITIES[under.kind].resolve,
      run: async (client) => {
        await using server = await under.startServer((connection) => connection.send(response("safe")), {
          tls: certificate("server"),
        });
        const kinds: string[] = [];
        for (const host of ["10.9.9.9", "[::1]"]) {
          const out = await send(client, prepare(`https://${host}:${server.port}/`));
          kinds.push(FAILURE_KINDS[out.failure]!.name);
        }
        assertEquals(kinds, ["tls_certificate", "none"]);
      },
    });
  }

  for (const begins of [false, true]) {
    clientTest(
      under,
      `knows how far ${begins ? "an" : "no"} answer had come when TLS was cut off without notice`,
      {
        spec: { tls: TRUSTING },
        run: async (client) => {
          const cut = Promise.withResolvers<void>();
          await using server = await under.startServer(async (connection) => {
            if (begins) await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
            void settle(50).then(cut.resolve);
          }, { tls: certificate("server") });
          await using front = await startFront(server.port, (client, pass) => {
            pass();
            void cut.promise.then(() => client.end());
          });
          const out = await send(client, prepare(`https://localhost:${front.port}/`));
          assertEquals(FAILURE_KINDS[out.failure]!.name, begins ? "truncated" : "no_response");
          assertNotMatch(out.failureDetail, /https?:/);
        },
      },
    );
  }

  clientTest(under, "uses one TLS connection for many requests and large bodies", {
    spec: { tls: TRUSTING },
    run: async (client) => {
      const body = "x".repeat(1_000_000);
      await using server = await under.startServer((connection) => connection.send(response(body)), {
        tls: certificate("server"),
      });
      for (let i = 0; i < 3; i++) {
        const out = await send(client, prepare(server.origin));
        assertEquals([out.failure, out.bodyBytes], [0, body.length]);
      }
      assertConnections(under, server, 1);
    },
  });

  for (const has of [true, false]) {
    clientTest(under, `${has ? "shows its" : "is refused without a"} client certificate`, {
      spec: { tls: has ? { ...TRUSTING, ...certificate("client") } : TRUSTING },
      run: async (client) => {
        await using server = await under.startServer((connection) => connection.send(response("safe")), {
          tls: certificate("server"),
          clientRoot: ROOT,
        });
        const out = await send(client, prepare(server.origin));
        if (has) assertEquals(FAILURE_KINDS[out.failure]!.name, "none");
        // With TLS 1.3 the refusal comes after the handshake: as an alert, or as a connection that ends.
        else {assert(
            /^(?:tls_handshake|connection_reset|no_response)$/.test(FAILURE_KINDS[out.failure]!.name),
          );}
        assertEquals(server.requests.length, has ? 1 : 0);
      },
    });
  }

  clientTest(under, "reports a server that does not speak TLS", {
    spec: { tls: TRUSTING },
    run: async (client) => {
      await using server = await startRawServer(() => {}, {
        onConnection: (connection) => connection.end("HTTP/1.1 400 Bad Request\r\n\r\n"),
      });
      const out = await send(client, prepare(`https://localhost:${server.port}/`));
      assertEquals(FAILURE_KINDS[out.failure]!.name, "tls_handshake");
    },
  });
}
