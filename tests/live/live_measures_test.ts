/** What the dashboard shows beyond requests: rates of the last second, counts and times of the whole run. */
import { assertEquals } from "@std/assert";
import { liveMeasures } from "../../src/live/live_measures.ts";
import { appendSnapshot } from "../../src/metrics/snapshot.ts";
import { histogramOf, stepOf } from "../_support/outcomes.ts";
import { socketCounts } from "../_support/socket_outcome.ts";
import { windowOf } from "./_states.ts";

Deno.test("liveMeasures() of requests alone are none", () => {
  const window = windowOf(0, [stepOf({ latency: histogramOf(1) })]);
  assertEquals(liveMeasures({ window, total: window }), []);
});

Deno.test("liveMeasures() of WebSockets: rates now, counts so far, what is open now, and trouble where there is some", () => {
  const counts = { sent: 10, received: 20, open: 4, opened: 4, handshake: histogramOf(1, 2, 3, 4) };
  const first = windowOf(0, [stepOf({ websocket: socketCounts(counts) })]);
  const second = windowOf(1, [
    stepOf({ websocket: socketCounts({ sent: 5, received: 2000, open: 3, dropped: 1 }) }),
  ]);
  const [before] = liveMeasures({ window: first, total: first });
  assertEquals(before!.facts.map(({ label }) => label), ["Sent", "Received", "Open now"]);
  const [measures, ...others] = liveMeasures({ window: second, total: appendSnapshot(first, second) });
  assertEquals(others, []);
  assertEquals(measures, {
    title: "WebSocket",
    facts: [
      { label: "Sent", value: "15", rate: "5.0/s" },
      { label: "Received", value: "2,020", rate: "2,000/s" },
      { label: "Open now", value: "3" },
      { label: "Dropped", value: "1", isBad: true },
    ],
    times: [{ label: "Handshake", cells: ["2.00ms", "–", "–", "–"] }],
  });
});

Deno.test("liveMeasures() takes no rate from a stub of a second", () => {
  const window = { ...windowOf(0, [stepOf({ websocket: socketCounts({ sent: 3 }) })]), toMs: 50 };
  assertEquals(liveMeasures({ window, total: window })[0]!.facts[0], { label: "Sent", value: "3" });
});

Deno.test("liveMeasures() of Server-Timing are the metrics on which most time is spent", () => {
  const timing = (...ms: readonly number[]) => ({ count: ms.length, times: histogramOf(...ms) });
  const many = Object.fromEntries([..."abcdefgh"].map((name) => [name, timing(1)]));
  const first = windowOf(0, [
    stepOf({ serverTimings: { ...many, "cache;HIT": timing(3), db: timing(4, 6) } }),
  ]);
  const second = windowOf(1, [
    stepOf({ serverTimings: { db: timing(2), "cache;MISS": { count: 2, times: histogramOf() } } }),
  ]);
  const [measures, ...others] = liveMeasures({ window: second, total: appendSnapshot(first, second) });
  assertEquals([others, measures!.title, measures!.facts], [[], "Server-Timing", []]);
  assertEquals(measures!.times.map(({ label }) => label), ["db", "cache (HIT)", "a", "b", "c", "d"]);
  assertEquals(measures!.times[0]!.cells, ["4.00ms", "–", "–", "–"]);
});
