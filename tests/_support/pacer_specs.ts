/** Random rate curves of every kind, each lasting ten seconds to an hour. */
import fc from "fast-check";
import type { PacerSpec } from "../../src/plan/pacer_spec.ts";

const rate = fc.double({ min: 0.5, max: 50_000, noNaN: true });
const level = fc.oneof(fc.constant(0), rate);
// A share too small to matter within a run is the same as none, to a billionth of an arrival.
const share = fc.oneof(fc.constant(0), fc.double({ min: 0.001, max: 1, noNaN: true }));
const durationMs = fc.integer({ min: 10_000, max: 3_600_000 });
const cycles = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ min: 0.1, max: 5, noNaN: true }));

/** One arbitrary for each kind of pacer. */
export const PACER_SPECS: { readonly [Kind in PacerSpec["kind"]]: fc.Arbitrary<PacerSpec> } = {
  "constant": fc.record({ kind: fc.constant("constant"), rate: level }),
  "linear": fc.record({ kind: fc.constant("linear"), from: level, to: level, durationMs }),
  "sine": fc.record({ kind: fc.constant("sine"), rate, cycles, min: share, durationMs }),
  "step": fc.record({
    kind: fc.constant("step"),
    levels: fc.array(level, { minLength: 1, maxLength: 8 }),
    durationMs,
  }),
  "sawtooth": fc.record({ kind: fc.constant("sawtooth"), rate, cycles, min: share, durationMs }),
  "square": fc.record({ kind: fc.constant("square"), rate, cycles, low: share, durationMs }),
  "spike": fc.record({
    kind: fc.constant("spike"),
    rate,
    intervalMs: fc.integer({ min: 10_000, max: 60_000 }),
    spikeMs: fc.integer({ min: 1, max: 70_000 }),
    multiplier: fc.oneof(fc.constant(0), fc.double({ min: 0.001, max: 10, noNaN: true })),
    baseline: share,
  }),
  "business-hours": fc.record({ kind: fc.constant("business-hours"), rate, durationMs }),
  "points": fc.array(fc.tuple(fc.integer({ min: 0, max: 100 }), level), { minLength: 1, maxLength: 12 }).map(
    (points) => ({
      kind: "points",
      points: points.sort((a, b) => a[0] - b[0]).map(([second, value]) => [second * 1000, value] as const),
    }),
  ),
};
