/**
 * What kinds of load look like when they come over a wire or out of a file.
 *
 * @module
 */
import * as v from "valibot";
import { count, list, maybe, number, oneOf, type Schema, shape, text, variant } from "../lib/shape.ts";
import type { DurationLoad, LoadSpec, PacerSpec, RateLoad, RequestsLoad, UsersLoad } from "./run_plan.ts";

type Pacer<Kind extends PacerSpec["kind"]> = Extract<PacerSpec, { readonly kind: Kind }>;

const pacer = variant<PacerSpec>()("kind", [
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

/** When iterations start. */
export const loadSchema: Schema<LoadSpec> = variant<LoadSpec>()("kind", [
  shape<DurationLoad>()({ kind: oneOf("duration"), connections: count, durationMs: number }),
  shape<RequestsLoad>()({
    kind: oneOf("requests"),
    connections: count,
    unit: oneOf("requests", "iterations"),
    amount: count,
    durationMs: maybe(number),
  }),
  shape<UsersLoad>()({
    kind: oneOf("users"),
    users: count,
    durationMs: number,
    rampUpMs: number,
    thinkMs: number,
    thinkJitter: number,
  }),
  shape<RateLoad>()({
    kind: oneOf("rate"),
    pacer,
    arrivals: maybe(oneOf("uniform", "poisson")),
    durationMs: maybe(number),
    amount: maybe(count),
    maxConnections: count,
    description: maybe(text),
    targetRate: number,
    rampTargetRate: maybe(number),
  }),
]);
