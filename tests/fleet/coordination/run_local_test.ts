/** Runs over threads of this process: counts, stops, and what a run's time includes. */
import {
  assert,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
  assertLessOrEqual,
} from "@std/assert";
import { createLoadThread } from "../../../src/engine/load_thread.ts";
import { runLocally } from "../../../src/fleet/coordination/run_local.ts";
import { coresUsed } from "../../../src/result/trust.ts";
import { overallStats } from "../../../src/result/run_result.ts";
import type { StepStats } from "../../../src/metrics/snapshot.ts";
import { REFUSING_PORT } from "../../_support/peers.ts";
import { planFor } from "../../_support/plan.ts";
import { pause, until } from "../../_support/wait.ts";

/** A counting server; some paths misbehave. */
function startServer(): { url: string; seen: string[]; close(): Promise<void> } {
  const seen: string[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
    const url = new URL(request.url);
    seen.push(url.pathname + url.search);
    if (url.pathname === "/slow") await pause(100);
    if (url.pathname === "/never") await new Promise((resolve) => request.signal.onabort = resolve);
    if (url.pathname === "/hang") await pause(700);
    return new Response("hello", { status: url.pathname === "/error" ? 503 : 200 });
  });
  return { url: `http://127.0.0.1:${server.addr.port}`, seen, close: () => server.shutdown() };
}

/** Started = succeeded + failed + unfinished, and the server saw as many. */
function assertConserved(counts: StepStats, started: number): void {
  assertEquals(counts.succeeded + counts.failed + counts.unfinished, started);
}

for (const [requests, connections, threads] of [[1, 1, 1], [7, 3, 2], [500, 16, 1], [501, 16, 3]] as const) {
  Deno.test(`-n ${requests} -c ${connections} -t ${threads} sends exactly ${requests}`, async () => {
    const server = startServer();
    const load = { kind: "requests", unit: "requests", amount: requests, connections } as const;
    const result = await runLocally(planFor(`${server.url}/`, load), { threads });
    const { counts } = overallStats(result);
    assertEquals(counts.succeeded, requests);
    assertEquals(server.seen.length, requests);
    assertEquals(counts.bodyBytes, requests * 5);
    assertEquals(counts.statuses, { 200: requests });
    assertEquals(result.total.started, requests);
    assertEquals(result.lost, []);
    await server.close();
  });
}

Deno.test("a duration run counts what the server counted, and ends in time", async () => {
  const server = startServer();
  const load = { kind: "duration", connections: 4, durationMs: 1300 } as const;
  const plan = planFor(`${server.url}/`, load, { plan: { gracefulStopMs: 60_000 } });
  const result = await runLocally(plan, { threads: 2 });
  const { counts } = overallStats(result);
  assertConserved(counts, result.total.started);
  assertEquals(server.seen.length, result.total.started);
  assertGreaterOrEqual(result.durationMs, 1300);
  assertEquals(result.timeline.length, 2);
  assertEquals(result.timeline.reduce((sum, point) => sum + point.requests, 0), counts.succeeded);
  await server.close();
});

Deno.test("several URLs are requested in turn, whatever the number of threads", async () => {
  const server = startServer();
  const load = { kind: "requests", unit: "requests", amount: 90, connections: 5 } as const;
  await runLocally(planFor(["/a", "/b", "/c"].map((path) => server.url + path), load), { threads: 2 });
  for (const path of ["/a", "/b", "/c"]) {
    assertEquals(server.seen.filter((seen) => seen === path).length, 30);
  }
  await server.close();
});

Deno.test("every thread requests all URLs in turn, so that a slow one is not outrun by the others", async () => {
  const server = startServer();
  const load = { kind: "duration", connections: 4, durationMs: 450 } as const;
  await runLocally(planFor([`${server.url}/slow`, `${server.url}/fast`], load), { threads: 2 });
  const slow = server.seen.filter((path) => path === "/slow").length;
  // Two users a thread, each of which may be one ahead.
  assertLessOrEqual(Math.abs(server.seen.length - 2 * slow), 4, `${slow} of ${server.seen.length}`);
  await server.close();
});

Deno.test("a thread sends as many of a number of requests as its connections are worth", async () => {
  const server = startServer();
  const load = { kind: "requests", unit: "requests", amount: 12, connections: 3 } as const;
  for (const plan of [planFor(server.url, load), planFor(server.url, { ...load, unit: "iterations" })]) {
    const started = [0, 0];
    for (const index of [0, 1]) {
      const thread = createLoadThread(plan, { index, of: 2 }, {
        onSnapshot: (seen) => started[index]! += seen.started,
      });
      await thread.prepare();
      await thread.run(performance.now());
    }
    assertEquals(started, [8, 4]);
  }
  await server.close();
});

