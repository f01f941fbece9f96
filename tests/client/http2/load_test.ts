/**
 * HTTP/2 under load: what is counted is what the server counts, over streams, resets and closed connections.
 */
import { assertEquals, assertGreater, assertGreaterOrEqual, assertLessOrEqual } from "@std/assert";
import { CODE, SETTING } from "../../../src/client/http2/frames.ts";
import { runLocally } from "../../../src/fleet/coordination/run_local.ts";
import type { LoadSpec } from "../../../src/plan/run_plan.ts";
import { overallStats } from "../../../src/result/run_result.ts";
import { type FramePeer, type FrameServer, startFrameServer } from "../../_support/frame_server.ts";
import { REFUSING_PORT } from "../../_support/peers.ts";
import { planFor } from "../../_support/plan.ts";

interface Counting extends AsyncDisposable {
  readonly server: FrameServer;
  /** Answers sent. */
  answered: number;
  /** Most requests of one connection that waited for an answer. */
  most: number;
}

/** Answers all that has arrived in one go, so that requests pile up as far as they can. */
async function startCounting(
  act: (peer: FramePeer, stream: number, count: number) => boolean = () => true,
): Promise<Counting> {
  const counting = { answered: 0, most: 0 } as { -readonly [K in keyof Counting]: Counting[K] };
  counting.server = await startFrameServer(async (peer) => {
    peer.settings([SETTING.maxConcurrentStreams, 100]);
    let waiting: number[] = [];
    let count = 0;
    const response = () => {
      counting.most = Math.max(counting.most, waiting.length);
      for (const stream of waiting) {
        if (!act(peer, stream, ++count)) continue;
        peer.respond(stream);
        counting.answered++;
      }
      waiting = [];
    };
    for (let request = await peer.nextRequest(); request; request = await peer.nextRequest()) {
      if (waiting.push(request.stream) === 1) setTimeout(response, 2);
    }
  });
  counting[Symbol.asyncDispose] = () => counting.server[Symbol.asyncDispose]();
  return counting;
}

interface LoadCase {
  readonly title: string;
  readonly load: LoadSpec;
  readonly threads: number;
  readonly streams: number;
  /** Connections that are opened; a range where it depends on time. */
  readonly connections: readonly [least: number, most: number];
  readonly requests?: number;
}

const CASES: readonly LoadCase[] = [
  {
    title: "a number of requests",
    load: { kind: "requests", unit: "requests", amount: 501, connections: 30 },
    ...{ threads: 1, streams: 10, connections: [3, 3], requests: 501 },
  },
  {
    title: "a number of requests on two threads, connections kept whole",
    load: { kind: "requests", unit: "requests", amount: 501, connections: 30 },
    ...{ threads: 2, streams: 10, connections: [3, 3], requests: 501 },
  },
  {
    title: "fewer requests than streams",
    load: { kind: "requests", unit: "requests", amount: 7, connections: 100 },
    ...{ threads: 1, streams: 5, connections: [2, 2], requests: 7 },
  },
  {
    title: "a duration",
    load: { kind: "duration", connections: 20, durationMs: 300 },
    ...{ threads: 1, streams: 20, connections: [1, 1] },
  },
  {
    title: "users with pauses",
    load: { kind: "users", users: 25, durationMs: 300, rampUpMs: 50, thinkMs: 20, thinkJitter: 0.5 },
    ...{ threads: 1, streams: 10, connections: [3, 3] },
  },
  {
    title: "a rate",
    load: {
      kind: "rate",
      pacer: { kind: "constant", rate: 500 },
      durationMs: 400,
      maxConnections: 40,
      targetRate: 500,
    },
    ...{ threads: 1, streams: 20, connections: [1, 2], requests: 200 },
  },
  {
    title: "a number of arrivals at a rate, on two threads",
    load: {
      kind: "rate",
      pacer: { kind: "constant", rate: 1000 },
      amount: 150,
      maxConnections: 40,
      targetRate: 1000,
    },
    ...{ threads: 2, streams: 10, connections: [2, 4], requests: 150 },
  },
];

