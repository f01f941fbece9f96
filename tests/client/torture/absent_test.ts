/** Servers that are not there, not yet, or not any more. */
import { assert, assertEquals, assertGreater, assertGreaterOrEqual, assertLessOrEqual } from "@std/assert";
import { Exchange } from "../../../src/client/exchange/http_client.ts";
import { Dialer } from "../../../src/client/net/dialer.ts";
import { RawClient } from "../../../src/client/http1/http1_client.ts";
import { runLocally } from "../../../src/fleet/coordination/run_local.ts";
import { FAILURE, FAILURE_KINDS } from "../../../src/metrics/failure.ts";
import { overallStats } from "../../../src/result/run_result.ts";
import { REFUSING_PORT } from "../../_support/peers.ts";
import { SOCKETS } from "../../_support/sockets.ts";
import { PLAIN_CLIENT, planFor } from "../../_support/plan.ts";
import { prepare, send } from "../../_support/prepare.ts";
import { startFront } from "../../_support/front.ts";
import { response, startRawServer } from "../../_support/raw_server.ts";
import { assertNothingOpen } from "./_behaviour.ts";
import { pause, settle, until } from "../../_support/wait.ts";

for (const sockets of SOCKETS) {
  Deno.test(`${sockets} sockets: a run against a port that refuses fails fast, every time`, async () => {
    const load = { kind: "requests", unit: "requests", amount: 200, connections: 10 } as const;
    const result = await runLocally(
      planFor(`http://127.0.0.1:${REFUSING_PORT}/`, load, { client: { sockets } }),
      { threads: 1 },
    );
    const { counts } = overallStats(result);
    assertEquals([result.total.started, counts.failures], [200, { connection_refused: 200 }]);
  });

  Deno.test(`${sockets} sockets: a run goes on when the server disappears and comes back`, async () => {
    await using server = await startRawServer((connection) => connection.send(response("here")));
    // A server of its own can be closed and opened again on the same port; what is behind goes on counting.
    let front = await startFront(server.port, (_, pass) => void pass());
    const { port } = front;
    const load = { kind: "duration", connections: 4, durationMs: 600_000 } as const;
    const stopping = new AbortController();
    const running = runLocally(planFor(`http://127.0.0.1:${port}/`, load, { client: { sockets } }), {
      threads: 1,
      signal: stopping.signal,
    });
    await until(() => server.requests.length > 0);
    await front[Symbol.asyncDispose]();
    // What had been passed on is still on its way.
    let seenBefore = -1;
    while (seenBefore !== server.requests.length) {
      seenBefore = server.requests.length;
      await pause(300);
    }
    assertEquals(server.requests.length, seenBefore);
    front = await startFront(server.port, (_, pass) => void pass(), port);
    await until(() => server.requests.length > seenBefore);
    stopping.abort();
    const result = await running;
    await front[Symbol.asyncDispose]();
    const { counts } = overallStats(result);
    const { connection_refused = 0, connection_reset = 0, no_response = 0, ...others } = counts.failures;
    assertEquals(others, {});
    assertGreater(connection_refused, 0);
    assertEquals(counts.succeeded + counts.failed + counts.unfinished, result.total.started);
    // What was refused was never sent. Of what broke off, and of what was sent anew, the server may have seen either.
    const broken = connection_reset + no_response + counts.unfinished + result.total.reconnects;
    assertGreaterOrEqual(
      server.requests.length,
      counts.succeeded,
      `${server.requests.length} of ${counts.succeeded}`,
    );
    assert(
      server.requests.length <= counts.succeeded + broken,
      `${server.requests.length} of ${counts.succeeded}`,
    );
    await assertNothingOpen(server);
  });

  Deno.test(`${sockets} sockets: a name whose look-up hangs is given up at the timeout`, async () => {
    const sources = { lookUp: () => new Promise<never>(() => {}), now: () => performance.now() };
    const client = new RawClient(PLAIN_CLIENT, new Dialer({ ...PLAIN_CLIENT, sockets }, sources));
    for (const isWarming of [true, false]) {
      const out = new Exchange();
      const request = prepare("http://a.test/");
      const done = isWarming ? client.warm(request, out) : send(client, request);
      await pause(10);
      client.abort(FAILURE.timeout);
      const ended = await done ?? out;
      assertEquals(FAILURE_KINDS[ended.failure]!.name, "connect_timeout");
    }
  });

  Deno.test(`${sockets} sockets: a server whose handshakes all hang is given up at the timeout, before the load as well as in it`, async () => {
    await using front = await startFront(0, (client) => void client.resume());
    const load = { kind: "requests", unit: "requests", amount: 300, connections: 300 } as const;
    const plan = planFor(`https://127.0.0.1:${front.port}/`, load, {
      client: { sockets, timeoutMs: 500, tls: { verify: false, caCerts: [] } },
    });
    const result = await runLocally(plan, { threads: 1 });
    const { counts } = overallStats(result);
    assertEquals(counts.failures, { connect_timeout: 300 });
    // The first hundred connections made ahead are waited for, and then all in the load; not each hundred.
    assertLessOrEqual(front.connections, 100 + 300);
  });

  for (
    const [sent, detail, bodyBytes] of [
      ["", "Given up before the first byte of the response", 0],
      ["HTTP/1.1 200 O", "Given up in the response's head, after 14 bytes", 0],
      ["HTTP/1.1 200 OK\r\n\r\nhello", "Given up after the head and 5 bytes of the body", 5],
    ] as const
  ) {
    Deno.test(`${sockets} sockets: a request given up says how far its answer had come: ${JSON.stringify(sent)}`, async () => {
      await using server = await startRawServer((connection) =>
        sent === "" ? undefined : connection.send(sent)
      );
      const client = new RawClient(PLAIN_CLIENT, new Dialer({ ...PLAIN_CLIENT, sockets }));
      const sending = send(client, prepare(server.origin));
      await until(() => server.requests.length > 0);
      await settle(50);
      client.abort(FAILURE.timeout);
      const out = await sending;
      assertEquals([FAILURE_KINDS[out.failure]!.name, out.failureDetail], ["timeout", detail]);
      assertEquals(out.bodyBytes, bodyBytes);
    });
  }
}