Deno.test("an error status is a failure, timed apart", async () => {
  const server = startServer();
  const load = { kind: "requests", unit: "requests", amount: 5, connections: 1 } as const;
  const { counts } = overallStats(await runLocally(planFor(`${server.url}/error`, load), { threads: 1 }));
  assertEquals([counts.succeeded, counts.failed], [0, 5]);
  assertEquals(counts.failures, { "HTTP 503": 5 });
  assertEquals([counts.latency.count, counts.failedLatency.count, counts.unanswered.count], [0, 5, 0]);
  await server.close();
});

Deno.test("nothing listening is counted as refused, and waited times are lower bounds", async () => {
  const load = { kind: "requests", unit: "requests", amount: 6, connections: 2 } as const;
  const { counts } = overallStats(
    await runLocally(planFor(`http://127.0.0.1:${REFUSING_PORT}/`, load), { threads: 1 }),
  );
  assertEquals(counts.failures, { connection_refused: 6 });
  assertEquals([counts.latency.count, counts.unanswered.count], [0, 6]);
});

Deno.test("a timeout ends a request, and the run goes on with a new connection", async () => {
  const server = startServer();
  const load = { kind: "requests", unit: "requests", amount: 3, connections: 1 } as const;
  const plan = planFor(`${server.url}/hang`, load, { client: { timeoutMs: 500 } });
  const result = await runLocally(plan, { threads: 1 });
  const { counts } = overallStats(result);
  assertEquals(counts.failures, { timeout: 3 });
  assertGreaterOrEqual(counts.unanswered.min, 500_000);
  assertEquals(server.seen.length, 3);
  await server.close();
});

Deno.test("requests still open after the grace are unfinished, not failed", async () => {
  const server = startServer();
  const load = { kind: "duration", connections: 3, durationMs: 500 } as const;
  const result = await runLocally(planFor(`${server.url}/hang`, load), { threads: 1 });
  const { counts } = overallStats(result);
  assertEquals([counts.succeeded, counts.failed, counts.unfinished], [0, 0, 3]);
  assertEquals([result.total.started, result.total.iterations], [3, 0]);
  await server.close();
});

Deno.test("a stop ends the load at once and marks the result", async () => {
  const server = startServer();
  const stopping = new AbortController();
  const load = { kind: "duration", connections: 2, durationMs: 600_000 } as const;
  const running = runLocally(planFor(`${server.url}/slow`, load), { threads: 2, signal: stopping.signal });
  await until(() => server.seen.length > 2);
  stopping.abort();
  const result = await running;
  assert(result.interrupted);
  assertLess(result.durationMs, load.durationMs);
  assertConserved(overallStats(result).counts, result.total.started);
  await server.close();
});

Deno.test("a stop does not wait for connections that are still opening", async () => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const stopping = new AbortController();
  const load = { kind: "duration", connections: 2, durationMs: 60_000 } as const;
  const plan = planFor(`http://127.0.0.1:${listener.addr.port}/`, load, {
    client: { http2: true, timeoutMs: 600_000 },
  });
  const running = runLocally(plan, { threads: 1, signal: stopping.signal });
  const accepted = [await listener.accept(), await listener.accept()];
  stopping.abort();
  let watch: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<void>((resolve) => watch = setTimeout(resolve, 30_000));
  const result = await Promise.race([running, tooLate]);
  clearTimeout(watch);
  assertEquals([result && result.interrupted, result && result.total.started], [true, 0]);
  for (const conn of accepted) conn.close();
  listener.close();
});

Deno.test("CPU is set against the time in which it was counted, a warm-up included", async () => {
  const server = startServer();
  const load = { kind: "requests", unit: "requests", amount: 1, connections: 1 } as const;
  const plan = planFor(`${server.url}/`, load, { plan: { warmupMs: 500 } });
  const result = await runLocally(plan, { threads: 1 });
  assertGreaterOrEqual(result.health.wallSec!, 0.5);
  assertGreater(result.health.cores + 0.1, coresUsed(result)!);
  await server.close();
});

Deno.test("a stop gives what an open loop has in flight the grace, as it does in a closed one", async () => {
  const server = startServer();
  const stopping = new AbortController();
  setTimeout(() => stopping.abort(), 250);
  const load = {
    kind: "rate",
    pacer: { kind: "constant", rate: 50 },
    durationMs: 60_000,
    maxConnections: 20,
    targetRate: 50,
  } as const;
  const result = await runLocally(planFor(`${server.url}/slow`, load, { plan: { gracefulStopMs: 20_000 } }), {
    threads: 1,
    signal: stopping.signal,
  });
  const { counts } = overallStats(result);
  assertEquals([counts.unfinished, counts.succeeded], [0, server.seen.length]);
  await server.close();
});

