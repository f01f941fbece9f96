/** Rate curves against their definitions, by numeric integration and random curves. */
import { assertAlmostEquals, assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { createPacer } from "../../src/load/pacer.ts";
import type { Pacer } from "../../src/load/pacers/piecewise.ts";
import type { PacerSpec } from "../../src/plan/pacer_spec.ts";
import { PACER_SPECS } from "../_support/pacer_specs.ts";

// Shrinking numbers with fractions takes for ever and rarely helps.
fc.configureGlobal({ endOnFailure: true });

const SECONDS = fc.double({ min: 0, max: 120, noNaN: true });

/** The mean of the rate at the middles of many short stretches, times the time: the integral, independently. */
function integral(pacer: Pacer, untilMs: number): { readonly due: number; readonly tolerance: number } {
  const stretches = 20_000;
  const stepMs = untilMs / stretches;
  let sum = 0;
  // No middle of a stretch needs to fall into a spike of a few milliseconds, but the first spike begins at 0.
  let highest = pacer.rateAt(0);
  for (let i = 0; i < stretches; i++) {
    const rate = pacer.rateAt((i + 0.5) * stepMs);
    highest = Math.max(highest, rate);
    sum += rate;
  }
  // Each jump of the rate can be wrong by half a stretch; there are at most a few dozen.
  return { due: sum * stepMs / 1000, tolerance: 1e-9 + highest * stepMs / 1000 * 40 };
}

/** Arrivals due before a moment. */
function arrivals(spec: PacerSpec, beforeMs: number): number[] {
  const pacer = createPacer(spec);
  const times: number[] = [];
  for (let k = 0; times.length < 100; k++) {
    const atMs = pacer.timeOf(k);
    if (atMs >= beforeMs) return times;
    times.push(atMs);
  }
  return times;
}

for (const [kind, specs] of Object.entries(PACER_SPECS)) {
  Deno.test(`createPacer() of ${kind}: dueBy is the integral of rateAt`, () => {
    fc.assert(
      fc.property(specs, SECONDS, (spec, seconds) => {
        const pacer = createPacer(spec);
        const { due, tolerance } = integral(pacer, seconds * 1000);
        assertAlmostEquals(pacer.dueBy(seconds * 1000), due, tolerance);
      }),
      { numRuns: 40 },
    );
  });

  Deno.test(`createPacer() of ${kind}: dueBy begins at 0 and never decreases, and no rate is negative`, () => {
    fc.assert(fc.property(specs, SECONDS, SECONDS, (spec, a, b) => {
      const pacer = createPacer(spec);
      assertEquals(pacer.dueBy(0), 0);
      const early = pacer.dueBy(Math.min(a, b) * 1000);
      const delayed = pacer.dueBy(Math.max(a, b) * 1000);
      assertGreaterOrEqual(delayed, early * (1 - 1e-12), `${delayed} after ${early}`);
      assertGreaterOrEqual(pacer.rateAt(a * 1000), 0);
    }));
  });

  Deno.test(`createPacer() of ${kind}: timeOf inverts dueBy and never goes back`, () => {
    fc.assert(fc.property(specs, fc.nat(1_000_000), (spec, arrival) => {
      const pacer = createPacer(spec);
      const atMs = pacer.timeOf(arrival);
      assertGreaterOrEqual(atMs, 0);
      assertGreaterOrEqual(pacer.timeOf(arrival + 1), atMs);
      if (atMs === Infinity) return;
      // A time is no finer than its last bits.
      const lowest = pacer.dueBy(atMs * (1 - 1e-15)) - 1e-8 - arrival * 1e-12;
      const highest = pacer.dueBy(atMs * (1 + 1e-15)) + 1e-8 + arrival * 1e-12;
      assertLessOrEqual(lowest, arrival, `${lowest} to ${highest}`);
      assertLessOrEqual(arrival, highest, `${lowest} to ${highest}`);
    }));
  });

  Deno.test(`createPacer() of ${kind}: timeOf is off by less than a microsecond where the rate is not tiny`, () => {
    fc.assert(fc.property(specs, SECONDS, (spec, seconds) => {
      const pacer = createPacer(spec);
      const arrival = Math.floor(pacer.dueBy(seconds * 1000));
      const atMs = pacer.timeOf(arrival);
      if (atMs === Infinity || atMs < 0.001 || pacer.rateAt(atMs) < 1) return;
      assertLessOrEqual(pacer.dueBy(atMs - 0.001) - 1e-6, arrival);
      assertLessOrEqual(arrival, pacer.dueBy(atMs + 0.001) + 1e-6);
    }));
  });
}

Deno.test("timeOf() spaces a constant rate evenly from 0", () => {
  assertEquals(arrivals({ kind: "constant", rate: 4 }, 1000), [0, 250, 500, 750]);
  assertEquals(createPacer({ kind: "constant", rate: 0 }).timeOf(0), Infinity);
});

Deno.test("timeOf() starts a ramp from nothing at once and ends it after its whole area", () => {
  const times = arrivals({ kind: "linear", from: 0, to: 10, durationMs: 2000 }, 2000);
  assertEquals(times.length, 10);
  assertEquals(times[0], 0);
  assertAlmostEquals(times[1]!, Math.sqrt(400_000), 1e-9);
  assertEquals(arrivals({ kind: "linear", from: 10, to: 50, durationMs: 3000 }, 3000).length, 90);
});

Deno.test("timeOf() pauses while the rate is 0: a first level of 0 delays the first arrival", () => {
  const spec: PacerSpec = { kind: "step", levels: [0, 5], durationMs: 2000 };
  assertEquals(arrivals(spec, 2000), [1000, 1200, 1400, 1600, 1800]);
});

Deno.test("timeOf() carries an arrival that falls on the start of a pause to its end", () => {
  const spec: PacerSpec = { kind: "step", levels: [5, 0, 5], durationMs: 3000 };
  assertEquals(arrivals(spec, 3000), [0, 200, 400, 600, 800, 2000, 2200, 2400, 2600, 2800]);
  const stopped: PacerSpec = { kind: "step", levels: [5, 0], durationMs: 2000 };
  assertEquals(arrivals(stopped, Infinity), [0, 200, 400, 600, 800]);
});

Deno.test("timeOf() starts every burst after a pause in time, whatever rounding does to the sums", () => {
  for (const [burst, burstMs] of [[13, 700], [7, 100], [5, 1000 / 7]] as const) {
    const cycles = 1000;
    const pacer = createPacer({
      kind: "square",
      rate: burst / burstMs * 1000,
      cycles,
      low: 0,
      durationMs: burstMs * 2 * cycles,
    });
    for (let k = 0; k < 10_000; k++) {
      const expected = Math.floor(k / burst) * 2 * burstMs + (k % burst) * burstMs / burst;
      assertAlmostEquals(pacer.timeOf(k), expected, 1e-3);
    }
  }
});

Deno.test("timeOf() follows a jump to a high rate at once", () => {
  const times = arrivals({ kind: "step", levels: [1, 10], durationMs: 2000 }, 2000);
  assertEquals(times, [0, 1000, 1100, 1200, 1300, 1400, 1500, 1600, 1700, 1800, 1900]);
});

Deno.test("dueBy() counts spikes of two milliseconds in minutes of silence", () => {
  const spec: PacerSpec = {
    kind: "spike",
    rate: 0.5,
    intervalMs: 50_000,
    spikeMs: 2,
    multiplier: 1000,
    baseline: 0,
  };
  const pacer = createPacer(spec);
  assertEquals([1, 2, 49_999, 50_001, 119_999].map((ms) => pacer.dueBy(ms)), [0.5, 1, 1, 1.5, 3]);
});

Deno.test("rateAt() follows the documented formulas", () => {
  const D = 24_000;
  const B = 200;
  const frac = (x: number) => x - Math.floor(x);
  const table: { spec: PacerSpec; formula: (t: number) => number }[] = [
    {
      spec: { kind: "sine", rate: B, cycles: 2, min: 0.1, durationMs: D },
      formula: (t) => B * (0.1 + 0.45 + 0.45 * Math.sin(2 * Math.PI * 2 * t / D)),
    },
    {
      spec: { kind: "sine", rate: B, cycles: -1, min: 0, durationMs: D },
      formula: (t) => B * (0.5 + 0.5 * Math.sin(-2 * Math.PI * t / D)),
    },
    {
      spec: { kind: "step", levels: [100, 500, 1000], durationMs: D },
      formula: (t) => [100, 500, 1000][Math.min(Math.floor(t / D * 3), 2)]!,
    },
    {
      spec: { kind: "sawtooth", rate: B, cycles: 3, min: 0.1, durationMs: D },
      formula: (t) => B * (0.1 + 0.9 * frac(3 * t / D)),
    },
    {
      spec: { kind: "sawtooth", rate: B, cycles: -3, min: 0.1, durationMs: D },
      formula: (t) => B * (0.1 + 0.9 * frac(-3 * t / D)),
    },
    {
      spec: { kind: "square", rate: B, cycles: 3, low: 0.2, durationMs: D },
      formula: (t) => frac(3 * t / D) < 0.5 ? B : B * 0.2,
    },
    {
      spec: { kind: "square", rate: B, cycles: -3, low: 0.2, durationMs: D },
      formula: (t) => frac(-3 * t / D) < 0.5 ? B : B * 0.2,
    },
    {
      spec: { kind: "square", rate: B, cycles: 0, low: 0.2, durationMs: D },
      formula: () => B,
    },
    {
      spec: { kind: "spike", rate: B, intervalMs: 10_000, spikeMs: 2000, multiplier: 5, baseline: 0.2 },
      formula: (t) => t % 10_000 < 2000 ? B * 5 : B * 0.2,
    },
    {
      spec: { kind: "business-hours", rate: B, durationMs: D },
      formula: (t) => {
        const h = 24 * t / D;
        if (h < 6 || h >= 21) return B * 0.05;
        if (h < 9) return B * (0.05 + 0.95 * (h - 6) / 3);
        if (h < 17) return B * (1 - 0.15 * Math.sin(Math.PI * (h - 9) / 8));
        return B * (1 - 0.95 * (h - 17) / 4);
      },
    },
    {
      spec: { kind: "linear", from: 10, to: 50, durationMs: D },
      formula: (t) => 10 + 40 * Math.min(t / D, 1),
    },
  ];
  for (const { spec, formula } of table) {
    const pacer = createPacer(spec);
    // An odd step keeps clear of the seams, where rounding decides.
    for (let t = 0.37; t < 2 * D; t += 17.3) {
      const isPeriodic = t < D || spec.kind === "spike" || "cycles" in spec;
      if (isPeriodic) assertAlmostEquals(pacer.rateAt(t), formula(t), 1e-6, `${spec.kind} at ${t}`);
    }
  }
});

Deno.test("rateAt() of points interpolates, holds the ends, and jumps where times repeat", () => {
  const pacer = createPacer({
    kind: "points",
    points: [[1000, 10], [2000, 20], [3000, 5], [3000, 7], [3000, 40], [4000, 40]],
  });
  assertEquals([0, 1000, 1500, 2000, 2500].map(pacer.rateAt), [10, 10, 15, 20, 12.5]);
  assertEquals([3000, 3500, 4000, 99_000].map(pacer.rateAt), [40, 40, 40, 40]);
  assertEquals(pacer.dueBy(2000), 25);
});
