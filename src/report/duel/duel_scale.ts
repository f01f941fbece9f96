/**
 * The axis on which a duel's changes are drawn: no change in the middle, the same distance to both sides.
 *
 * @module
 */
import type { DuelMetric } from "../../result/duel/duel_result.ts";

/** Half the width of the axis, in percent or points: the smallest round number that holds every interval. */
export function axisReach(metrics: readonly DuelMetric[]): number {
  const bounds = metrics.flatMap(({ change, low, high }) =>
    low === undefined || high === undefined ? [] : [low, high, change ?? 0]
  ).map(Math.abs);
  // Far intervals of what is hardly known would leave no room for the others.
  const most = Math.min(Math.max(0.1, ...bounds), 1000);
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= most * (1 - 1e-9))!;
}