Deno.test("waiting in vain for the last answers is no part of the run's time", async () => {
  const server = startServer();
  const load = { kind: "duration", connections: 2, durationMs: 200 } as const;
  const patient = { client: { timeoutMs: 60_000 }, plan: { gracefulStopMs: 2000 } };
  const beganMs = performance.now();
  const never = await runLocally(planFor(`${server.url}/never`, load, patient), { threads: 1 });
  const tookMs = performance.now() - beganMs;
  assertEquals(overallStats(never).counts.unfinished, 2);
  assertLess(never.durationMs, tookMs - patient.plan.gracefulStopMs + 10, `${never.durationMs} of ${tookMs}`);
  const delayed = await runLocally(
    planFor(`${server.url}/hang`, load, { plan: { gracefulStopMs: 20_000 } }),
    {
      threads: 1,
    },
  );
  assertGreaterOrEqual(delayed.durationMs, 695);
  await server.close();
});

for (const stepMs of [3_600_000, -3_600_000]) {
  Deno.test(`threads start at once after the system's clock was set by ${stepMs} ms`, async () => {
    const server = startServer();
    // What this thread took the time for when it began; those that begin now know better.
    const origin = { configurable: true, value: performance.timeOrigin - stepMs };
    Object.defineProperty(performance, "timeOrigin", origin);
    try {
      const load = { kind: "duration", connections: 2, durationMs: 1000 } as const;
      const stopping = AbortSignal.timeout(600_000);
      const result = await runLocally(planFor(server.url, load), { threads: 2, signal: stopping });
      assertGreater(result.total.started, 0);
      assertEquals(result.interrupted, false);
      assertLess(result.durationMs, 500_000, `${result.durationMs}`);
    } finally {
      Reflect.deleteProperty(performance, "timeOrigin");
    }
    await server.close();
  });
}

Deno.test("users pause in a warm-up that is longer than the run", async () => {
  const server = startServer();
  const load = { kind: "duration", connections: 1, durationMs: 100 } as const;
  const changes = { step: { thinkMs: 50 }, plan: { warmupMs: 600 } };
  await runLocally(planFor(server.url, load, changes), { threads: 1 });
  assertLessOrEqual(server.seen.length, 20, `${server.seen.length}`);
  await server.close();
});

Deno.test("arrivals that a warm-up leaves in line are dropped", async () => {
  const server = startServer();
  const load = {
    kind: "rate",
    pacer: { kind: "constant", rate: 200 },
    durationMs: 100,
    maxConnections: 1,
    targetRate: 200,
  } as const;
  const result = await runLocally(planFor(`${server.url}/slow`, load, { plan: { warmupMs: 300 } }), {
    threads: 1,
  });
  assertLessOrEqual(result.warmupRequests!, 4, `${result.warmupRequests}`);
  await server.close();
});

Deno.test("a connection closed while idle is replaced and the request sent again", async () => {
  let accepted = 0;
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const serving = (async () => {
    for await (const conn of listener) {
      accepted++;
      // One answer a connection, which claims that it will stay open.
      (async () => {
        const buffer = new Uint8Array(4096);
        if (await conn.read(buffer) !== null) {
          await conn.write(new TextEncoder().encode("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
        }
        conn.close();
      })();
    }
  })();
  const { port } = listener.addr as Deno.NetAddr;
  const load = { kind: "requests", unit: "requests", amount: 4, connections: 1 } as const;
  const result = await runLocally(planFor(`http://127.0.0.1:${port}/`, load), { threads: 1 });
  assertEquals(overallStats(result).counts.succeeded, 4);
  assertEquals(result.total.reconnects, 3);
  assertEquals(accepted, 4);
  listener.close();
  await serving;
});

Deno.test("a cache-busting run never repeats a URL", async () => {
  const server = startServer();
  const load = { kind: "requests", unit: "requests", amount: 20, connections: 2 } as const;
  await runLocally(planFor(`${server.url}/x?a=1`, load, { cacheBust: true }), { threads: 1 });
  assertEquals(new Set(server.seen).size, 20);
  for (const seen of server.seen) assert(/^\/x\?a=1&_cb=[0-9a-f]{12}4[0-9a-f]{19}$/.test(seen), seen);
  await server.close();
});

Deno.test("a warm-up is sent and not counted", async () => {
  const server = startServer();
  const load = { kind: "requests", unit: "requests", amount: 10, connections: 2 } as const;
  const plan = planFor(`${server.url}/`, load, { plan: { warmupMs: 100 } });
  const result = await runLocally(plan, { threads: 2 });
  assertEquals(overallStats(result).counts.succeeded, 10);
  assertGreater(result.warmupRequests!, 0);
  assertEquals(server.seen.length, 10 + result.warmupRequests!);
  await server.close();
});
