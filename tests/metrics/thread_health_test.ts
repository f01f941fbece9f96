/** What threads say of themselves, merged. */
import { assertEquals } from "@std/assert";
import {
  appendSnapshot,
  EMPTY_SNAPSHOT,
  loopLagOf,
  mergeSnapshots,
  type ThreadHealth,
} from "../../src/metrics/snapshot.ts";
import { histogramOf } from "../_support/outcomes.ts";

function seen(...threads: ThreadHealth[]) {
  return { ...EMPTY_SNAPSHOT, threads };
}

const FIRST = { thread: 0, wallMs: 1000, cpuMs: 400, runQueueWaitMs: 10, loopLag: histogramOf(1, 2) };
const SECOND = { thread: 1, wallMs: 1000, cpuMs: 500, runQueueWaitMs: 20, loopLag: histogramOf(3) };
const LATER = { thread: 0, wallMs: 500, cpuMs: 100, runQueueWaitMs: 5, loopLag: histogramOf(9) };

Deno.test("mergeSnapshots() keeps slots apart and in order, whichever comes first", () => {
  assertEquals(mergeSnapshots(seen(SECOND), seen(FIRST)).threads, [FIRST, SECOND]);
  assertEquals(mergeSnapshots(seen(FIRST), seen(SECOND)).threads, [FIRST, SECOND]);
  assertEquals(mergeSnapshots(seen(FIRST), EMPTY_SNAPSHOT).threads, [FIRST]);
});

Deno.test("appendSnapshot() adds up each slot's seconds", () => {
  const [first, second] = appendSnapshot(seen(FIRST, SECOND), seen(LATER)).threads;
  assertEquals([first!.wallMs, first!.cpuMs, first!.runQueueWaitMs], [1500, 500, 15]);
  assertEquals([first!.loopLag.count, first!.loopLag.max], [3, 9000]);
  assertEquals(second, SECOND);
});

Deno.test("appendSnapshot() does not invent figures that no window has", () => {
  const bare = { thread: 0, wallMs: 1000, loopLag: histogramOf(1) };
  assertEquals(Object.keys(appendSnapshot(seen(bare), seen(bare)).threads[0]!).sort(), [
    "loopLag",
    "thread",
    "wallMs",
  ]);
});

Deno.test("loopLagOf() is all slots' lag together", () => {
  assertEquals(loopLagOf(seen(FIRST, SECOND)).count, 3);
  assertEquals(loopLagOf(EMPTY_SNAPSHOT).count, 0);
});
