/**
 * Makes pacers from their descriptions: the list of all kinds of rate curve.
 *
 * @module
 */
import { loadFacts } from "../plan/load_kinds.ts";
import type { LoadSpec, PacerSpec } from "../plan/run_plan.ts";
import { businessHoursPacer } from "./pacers/business_hours.ts";
import { constantPacer } from "./pacers/constant.ts";
import { linearPacer } from "./pacers/linear.ts";
import type { Pacer } from "./pacers/piecewise.ts";
import { pointsPacer } from "./pacers/points.ts";
import { sawtoothPacer } from "./pacers/sawtooth.ts";
import { sinePacer } from "./pacers/sine.ts";
import { spikePacer } from "./pacers/spike.ts";
import { squarePacer } from "./pacers/square.ts";
import { stepPacer } from "./pacers/step.ts";

type PacerMakers = {
  readonly [Kind in PacerSpec["kind"]]: (spec: Extract<PacerSpec, { readonly kind: Kind }>) => Pacer;
};

const MAKERS: PacerMakers = {
  "constant": constantPacer,
  "linear": linearPacer,
  "sine": sinePacer,
  "step": stepPacer,
  "sawtooth": sawtoothPacer,
  "square": squarePacer,
  "spike": spikePacer,
  "business-hours": businessHoursPacer,
  "points": pointsPacer,
};

/**
 * The curve of a description.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const pacer = createPacer({ kind: "linear", from: 0, to: 100, durationMs: 10_000 });
 * assertEquals(pacer.rateAt(5000), 50);
 * assertEquals(pacer.dueBy(10_000), 500);
 * ```
 */
export function createPacer(spec: PacerSpec): Pacer {
  const make = MAKERS[spec.kind] as (spec: PacerSpec) => Pacer;
  return make(spec);
}

/** Standard deviations that a random number of arrivals will not exceed its mean by. */
const MAX_DEVIATIONS = 8;

/**
 * Iterations of a load that gives each one request, or, of random arrivals, how many there will not be more of; `Infinity`:
 * as many as there is time for.
 */
export function iterationsIn(load: LoadSpec): number {
  const { amount, durationMs, openLoop } = loadFacts(load);
  // Arrivals at the very end, or a billionth of one before it, are none.
  const due = openLoop === undefined || durationMs === undefined
    ? Infinity
    : Math.ceil(createPacer(openLoop.pacer).dueBy(durationMs) - 1e-9);
  const most = openLoop?.arrivals === "poisson"
    ? Math.ceil(due + MAX_DEVIATIONS * Math.sqrt(due) + MAX_DEVIATIONS)
    : due;
  return Math.min(amount?.count ?? Infinity, most);
}
