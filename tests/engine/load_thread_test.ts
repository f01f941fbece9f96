/** What a thread does before its load, and what it counts of its connections. */
import { assertEquals, assertGreater } from "@std/assert";
import { createLoadThread } from "../../src/engine/load_thread.ts";
import { runLocally } from "../../src/fleet/coordination/run_local.ts";
import { WHOLE } from "../../src/plan/share.ts";
import { overallStats } from "../../src/result/run_result.ts";
import type { LoadSpec } from "../../src/plan/run_plan.ts";
import { startFront } from "../_support/front.ts";
import { freePort } from "../_support/peers.ts";
import { planFor } from "../_support/plan.ts";
import { response, startRawServer } from "../_support/raw_server.ts";
import { settle } from "../_support/wait.ts";

const CLOSED: LoadSpec = { kind: "duration", connections: 10, durationMs: 60_000 };
const OPEN: LoadSpec = {
  kind: "rate",
  pacer: { kind: "constant", rate: 50 },
  durationMs: 60_000,
  maxConnections: 10,
  targetRate: 50,
};

for (
  const [way, load, client, attempts] of [
    ["a closed loop", CLOSED, {}, 10],
    ["an open loop", OPEN, {}, 1],
    ["new connections only", CLOSED, { keepAlive: false }, 1],
    ["fetch", CLOSED, { kind: "fetch" }, 1],
  ] as const
) {
  Deno.test(`a thread knows before its load that nobody is there: ${way}`, async () => {
    const port = freePort();
    const plan = planFor(`http://127.0.0.1:${port}/`, load, { client });
    const thread = createLoadThread(plan, WHOLE, { onSnapshot: () => {} });
    assertEquals(await thread.prepare(), `127.0.0.1:${port}: connection refused`);
  });

  Deno.test(`a target that never responds is given up after the first attempts: ${way}`, async () => {
    // It takes connections and lets their handshakes hang.
    await using front = await startFront(0, () => {});
    const plan = planFor(`https://127.0.0.1:${front.port}/`, load, { client: { ...client, timeoutMs: 300 } });
    const thread = createLoadThread(plan, WHOLE, { onSnapshot: () => {} });
    assertEquals(await thread.prepare(), `127.0.0.1:${front.port}: no response within 300ms`);
    // Those that came while this thread stood still are taken a turn later.
    await settle(0);
    assertEquals(front.connections, attempts);
  });
}

Deno.test("looking for the target is no request, and its connection is not kept for one", async () => {
  await using server = await startRawServer((connection) => connection.send(response("here")));
  const load = { kind: "requests", unit: "requests", amount: 3, connections: 1 } as const;
  const plan = planFor(server.origin, load, { client: { keepAlive: false } });
  const result = await runLocally(plan, { threads: 1 });
  assertEquals([result.total.connects, server.requests.length], [3, 3]);
});

for (const http2 of [false, true]) {
  Deno.test(`a thread counts no connection that never stood (${http2 ? "HTTP/2" : "HTTP/1.1"})`, async () => {
    // It takes connections and lets their handshakes hang.
    await using front = await startFront(0, () => {});
    const load = {
      kind: "rate",
      pacer: { kind: "constant", rate: 50 },
      durationMs: 200,
      maxConnections: 10,
      targetRate: 50,
    } as const;
    const plan = planFor(`https://localhost:${front.port}/`, load, {
      client: { http2, ...(http2 && { streams: 5 }), timeoutMs: 60_000 },
      plan: { gracefulStopMs: 0 },
    });
    const result = await runLocally(plan, { threads: 1 });
    const { counts } = overallStats(result);
    assertGreater(counts.unfinished, 0);
    assertEquals([counts.succeeded, counts.failed], [0, 0]);
    assertEquals([result.total.connects, result.total.reused], [0, 0]);
  });
}