for (const { title, load, threads, streams, connections: [least, most], requests } of CASES) {
  Deno.test(`HTTP/2 under load: ${title} is what the server counts`, async () => {
    await using counting = await startCounting();
    const result = await runLocally(
      planFor(`${counting.server.origin}/`, load, {
        client: { http2: true, streams, timeoutMs: 60_000 },
        plan: { gracefulStopMs: 60_000 },
      }),
      { threads },
    );
    const { counts } = overallStats(result);
    assertEquals([counts.failed, counts.unfinished], [0, 0]);
    assertEquals([counts.succeeded, counting.server.requests], [result.total.started, result.total.started]);
    if (requests !== undefined) assertEquals(counts.succeeded, requests);
    assertEquals(result.total.protocols, { 2: counts.succeeded });
    assertGreaterOrEqual(counting.server.connections, least);
    assertLessOrEqual(counting.server.connections, most);
    assertEquals(result.total.connects, counting.server.connections);
    assertLessOrEqual(counting.most, streams);
    assertGreater(counts.bytesReceived, counts.bodyBytes);
  });
}

Deno.test("HTTP/2 under load: GOAWAY after every 40 requests loses none and repeats none that was answered", async () => {
  await using counting = await startCounting((peer, stream, count) => {
    if (count === 40) peer.goaway(stream, CODE.noError);
    return count <= 40;
  });
  const load = { kind: "requests", unit: "requests", amount: 1000, connections: 20 } as const;
  const plan = planFor(`${counting.server.origin}/`, load, {
    client: { http2: true, streams: 20, timeoutMs: 60_000 },
    step: { method: "POST", body: { kind: "text", text: "once" } },
  });
  const result = await runLocally(plan, { threads: 1 });
  const { counts } = overallStats(result);
  assertEquals([counts.succeeded, counts.failed, counting.answered], [1000, 0, 1000]);
  assertEquals(result.total.connects, counting.server.connections);
  assertEquals(counting.server.connections, 25);
});

Deno.test("HTTP/2 under load: resets and closes are counted, and started = succeeded + failed + unfinished", async () => {
  await using counting = await startCounting((peer, stream, count) => {
    if (count % 10 === 0) peer.rstStream(stream, CODE.internalError);
    else if (count % 97 === 0) peer.reset();
    return count % 10 !== 0 && count % 97 !== 0;
  });
  const load = { kind: "requests", unit: "requests", amount: 2000, connections: 20 } as const;
  const plan = planFor(`${counting.server.origin}/`, load, {
    client: { http2: true, streams: 10, timeoutMs: 60_000 },
    step: { method: "POST" },
  });
  const { total, ...result } = await runLocally(plan, { threads: 1 });
  const { counts } = overallStats({ total, ...result });
  assertEquals([total.started, counts.succeeded + counts.failed + counts.unfinished], [2000, 2000]);
  assertEquals(
    Object.values(counts.failures).reduce((sum, count) => sum + count, 0),
    counts.failed,
  );
  assertGreater(counts.failures["stream_reset"] ?? 0, 100);
  // What was written to a connection that the server had just reset is in neither of its counts.
  assertLessOrEqual(counts.succeeded, counting.answered);
  assertLessOrEqual(counting.server.requests, 2000);
});

Deno.test("HTTP/2 under load: who waits in vain for a connection that another opens has reused none", async () => {
  const load = { kind: "requests", unit: "requests", amount: 40, connections: 20 } as const;
  const plan = planFor(`http://127.0.0.1:${REFUSING_PORT}/`, load, { client: { http2: true, streams: 10 } });
  const { total } = await runLocally(plan, { threads: 1 });
  assertEquals([total.started, total.connects, total.reused], [40, 0, 0]);
});
