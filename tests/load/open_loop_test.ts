/** Arrivals on a schedule: all started or counted as dropped, over any number of parts. */
import { assertAlmostEquals, assertEquals, assertGreater, assertGreaterOrEqual } from "@std/assert";
import { runOpenLoop } from "../../src/load/open_loop.ts";
import type { RateLoad } from "../../src/plan/run_plan.ts";
import { observedContext, sharesOf } from "./_context.ts";

function loadOf(changes: Partial<RateLoad> = {}): RateLoad {
  return {
    kind: "rate",
    pacer: { kind: "constant", rate: 200 },
    durationMs: 500,
    maxConnections: 10,
    targetRate: 200,
    ...changes,
  };
}

for (const parts of [1, 2, 3, 7]) {
  Deno.test(`runOpenLoop() in ${parts} parts sends every arrival once, due as the schedule says`, async () => {
    const due = new Map<number, number>();
    for (const share of sharesOf(parts)) {
      const { context, seen, dropped } = observedContext(share);
      await runOpenLoop(loadOf(), context);
      for (const { number, dueMs } of seen) due.set(number, dueMs);
      assertEquals(dropped, []);
    }
    assertEquals([...due.keys()].sort((a, b) => a - b), Array.from({ length: 100 }, (_, k) => k));
    for (const [number, dueMs] of due) assertAlmostEquals(dueMs, number * 5, 1e-6);
  });
}

Deno.test("runOpenLoop() never starts an arrival before it is due", async () => {
  const { context, seen } = observedContext({ index: 0, of: 1 });
  await runOpenLoop(loadOf(), context);
  for (const { startMs, dueMs } of seen) assertGreaterOrEqual(startMs, dueMs);
});

Deno.test("runOpenLoop() keeps arrivals in line when the answers are slow, and calls them late", async () => {
  const { context, seen, tally } = observedContext({ index: 0, of: 1 }, { serviceMs: 20 });
  await runOpenLoop(loadOf({ maxConnections: 1 }), context);
  assertEquals(seen.length, 100);
  assertGreater(tally.counts.delayed, 90);
  assertGreater(seen.at(-1)!.startMs - seen.at(-1)!.dueMs, 1000);
});

Deno.test("runOpenLoop() ends with its amount of arrivals", async () => {
  const { durationMs: _, ...endless } = loadOf({ amount: 7 });
  const { context, seen } = observedContext({ index: 0, of: 1 });
  await runOpenLoop(endless, context);
  assertEquals(seen.length, 7);
});

Deno.test("runOpenLoop() ends when its users have nothing left to do", async () => {
  const { context, seen, dropped, tally } = observedContext({ index: 0, of: 1 });
  const newUser = (number: number) => {
    const user = context.newUser(number);
    return {
      ...user,
      get isSpent() {
        return seen.length >= 5;
      },
      freeAtMs: 0,
    };
  };
  await runOpenLoop(loadOf({ durationMs: 1e9 }), { ...context, newUser });
  assertEquals([seen.length, dropped.length, tally.counts.users], [5, 0, 0]);
});

Deno.test("runOpenLoop() drops what was due and never started when it is stopped, and says how long each had waited", async () => {
  const { context, seen, dropped, stop } = observedContext({ index: 0, of: 1 });
  const { newUser } = context;
  let count = 0;
  const stopping = {
    ...context,
    newUser: (number: number) => {
      const user = newUser(number);
      return {
        ...user,
        isSpent: false,
        freeAtMs: 0,
        iterate: async (k: number, dueMs: number, nowMs: number) => {
          await user.iterate(k, dueMs, nowMs);
          // The thread was away for a second, and then came the stop.
          if (++count === 10) await context.clock.sleep(1000);
          if (count === 12) stop.isStopped = true;
        },
      };
    },
  };
  await runOpenLoop(loadOf({ durationMs: 1000, maxConnections: 1 }), stopping);
  assertEquals(seen.length, 12);
  assertGreater(dropped.length, 100);
  assertEquals(dropped.map(({ number }) => number), Array.from(dropped, (_, i) => 12 + i));
  const ends = dropped.map(({ number, waitedMs }) => number * 5 + waitedMs);
  for (const end of ends) assertAlmostEquals(end, ends[0]!, 1e-6);
});
