/** An open loop whose rate is changed while it runs. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { createPacer } from "../../src/load/pacer.ts";
import { runOpenLoop } from "../../src/load/open_loop.ts";
import { steeredArrivals, steeredPacer } from "../../src/load/steered_arrivals.ts";
import { Steering } from "../../src/load/steering.ts";
import type { RateLoad } from "../../src/plan/run_plan.ts";
import { observedContext, sharesOf } from "./_context.ts";

const PLAN = createPacer({ kind: "constant", rate: 100 });

Deno.test("steeredPacer() keeps the plan's curve up to the first change", () => {
  const pacer = steeredPacer(createPacer({ kind: "linear", from: 0, to: 100, durationMs: 10_000 }), [
    { atMs: 5000, rate: 10 },
  ]);
  assertEquals(pacer.rateAt(4000), 40);
  assertEquals(pacer.rateAt(6000), 10);
  assertAlmostEquals(pacer.dueBy(5000), 125);
  assertAlmostEquals(pacer.dueBy(6000), 135);
  assertAlmostEquals(pacer.timeOf(130), 5500);
});

Deno.test("steeredPacer() pauses, and then goes on with the plan where the clock is by now", () => {
  const pacer = steeredPacer(PLAN, [{ atMs: 1000, isPaused: true }, { atMs: 3000, isPaused: false }]);
  assertEquals([pacer.dueBy(1000), pacer.dueBy(2500), pacer.dueBy(4000)], [100, 100, 200]);
  assertEquals([pacer.timeOf(99), pacer.timeOf(100), pacer.timeOf(101)], [990, 3000, 3010]);
});

Deno.test("steeredPacer() has the rate that was set during a pause after it", () => {
  const pacer = steeredPacer(PLAN, [
    { atMs: 1000, isPaused: true },
    { atMs: 2000, rate: 500 },
    { atMs: 3000, isPaused: false },
  ]);
  assertEquals([pacer.timeOf(100), pacer.timeOf(105)], [3000, 3010]);
});

Deno.test("steeredArrivals() does not know when an arrival is due that only a change could bring", async () => {
  const load: RateLoad = {
    kind: "rate",
    pacer: { kind: "constant", rate: 100 },
    durationMs: 10_000,
    maxConnections: 1,
    targetRate: 100,
  };
  const steering = new Steering();
  steering.add({ atMs: 1000, isPaused: true });
  const paused = steeredArrivals(load, { seed: 1, steering });
  assertEquals(paused.whenKnown!(99), null);
  const known = paused.whenKnown!(100);
  assert(known !== null);
  steering.add({ atMs: 2000, isPaused: false });
  await known;
  assertEquals(steeredArrivals(load, { seed: 1, steering }).whenKnown!(100), null);
});

for (const arrivals of [undefined, "uniform", "poisson"] as const) {
  Deno.test(`runOpenLoop() sends every arrival once when the rate changes (${arrivals ?? "even"} arrivals)`, async () => {
    const seen: number[] = [];
    for (const share of sharesOf(2)) {
      const steering = new Steering();
      const observed = observedContext(share, { steering });
      const running = runOpenLoop({
        kind: "rate",
        pacer: { kind: "constant", rate: 100 },
        durationMs: 10_000,
        maxConnections: 4,
        targetRate: 100,
        ...(arrivals && { arrivals }),
      }, observed.context);
      steering.add({ atMs: 4000, rate: 300 });
      await running;
      assert(observed.seen.every(({ dueMs, startMs }) => startMs >= dueMs));
      seen.push(...observed.seen.map(({ number }) => number));
      assertEquals(observed.dropped, []);
    }
    const numbers = seen.sort((a, b) => a - b);
    assertEquals(numbers, Array.from(numbers, (_, i) => i));
    // 400 before the change and 1,800 after it.
    if (arrivals === undefined) assertEquals(numbers.length, 2200);
    else assertAlmostEquals(numbers.length, 2200, 200);
  });
}
