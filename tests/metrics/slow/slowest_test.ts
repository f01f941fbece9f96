/** The slowest requests of a step. */
import { assertEquals } from "@std/assert";
import { Random } from "../../../src/lib/random.ts";
import {
  MAX_SLOWEST,
  slowestOf,
  SlowestRequests,
  type SlowExchange,
} from "../../../src/metrics/slow/slowest.ts";

function exchangeOf(startMs: number, ms: number, more: Partial<SlowExchange> = {}): SlowExchange {
  return {
    ...{ dueMs: startMs, startMs, endMs: startMs + ms, status: 200, address: "127.0.0.1:80", connects: 0 },
    ...{ openedMs: -1, traceParent: "", head: null },
    ...{ dnsMs: -1, connectMs: -1, tlsMs: -1, ttfbMs: -1, transferMs: -1 },
    ...more,
  };
}

Deno.test("SlowestRequests keeps the slowest of all windows, however they come", () => {
  const random = new Random(5);
  const times = Array.from({ length: 500 }, () => Math.round(random.fraction() * 100_000) / 100);
  const slowest = new SlowestRequests();
  let total = slowestOf([], []);
  times.forEach((ms, i) => {
    if (ms * 1000 > slowest.floorUs) slowest.note(exchangeOf(1000 + i, ms), "");
    if (i % 50 === 49) total = slowestOf(total, slowest.take(1000));
  });
  assertEquals(
    total.map(({ latencyMs }) => Math.round(latencyMs * 100) / 100),
    times.toSorted((a, b) => b - a).slice(0, MAX_SLOWEST),
  );
  assertEquals(total[0]!.atMs, times.indexOf(Math.max(...times)));
});

Deno.test("SlowestRequests hands nothing over twice", () => {
  const slowest = new SlowestRequests();
  slowest.note(exchangeOf(0, 5), "timeout");
  assertEquals(slowest.take(0).map(({ failure }) => failure), ["timeout"]);
  assertEquals(slowest.take(0), []);
});

Deno.test("the slowest traced requests are kept besides, and found in any order", () => {
  const random = new Random(9);
  const parentOf = (i: number) => `00-${String(i).padStart(32, "a")}-${String(i).padStart(16, "b")}-03`;
  const requests = Array.from({ length: 400 }, (_, i) => ({
    ms: Math.round(random.fraction() * 1e6) / 1000,
    traceParent: i % 20 === 7 ? parentOf(i) : "",
  }));
  const threads = [new SlowestRequests(), new SlowestRequests()];
  const windows: ReturnType<typeof slowestOf>[] = [];
  requests.forEach(({ ms, traceParent }, i) => {
    const thread = threads[i % 2]!;
    const isSlow = ms * 1000 > thread.floorUs || (traceParent !== "" && ms * 1000 > thread.tracedFloorUs);
    if (isSlow) thread.note(exchangeOf(i, ms, { traceParent }), "");
    if (i % 25 === 24) threads.forEach((one) => windows.push([...one.take(0)]));
  });
  const slowest = (list: typeof requests) => list.toSorted((a, b) => b.ms - a.ms).slice(0, MAX_SLOWEST);
  const expected = [
    ...new Set([...slowest(requests), ...slowest(requests.filter((r) => r.traceParent !== ""))]),
  ]
    .toSorted((a, b) => b.ms - a.ms).map(({ traceParent }) => traceParent.split("-")[1]);
  assertEquals(windows.reduce(slowestOf).map(({ traceId }) => traceId), expected);
  assertEquals(windows.toReversed().reduce(slowestOf).map(({ traceId }) => traceId), expected);
});

Deno.test("SlowestRequests tells the connection's age, the phases, the trace and what the server says", () => {
  const slowest = new SlowestRequests();
  slowest.note(
    exchangeOf(5000, 10, {
      openedMs: 2000,
      ttfbMs: 8,
      transferMs: 0,
      traceParent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03",
      head: new TextEncoder().encode("HTTP/1.1 200 OK\r\nserver-timing: db;dur=7\r\n\r\n"),
    }),
    "",
  );
  const [request] = slowest.take(0);
  const { connectionAgeMs, phases, traceId, spanId, serverTiming } = request!;
  assertEquals({ connectionAgeMs, phases, traceId, spanId, serverTiming }, {
    connectionAgeMs: 3000,
    phases: { ttfb: 8, transfer: 0 },
    traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
    spanId: "00f067aa0ba902b7",
    serverTiming: "db;dur=7",
  });
});
