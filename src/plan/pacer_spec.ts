/**
 * The rate curves of open loops, by name: what each is made from, and what that looks like when it comes over a wire or
 * out of a file.
 *
 * @module
 */
import * as v from "valibot";
import { list, number, oneOf, type Schema, shape, variant } from "../lib/shape.ts";

/** A rate curve, by name. Rates in iterations per second, times in ms. Made and explained in `src/load/pacers`. */
export type PacerSpec =
  | { readonly kind: "constant"; readonly rate: number }
  | { readonly kind: "linear"; readonly from: number; readonly to: number; readonly durationMs: number }
  | {
    readonly kind: "sine";
    readonly rate: number;
    /** Waves in `durationMs`; below 0 they go down first. */
    readonly cycles: number;
    /** The lowest share of `rate`, 0 to 1. */
    readonly min: number;
    readonly durationMs: number;
  }
  | { readonly kind: "step"; readonly levels: readonly number[]; readonly durationMs: number }
  | {
    readonly kind: "sawtooth";
    readonly rate: number;
    /** Ramps in `durationMs`; below 0 they fall. */
    readonly cycles: number;
    /** The lowest share of `rate`, 0 to 1. */
    readonly min: number;
    readonly durationMs: number;
  }
  | {
    readonly kind: "square";
    readonly rate: number;
    /** Pairs of high and low in `durationMs`; below 0 they begin low. */
    readonly cycles: number;
    /** Share of `rate` in the low half, 0 to 1. */
    readonly low: number;
    readonly durationMs: number;
  }
  | {
    readonly kind: "spike";
    readonly rate: number;
    readonly intervalMs: number;
    readonly spikeMs: number;
    /** Times `rate` in a spike. */
    readonly multiplier: number;
    /** Times `rate` between spikes. */
    readonly baseline: number;
  }
  | { readonly kind: "business-hours"; readonly rate: number; readonly durationMs: number }
  | {
    /** Piecewise linear through `[ms, rate]` points; the nearest end value holds outside. */
    readonly kind: "points";
    readonly points: readonly (readonly [atMs: number, rate: number])[];
  };

type Pacer<Kind extends PacerSpec["kind"]> = Extract<PacerSpec, { readonly kind: Kind }>;

/** One of them as it comes over a wire or out of a file. */
export const pacerSchema: Schema<PacerSpec> = variant<PacerSpec>()("kind", [
  shape<Pacer<"constant">>()({ kind: oneOf("constant"), rate: number }),
  shape<Pacer<"linear">>()({ kind: oneOf("linear"), from: number, to: number, durationMs: number }),
  shape<Pacer<"sine">>()({
    kind: oneOf("sine"),
    rate: number,
    cycles: number,
    min: number,
    durationMs: number,
  }),
  shape<Pacer<"step">>()({ kind: oneOf("step"), levels: list(number), durationMs: number }),
  shape<Pacer<"sawtooth">>()({
    kind: oneOf("sawtooth"),
    rate: number,
    cycles: number,
    min: number,
    durationMs: number,
  }),
  shape<Pacer<"square">>()({
    kind: oneOf("square"),
    rate: number,
    cycles: number,
    low: number,
    durationMs: number,
  }),
  shape<Pacer<"spike">>()({
    kind: oneOf("spike"),
    rate: number,
    intervalMs: number,
    spikeMs: number,
    multiplier: number,
    baseline: number,
  }),
  shape<Pacer<"business-hours">>()({ kind: oneOf("business-hours"), rate: number, durationMs: number }),
  shape<Pacer<"points">>()({
    kind: oneOf("points"),
    points: list(v.tuple([number, number]) as unknown as Schema<readonly [number, number]>),
  }),
]);
