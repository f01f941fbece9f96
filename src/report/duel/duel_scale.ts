/**
 * The axis on which a duel's changes are drawn: no change in the middle, the same distance to both sides. It is in
 * percent, or, when a change may be more than a factor of two, in factors on a logarithmic scale.
 *
 * @module
 */
import { roundUp } from "../round_up.ts";
import type { DuelMetric } from "../../result/duel/duel_result.ts";
import { factorText, ratioOf } from "./duel_ratio.ts";

/** An axis of changes in percent. */
export interface DuelAxis {
  /** What stands at its left end, its middle and its right end. */
  readonly labels: readonly [left: string, middle: string, right: string];
  /** Where a change lies: −1 at the left end, 0 in the middle, 1 at the right end; beyond that when it is outside. */
  place(percent: number): number;
}

/** The axis of the metrics that are compared by their ratio. */
export function axisOf(metrics: readonly DuelMetric[]): DuelAxis {
  const bounds = metrics.flatMap(({ scale, change, low, high }) =>
    scale !== "ratio" || (low === undefined && high === undefined) ? [] : [low ?? 0, high ?? 0, change ?? 0]
  );
  if (!bounds.some((percent) => percent > 100 || percent < -50)) return percentAxis(bounds);
  // Far intervals of what is hardly known would leave no room for the others.
  const factors = bounds.map((percent) => Math.exp(Math.abs(logOf(percent))));
  const factor = roundUp(Math.min(Math.max(...factors), 10_000));
  return {
    labels: [
      `×1/${factorText(factor).replace(/\.0+$/, "")}`,
      "×1",
      `×${factorText(factor).replace(/\.0+$/, "")}`,
    ],
    place: (percent) => logOf(percent) / Math.log(factor),
  };
}

function percentAxis(bounds: readonly number[]): DuelAxis {
  const reach = roundUp(Math.max(0.1, ...bounds.map(Math.abs)));
  return { labels: [`−${reach}%`, "0", `+${reach}%`], place: (percent) => percent / reach };
}

function logOf(percent: number): number {
  return Math.log(Math.max(ratioOf(percent), 1e-6));
}
