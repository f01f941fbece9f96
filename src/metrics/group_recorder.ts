/**
 * Counts what belongs to a group of measures, for one step and thread.
 *
 * @module
 */
import { Histogram, type HistogramData } from "./histogram.ts";
import { type GroupName, type GroupStats, MEASURE_GROUPS, type MeasureGroup } from "./measure_groups.ts";
import type { CounterSpec } from "./declared/measure_specs.ts";
import { emptyCounts } from "./measures.ts";

type Groups = typeof MEASURE_GROUPS;

/** The counters and distributions of a group, by name. */
export class GroupRecorder<Name extends GroupName> {
  readonly counts: Record<keyof Groups[Name]["counters"], number>;
  readonly times: Readonly<Record<keyof Groups[Name]["distributions"], Histogram>>;
  readonly #name: GroupName;
  readonly #codes = new Map<string, number>();

  constructor(name: Name) {
    this.#name = name;
    const { counters, distributions }: MeasureGroup = MEASURE_GROUPS[name];
    this.counts = emptyCounts(counters) as typeof this.counts;
    this.times = Object.fromEntries(
      Object.keys(distributions).map((key) => [key, new Histogram()]),
    ) as typeof this.times;
  }

  /** Counts something by its name. */
  countCode(name: string | number): void {
    const key = String(name);
    this.#codes.set(key, (this.#codes.get(key) ?? 0) + 1);
  }

  /** Hands over what was counted since the last time; what is at its most or its last stays. */
  take(): GroupStats<Name> {
    const { counters } = MEASURE_GROUPS[this.#name];
    const specs: Readonly<Record<string, CounterSpec>> = counters;
    const counts = this.counts as Record<string, number>;
    const times = Object.entries<Histogram>(this.times).map(([key, histogram]): [string, HistogramData] => [
      key,
      histogram.take(),
    ]);
    const taken = { ...counts, ...Object.fromEntries(times), codes: Object.fromEntries(this.#codes) };
    for (const key of Object.keys(counts)) if (specs[key]?.time === undefined) counts[key] = 0;
    this.#codes.clear();
    return taken as unknown as GroupStats<Name>;
  }
}
