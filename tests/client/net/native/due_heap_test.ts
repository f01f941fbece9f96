/** What is due comes out in the order of its time, and not at all once it was called off. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { DueHeap } from "../../../../src/client/net/native/due_heap.ts";

Deno.test("DueHeap gives what is due by its time, and nothing that was called off", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ dueMs: fc.nat(50), isOff: fc.boolean() })),
      fc.nat(50),
      (items, nowMs) => {
        const heap = new DueHeap();
        const ran: number[] = [];
        const dues = items.map(({ dueMs }) => ({ dueMs, run: () => void ran.push(dueMs) }));
        for (const due of dues) heap.add(due);
        const kept = dues.filter((due, i) => {
          if (items[i]!.isOff) Object.assign(due, { run: null });
          return !items[i]!.isOff;
        }).map(({ dueMs }) => dueMs).sort((a, b) => a - b);
        assertEquals(heap.nextMs(), kept[0] ?? Infinity);
        for (let run = heap.takeDue(nowMs); run !== undefined; run = heap.takeDue(nowMs)) run();
        assertEquals(ran, kept.filter((dueMs) => dueMs <= nowMs));
      },
    ),
    { numRuns: 1000, seed: 1 },
  );
});
