/** Users who wait for their responses: numbers, ramps and ends, over any number of parts. */
import { assertEquals, assertLess } from "@std/assert";
import { runClosedLoop } from "../../src/load/closed_loop.ts";
import { partOf } from "../../src/plan/share.ts";
import { Steering } from "../../src/load/steering.ts";
import { observedContext, sharesOf } from "./_context.ts";

for (const parts of [1, 2, 3, 7]) {
  Deno.test(`runClosedLoop() in ${parts} parts sends exactly the plan's requests, each number once`, async () => {
    const numbers: number[] = [];
    for (const share of sharesOf(parts)) {
      const observed = observedContext(share, { budget: partOf(100, share), serviceMs: 1 });
      await runClosedLoop({ users: 10, durationMs: Infinity, rampUpMs: 0 }, observed.context);
      numbers.push(...observed.seen.map(({ number }) => number));
      assertEquals(observed.tally.counts.users, 0);
    }
    assertEquals(numbers.sort((a, b) => a - b), Array.from({ length: 100 }, (_, k) => k));
  });
}

Deno.test("runClosedLoop() starts nothing after its duration", async () => {
  const { context, seen } = observedContext({ index: 0, of: 1 }, { serviceMs: 3 });
  await runClosedLoop({ users: 2, durationMs: 50, rampUpMs: 0 }, context);
  for (const { startMs } of seen) assertLess(startMs, 50);
});

Deno.test("runClosedLoop() counts iterations when it is told to", async () => {
  const { context, seen } = observedContext({ index: 1, of: 2 }, { serviceMs: 1 });
  await runClosedLoop({ users: 4, durationMs: Infinity, rampUpMs: 0, iterations: 7 }, context);
  assertEquals(seen.map(({ number }) => number), [1, 3, 5]);
});

Deno.test("runClosedLoop() brings user i in at i/users of the ramp-up", async () => {
  const { context } = observedContext({ index: 0, of: 1 }, { budget: 1, tickMs: 0 });
  const wakes: number[] = [];
  const { now, sleep, lateMs } = context.clock;
  const clock = { now, lateMs, sleep: (ms: number) => (wakes.push(now() + ms), sleep(ms)) };
  await runClosedLoop({ users: 4, durationMs: 1000, rampUpMs: 200 }, { ...context, clock });
  assertEquals(wakes, [50, 100, 150]);
});

Deno.test("runClosedLoop() clips pauses to the end of the run", async () => {
  const { context, seen } = observedContext({ index: 0, of: 1 }, { serviceMs: 1 });
  await runClosedLoop({ users: 1, durationMs: 100, rampUpMs: 0, pauseMs: () => 1_000_000 }, context);
  assertEquals(seen.length, 1);
  assertLess(context.clock.now(), 110);
});

Deno.test("runClosedLoop() starts nothing once stopped", async () => {
  const { context, seen, stop } = observedContext({ index: 0, of: 1 });
  stop.isStopped = true;
  await runClosedLoop({ users: 3, durationMs: 1000, rampUpMs: 0 }, context);
  assertEquals(seen, []);
});

Deno.test("runClosedLoop() has the users that it is changed to, each share its part of them", async () => {
  const atWork: number[] = [];
  for (const share of sharesOf(2)) {
    const steering = new Steering();
    const { context, seen } = observedContext(share, { serviceMs: 10, steering });
    const running = runClosedLoop({ users: 2, durationMs: 1000, rampUpMs: 0 }, context);
    steering.add({ atMs: 0, users: 7 });
    await running;
    atWork.push(...new Set(seen.map(({ user }) => user)));
  }
  assertEquals(atWork.sort((a, b) => a - b), [0, 1, 2, 3, 4, 5, 6]);
});

Deno.test("runClosedLoop() sends users home, and wants one of them again", async () => {
  const [share] = sharesOf(1);
  const steering = new Steering();
  const { context, seen } = observedContext(share!, { serviceMs: 1, steering });
  const running = runClosedLoop({ users: 3, durationMs: 2000, rampUpMs: 0 }, context);
  steering.add({ atMs: 0, users: 1 });
  const before = seen.length;
  await running;
  const late = new Set(seen.slice(before + 10).map(({ user }) => user));
  assertEquals([...late], [0]);
});
