/**
 * Whose turn it is: which flow an iteration runs.
 *
 * @module
 */
import { fractionFor } from "../lib/random.ts";
import type { Scenario } from "./scenario.ts";
import { rotation, type Share } from "./share.ts";

/**
 * The position of an iteration's flow, by the iteration's number in the whole plan: in turn, or drawn by weight from seed
 * and number.
 */
export function flowTurn(
  { pick, flows }: Pick<Scenario, "pick" | "flows">,
  { seed, share, iterations }: {
    readonly seed: number;
    readonly share: Share;
    /** Iterations of the whole plan; absent: not known. */
    readonly iterations?: number | undefined;
  },
): (iteration: number) => number {
  if (flows.length <= 1) return () => 0;
  if (pick === "rotate") return rotation(flows.length, share, iterations);
  let sum = 0;
  const upTo = flows.map(({ weight }) => sum += weight);
  return (iteration) => {
    const drawn = fractionFor(seed, iteration) * sum;
    return Math.max(upTo.findIndex((end) => drawn < end), 0);
  };
}
