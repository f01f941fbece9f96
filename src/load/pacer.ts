/**
 * Makes pacers from their descriptions, and counts what a load will start.
 *
 * @module
 */
import { loadFacts } from "../plan/load_kinds.ts";
import type { LoadSpec } from "../plan/run_plan.ts";
import type { PacerSpec } from "../plan/pacer_spec.ts";
import { PACER_KINDS } from "./pacer_kinds.ts";
import type { Pacer } from "./pacers/piecewise.ts";

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
  const { make } = PACER_KINDS[spec.kind] as { readonly make: (spec: PacerSpec) => Pacer };
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
  if (openLoop?.arrivals === "recorded") return amount?.count ?? Infinity;
  // Arrivals at the very end, or a billionth of one before it, are none.
  const due = openLoop === undefined || durationMs === undefined
    ? Infinity
    : Math.ceil(createPacer(openLoop.pacer).dueBy(durationMs) - 1e-9);
  const most = openLoop?.arrivals === "poisson"
    ? Math.ceil(due + MAX_DEVIATIONS * Math.sqrt(due) + MAX_DEVIATIONS)
    : due;
  return Math.min(amount?.count ?? Infinity, most);
}
