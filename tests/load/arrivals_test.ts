/** Arrival schedules: Poisson gaps are exponential, the same over any number of parts; uniform ones keep their count. */
import {
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
} from "@std/assert";
import { createArrivals } from "../../src/load/arrivals.ts";
import { runOpenLoop } from "../../src/load/open_loop.ts";
import { iterationsIn } from "../../src/load/pacer.ts";
import { globalNumber, partOf } from "../../src/plan/share.ts";
import type { RateLoad } from "../../src/plan/run_plan.ts";
import { observedContext, sharesOf } from "./_context.ts";

const RATE = 1000;
const COUNT = 10_000;

function loadOf(changes: Partial<RateLoad> = {}): RateLoad {
  return {
    kind: "rate",
    pacer: { kind: "constant", rate: RATE },
    maxConnections: 100,
    targetRate: RATE,
    ...changes,
  };
}

/** When all arrivals of a schedule that `parts` threads make together are due. */
function timesOf(load: RateLoad, seed: number, parts: number): readonly number[] {
  return sharesOf(parts).flatMap((share) => {
    const schedule = createArrivals(load, seed);
    return Array.from({ length: partOf(COUNT, share) }, (_, k) => schedule.timeOf(globalNumber(k, share)));
  }).sort((a, b) => a - b);
}

/** The largest distance between the gaps' distribution and that of exponential gaps (Kolmogorov and Smirnov). */
function distanceFromExponential(times: readonly number[], meanMs: number): number {
  const gaps = times.map((time, i) => time - (times[i - 1] ?? 0)).sort((a, b) => a - b);
  return Math.max(...gaps.map((gap, i) => {
    const expected = 1 - Math.exp(-gap / meanMs);
    return Math.max(Math.abs(expected - i / gaps.length), Math.abs(expected - (i + 1) / gaps.length));
  }));
}

/** A distance that one sample in a thousand has by chance. */
const critical = (count: number) => 1.95 / Math.sqrt(count);

for (const parts of [1, 2, 3, 4]) {
  Deno.test(`Poisson arrivals of ${parts} threads together have exponential gaps`, () => {
    for (const seed of [1, 2, 3, 2 ** 32 - 1]) {
      const times = timesOf(loadOf({ arrivals: "poisson" }), seed, parts);
      assertLess(distanceFromExponential(times, 1000 / RATE), critical(COUNT));
    }
  });

  Deno.test(`each of ${parts} threads has arrivals of the one schedule`, () => {
    for (const arrivals of ["poisson", "uniform"] as const) {
      assertEquals(timesOf(loadOf({ arrivals }), 7, parts), timesOf(loadOf({ arrivals }), 7, 1));
    }
  });
}

Deno.test("even arrivals do not pass for Poisson's", () => {
  assertGreater(distanceFromExponential(timesOf(loadOf(), 1, 1), 1), 10 * critical(COUNT));
  assertGreater(
    distanceFromExponential(timesOf(loadOf({ arrivals: "uniform" }), 1, 1), 1),
    5 * critical(COUNT),
  );
});

Deno.test("the seed decides where random arrivals are", () => {
  for (const arrivals of ["poisson", "uniform"] as const) {
    const load = loadOf({ arrivals });
    assertGreater(Math.abs(createArrivals(load, 1).timeOf(5) - createArrivals(load, 2).timeOf(5)), 1e-6);
  }
});

Deno.test("uniform arrivals are each in an interval of their own, anywhere in it", () => {
  const times = timesOf(loadOf({ arrivals: "uniform" }), 3, 1);
  times.forEach((time, k) => {
    assertGreaterOrEqual(time, k);
    assertLess(time, k + 1);
  });
  const places = times.map((time) => time % 1).sort((a, b) => a - b);
  const distance = Math.max(...places.map((place, i) => Math.abs(place - (i + 0.5) / COUNT)));
  assertLess(distance, critical(COUNT));
});

Deno.test("Poisson arrivals follow a rate that changes", () => {
  const load = loadOf({
    pacer: { kind: "linear", from: 0, to: 2000, durationMs: 10_000 },
    arrivals: "poisson",
  });
  const times = timesOf(load, 5, 1);
  // The integral of the rate makes a process of rate 1 out of it.
  const warped = times.map((ms) => ms * ms / 10_000);
  assertLess(distanceFromExponential(warped, 1), critical(COUNT));
  assertAlmostEquals(times.filter((ms) => ms < 5000).length, COUNT / 4, 4 * Math.sqrt(COUNT / 4));
});

Deno.test("a schedule answers for an earlier arrival too", () => {
  const schedule = createArrivals(loadOf({ arrivals: "poisson" }), 1);
  const [early, late] = [schedule.timeOf(3), schedule.timeOf(900)];
  assertEquals([schedule.timeOf(3), schedule.timeOf(900)], [early, late]);
});

Deno.test("runOpenLoop() sends Poisson arrivals when they are due, all of them by the end", async () => {
  const load = loadOf({ arrivals: "poisson", durationMs: 500 });
  const due: number[] = [];
  for (const share of sharesOf(3)) {
    const { context, seen, dropped } = observedContext(share);
    await runOpenLoop(load, context);
    assertEquals(dropped, []);
    due.push(...seen.map(({ dueMs }) => dueMs));
  }
  const schedule = createArrivals(load, 1);
  const expected = Array.from({ length: due.length + 1 }, (_, k) => schedule.timeOf(k));
  assertEquals(due.sort((a, b) => a - b), expected.slice(0, -1));
  assertGreaterOrEqual(expected.at(-1)!, 500);
  assertLess(due.length, iterationsIn(load));
});
