/** The slowest requests of a step. */
import { assertEquals } from "@std/assert";
import { Random } from "../../../src/lib/random.ts";
import { MAX_SLOWEST, slowestOf, SlowestRequests } from "../../../src/metrics/slow/slowest.ts";

function exchangeOf(startMs: number, ms: number) {
  return { dueMs: startMs, startMs, endMs: startMs + ms, status: 200, address: "127.0.0.1:80", connects: 0 };
}

Deno.test("SlowestRequests keeps the slowest of all windows, however they come", () => {
  const random = new Random(5);
  const times = Array.from({ length: 500 }, () => Math.round(random.fraction() * 100_000) / 100);
  const slowest = new SlowestRequests();
  let floorUs = -1;
  let total = slowestOf([], []);
  times.forEach((ms, i) => {
    if (ms * 1000 > floorUs) floorUs = slowest.note(exchangeOf(1000 + i, ms), "");
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
