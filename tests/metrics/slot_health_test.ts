import { assertEquals } from "@std/assert";
import {
  appendSnapshot,
  EMPTY_SNAPSHOT,
  loopLagOf,
  mergeSnapshots,
  type SlotHealth,
} from "../../src/metrics/snapshot.ts";
import { histogramOf } from "../_support/outcomes.ts";

function seen(...slots: SlotHealth[]) {
  return { ...EMPTY_SNAPSHOT, slots };
}

const FIRST = { slot: 0, wallMs: 1000, cpuMs: 400, coreWaitMs: 10, loopLag: histogramOf(1, 2) };
const SECOND = { slot: 1, wallMs: 1000, cpuMs: 500, coreWaitMs: 20, loopLag: histogramOf(3) };
const LATER = { slot: 0, wallMs: 500, cpuMs: 100, coreWaitMs: 5, loopLag: histogramOf(9) };

Deno.test("mergeSnapshots() keeps slots apart and in order, whichever comes first", () => {
  assertEquals(mergeSnapshots(seen(SECOND), seen(FIRST)).slots, [FIRST, SECOND]);
  assertEquals(mergeSnapshots(seen(FIRST), seen(SECOND)).slots, [FIRST, SECOND]);
  assertEquals(mergeSnapshots(seen(FIRST), EMPTY_SNAPSHOT).slots, [FIRST]);
});

Deno.test("appendSnapshot() adds up each slot's seconds", () => {
  const [first, second] = appendSnapshot(seen(FIRST, SECOND), seen(LATER)).slots;
  assertEquals([first!.wallMs, first!.cpuMs, first!.coreWaitMs], [1500, 500, 15]);
  assertEquals([first!.loopLag.count, first!.loopLag.max], [3, 9000]);
  assertEquals(second, SECOND);
});

Deno.test("appendSnapshot() does not invent figures that no window has", () => {
  const bare = { slot: 0, wallMs: 1000, loopLag: histogramOf(1) };
  assertEquals(Object.keys(appendSnapshot(seen(bare), seen(bare)).slots[0]!).sort(), [
    "loopLag",
    "slot",
    "wallMs",
  ]);
});

Deno.test("loopLagOf() is all slots' lag together", () => {
  assertEquals(loopLagOf(seen(FIRST, SECOND)).count, 3);
  assertEquals(loopLagOf(EMPTY_SNAPSHOT).count, 0);
});
