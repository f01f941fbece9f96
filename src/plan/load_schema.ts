/**
 * What kinds of load look like when they come over a wire or out of a file.
 *
 * @module
 */
import { MAX_PLAN_STEPS } from "../lib/size_limits.ts";
import {
  amount,
  atLeast,
  count,
  list,
  maybe,
  number,
  oneOf,
  pair,
  type Schema,
  shape,
  text,
  variant,
} from "../lib/shape.ts";
import type {
  DurationLoad,
  LoadSpec,
  RateLoad,
  RequestsLoad,
  ScenarioPart,
  ScenariosLoad,
  SingleLoad,
  UsersLoad,
} from "./run_plan.ts";
import { pacerSchema } from "./pacer_spec.ts";

const SINGLE = [
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
    durationMs: maybe(number),
    amount: maybe(count),
    rampUpMs: number,
    thinkMs: number,
    thinkJitter: number,
    stages: maybe(list(pair(number, number))),
  }),
  shape<RateLoad>()({
    kind: oneOf("rate"),
    pacer: pacerSchema,
    arrivals: maybe(oneOf("uniform", "poisson", "recorded")),
    durationMs: maybe(number),
    amount: maybe(count),
    maxConnections: count,
    description: maybe(text),
    targetRate: maybe(number),
    rampTargetRate: maybe(number),
  }),
] as const;

/** When iterations start. */
export const loadSchema: Schema<LoadSpec> = variant<LoadSpec>()("kind", [
  ...SINGLE,
  shape<ScenariosLoad>()({
    kind: oneOf("scenarios"),
    parts: list(
      shape<ScenarioPart>()({
        name: text,
        load: variant<SingleLoad>()("kind", SINGLE),
        startMs: amount,
        flows: atLeast(1),
      }),
      MAX_PLAN_STEPS,
      1,
    ),
  }),
]);
