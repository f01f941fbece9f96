/**
 * When the arrivals of an open loop are due: on the pacer's marks, at a random moment between two of them, or as
 * independent users come (a Poisson process, whose gaps are exponential). What is random depends on the seed and the
 * arrival's number alone, so that any number of threads and machines together make one schedule.
 *
 * @module
 */
import { fractionFor, Random } from "../lib/random.ts";
import type { RateLoad } from "../plan/run_plan.ts";
import type { ArrivalSchedule } from "./load_model.ts";
import { createPacer } from "./pacer.ts";
import type { Pacer } from "./pacers/piecewise.ts";

/** Users and logs draw from streams below this. */
const ARRIVAL_STREAM = 2 ** 35;

/** Keeps the moments within marks apart from what else is drawn for an iteration's number. */
const OWN_SEED = 2 ** 33;

type ArrivalKind = "constant" | Exclude<NonNullable<RateLoad["arrivals"]>, "recorded">;

const MAKERS: Readonly<Record<ArrivalKind, (pacer: Pacer, seed: number) => ArrivalSchedule>> = {
  constant: (pacer) => pacer,
  uniform: (pacer, seed) => ({
    timeOf: (arrival) => pacer.timeOf(arrival + fractionFor(seed + OWN_SEED, arrival)),
  }),
  poisson: (pacer, seed) => new PoissonArrivals(pacer, seed),
};

/**
 * The schedule of a load.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const load = { pacer: { kind: "constant", rate: 100 }, arrivals: "poisson" } as const;
 * const [one, other] = [createArrivals(load, 7), createArrivals(load, 7)];
 * assertEquals(one.timeOf(3), other.timeOf(3));
 * ```
 */
export function createArrivals(
  load: Pick<RateLoad, "pacer" | "arrivals">,
  seed: number,
): ArrivalSchedule {
  return arrivalsOn(createPacer(load.pacer), load, seed);
}

/** The schedule of a load on another curve than its own. */
export function arrivalsOn(
  pacer: Pacer,
  { arrivals }: Pick<RateLoad, "arrivals">,
  seed: number,
): ArrivalSchedule {
  return MAKERS[arrivals === "recorded" ? "constant" : arrivals ?? "constant"](pacer, seed);
}

/**
 * A Poisson process: arrival k is due when the pacer's integral reaches the sum of k + 1 exponential numbers of mean 1. With
 * a rate that changes this is the process with that rate at each moment.
 */
class PoissonArrivals implements ArrivalSchedule {
  readonly #pacer: Pacer;
  readonly #seed: number;
  #random: Random;
  /** Arrivals whose gaps are in `#sum`. */
  #summed = 0;
  #sum = 0;

  constructor(pacer: Pacer, seed: number) {
    this.#pacer = pacer;
    this.#seed = seed;
    this.#random = new Random(seed, ARRIVAL_STREAM);
  }

  timeOf(arrival: number): number {
    if (arrival < this.#summed - 1) {
      this.#random = new Random(this.#seed, ARRIVAL_STREAM);
      this.#summed = this.#sum = 0;
    }
    for (; this.#summed <= arrival; this.#summed++) this.#sum -= Math.log1p(-this.#random.fraction());
    return this.#pacer.timeOf(this.#sum);
  }
}
