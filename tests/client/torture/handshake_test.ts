/** Servers that do not get as far as a TLS connection, and ones that end it in their own way. */
import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import type { Socket as TcpSocket } from "node:net";
import { runLocally } from "../../../src/fleet/coordination/run_local.ts";
import type { TlsSpec } from "../../../src/plan/client_spec.ts";
import { certificate, ROOT } from "../../_support/certificates.ts";
import { startFront } from "../../_support/front.ts";
import { planFor } from "../../_support/plan.ts";
import { response, startRawServer } from "../../_support/raw_server.ts";
import { assertConserved, type End, endsOf, LONG_MS, SHORT_MS, withTimeouts } from "./_behaviour.ts";
import { until } from "../../_support/wait.ts";

/** One row: what a front does with the first and the third connection; the others lead to a good TLS server. */
interface Handshake {
  readonly title: string;
  readonly front: (client: TcpSocket, pass: () => TcpSocket) => void | Promise<void>;
  readonly end: End;
  readonly hangs?: true;
  /** Over `node:tls`, which tells less. */
  readonly unverifiedEnd?: End;
}

const ROWS: readonly Handshake[] = [
  { title: "closes at once", front: (client) => void client.end(), end: "tls_handshake" },
  { title: "resets at once", front: (client) => void client.resetAndDestroy(), end: "connection_reset" },
  {
    title: "closes behind the client's hello",
    front: (client) => void client.once("data", () => client.end()),
    end: "tls_handshake",
  },
  {
    title: "resets behind the client's hello",
    front: (client) => void client.once("data", () => client.resetAndDestroy()),
    end: "connection_reset",
    unverifiedEnd: "tls_handshake",
  },
  { title: "never says a word", front: () => {}, end: "connect_timeout", hangs: true },
  {
    title: "takes the hello and is silent",
    front: (client) => void client.resume(),
    end: "connect_timeout",
    hangs: true,
  },
  {
    title: "stops inside its own hello",
    front: (client) => void client.once("data", () => client.write(Uint8Array.of(22, 3, 3, 0, 90, 2, 0))),
    end: "connect_timeout",
    hangs: true,
  },
  {
    title: "drips its hello",
    front: (client) => {
      const timer = setInterval(() => client.write(Uint8Array.of(22)), 50);
      client.on("close", () => clearInterval(timer));
    },
    end: "tls_handshake",
  },
  {
    title: "answers in plain HTTP",
    front: (client) => void client.end(response("plain")),
    end: "tls_handshake",
  },
  {
    title: "greets as SSH",
    front: (client) => void client.write("SSH-2.0-OpenSSH_9.2\r\n"),
    end: "tls_handshake",
  },
  { title: "sends zeros", front: (client) => void client.write(new Uint8Array(500)), end: "tls_handshake" },
  {
    title: "refuses with an alert",
    front: (client) => void client.once("data", () => client.write(Uint8Array.of(21, 3, 3, 0, 2, 2, 40))),
    end: "tls_handshake",
  },
  {
    title: "breaks off inside its certificate",
    front: (client, pass) => {
      const behind = pass();
      behind.unpipe(client);
      behind.once("data", (data: Uint8Array) => client.end(data.subarray(0, 200)));
      behind.resume();
    },
    end: "tls_handshake",
  },
];

const KINDS: readonly (readonly [name: string, tls: TlsSpec])[] = [
  ["verified", { verify: true, caCerts: [ROOT] }],
  ["unverified", { verify: false, caCerts: [] }],
];

for (const [name, tls] of KINDS) {
  Deno.test({
    name: `a run with ${name} TLS survives servers that`,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async (t) => {
      await Promise.all(ROWS.map((row) =>
        t.step({
          name: `${row.title}: ${row.end}`,
          sanitizeOps: false,
          sanitizeResources: false,
          sanitizeExit: false,
          fn: () => check(row, tls),
        })
      ));
    },
  });
}

async function check(row: Handshake, tls: TlsSpec): Promise<void> {
  await using server = await startRawServer((connection) => connection.send(response("safe")), {
    tls: certificate("server"),
  });
  await using front = await startFront(server.port, async (client, pass, number) => {
    // The first one looks whether the target is there.
    if (number % 2 === 1) return void pass();
    await row.front(client, pass);
    // What nobody reads hides that the other end has closed.
    client.resume();
  });
  const urls = [1, 2, 3, 4].map((number) => `https://localhost:${front.port}/${number}`);
  // A connection for each request.
  const plan = planFor(urls, { kind: "requests", unit: "requests", amount: 4, connections: 1 }, {
    client: {
      timeoutMs: LONG_MS,
      tls,
      keepAlive: false,
      resolve: [{ host: "", port: 0, toHost: "127.0.0.1", toPort: 0 }],
    },
  });
  const startMs = performance.now();
  const timed = row.hangs ? withTimeouts(plan, [1, 3], SHORT_MS) : plan;
  const result = await runLocally(timed, { threads: 1 });
  const end = tls.verify ? row.end : row.unverifiedEnd ?? row.end;
  assertEquals(endsOf(result), [end, "ok", end, "ok"]);
  assertConserved(result, server, 2);
  if (row.hangs) assertGreaterOrEqual(performance.now() - startMs, 2 * SHORT_MS - 2);
  // The platform's TLS holds on to a connection whose handshake was given up: the first, and no other.
  const held = row.hangs && tls.verify ? 1 : 0;
  await until(() => front.open <= held).catch(() => {});
  assertEquals(front.open, held);
}

Deno.test("a run against a TLS server that is asked for plain HTTP goes on", async () => {
  await using server = await startRawServer((connection) => connection.send(response("safe")), {
    tls: certificate("server"),
  });
  const plan = planFor([1, 2, 3].map((number) => `http://127.0.0.1:${server.port}/${number}`), {
    kind: "requests",
    unit: "requests",
    amount: 3,
    connections: 1,
  });
  const ends = endsOf(await runLocally(plan, { threads: 1 }));
  // An alert, where the server sends one before it closes; which of the two comes first is the system's affair.
  for (const end of ends) {
    assert(["not_http", "no_response", "connection_reset"].includes(end), end);
  }
  assertEquals(server.requests.length, 0);
});
