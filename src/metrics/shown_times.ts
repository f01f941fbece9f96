/**
 * Distributions beyond latency, as they are read: by percentile, with what was waited for in vain ranked behind.
 *
 * @module
 */
import { EMPTY_HISTOGRAM, type HistogramData } from "./histogram.ts";
import type { ShownTimes } from "./measures.ts";
import type { StepStats } from "./snapshot.ts";
import type { Ranked } from "./stats.ts";

/** What percentiles of a distribution rank; `undefined` where it was not measured. */
export function rankedTimes({ group, name, unanswered }: ShownTimes, counts: StepStats): Ranked | undefined {
  const stats = counts[group] as Readonly<Partial<Record<string, HistogramData>>> | undefined;
  const latency = stats?.[name];
  if (latency === undefined) return undefined;
  const waited = unanswered === undefined ? undefined : stats?.[unanswered];
  return { latency, unanswered: waited ?? EMPTY_HISTOGRAM };
}
