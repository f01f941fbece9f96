/**
 * The schedule of an open loop that was changed while it ran: the plan's curve up to the first change, then what each
 * change says. Arrivals keep their numbers, so that threads go on without gaps and without sending one twice.
 *
 * @module
 */
import type { LoadChange } from "../plan/load_change.ts";
import type { RateLoad } from "../plan/run_plan.ts";
import { arrivalsOn } from "./arrivals.ts";
import type { ArrivalSchedule } from "./load_model.ts";
import { createPacer } from "./pacer.ts";
import { flat, type Pacer, type Piece, sequence } from "./pacers/piecewise.ts";
import type { LoadSteering } from "./steering.ts";

/** What a change of the schedule is made of. */
export interface SteeredOptions {
  readonly seed: number;
  readonly steering: LoadSteering;
}

/** The schedule after all changes so far. */
export function steeredArrivals(load: RateLoad, { seed, steering }: SteeredOptions): ArrivalSchedule {
  const arrivals = arrivalsOn(steeredPacer(createPacer(load.pacer), steering.changes), load, seed);
  const endMs = load.durationMs ?? Infinity;
  return {
    timeOf: (arrival) => arrivals.timeOf(arrival),
    // A change may bring forward what would be due after the end, or never.
    whenKnown: (arrival) => arrivals.timeOf(arrival) >= endMs ? steering.next : null,
  };
}

/**
 * A curve with changes.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createPacer } from "./pacer.ts";
 * const plan = createPacer({ kind: "constant", rate: 10 });
 * const pacer = steeredPacer(plan, [{ atMs: 1000, rate: 100 }]);
 * assertEquals([9, 10, 11].map((arrival) => pacer.timeOf(arrival)), [900, 1000, 1010]);
 * ```
 */
export function steeredPacer(plan: Pacer, changes: readonly LoadChange[]): Pacer {
  const pieces: Piece[] = [];
  let fromMs = 0;
  let rate: number | undefined;
  let isPaused = false;
  const pieceUntil = (toMs: number): Piece =>
    isPaused
      ? flat(toMs - fromMs, 0)
      : rate !== undefined
      ? flat(toMs - fromMs, rate)
      : stretch(plan, fromMs, toMs);
  for (const change of changes) {
    if (change.atMs > fromMs) {
      pieces.push(pieceUntil(change.atMs));
      fromMs = change.atMs;
    }
    if (change.rate !== undefined) rate = change.rate;
    if (change.isPaused !== undefined) isPaused = change.isPaused;
  }
  return sequence([...pieces, pieceUntil(Infinity)]);
}

/** A stretch of a curve, as a piece of another one. */
function stretch(plan: Pacer, fromMs: number, toMs: number): Piece {
  const before = plan.dueBy(fromMs);
  return {
    lengthMs: toMs - fromMs,
    rateAt: (xMs) => plan.rateAt(fromMs + xMs),
    dueBy: (xMs) => xMs === Infinity ? Infinity : plan.dueBy(fromMs + xMs) - before,
    timeOf: (due) => plan.timeOf(due + before) - fromMs,
  };
}
