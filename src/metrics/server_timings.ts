/**
 * What a step's responses said in `Server-Timing`, added up: by one thread, and over threads and time.
 *
 * @module
 */
import { type ReadTimings, type TimingMetric, timingsOf } from "../lib/net/server_timing.ts";
import { EMPTY_HISTOGRAM, Histogram, type HistogramData, mergeHistograms } from "./histogram.ts";

/** Metrics kept of a step; the rest is added up. */
export const MAX_TIMINGS = 30;
/** The key of the rest: no name is empty. */
export const OTHER_TIMINGS = "";

/** One metric. */
export interface TimingStats {
  /** Responses that had it. */
  readonly count: number;
  /** Its durations; fewer than `count` where it had none. */
  readonly times: HistogramData;
}

/** Metrics by their keys: name, or name and description with a semicolon between. */
export type ServerTimings = Readonly<Record<string, TimingStats>>;

/** Nothing of a metric. */
const NO_TIMING: TimingStats = { count: 0, times: EMPTY_HISTOGRAM };

/** Two windows of a metric as one. */
export function addTiming(a: TimingStats, b: TimingStats): TimingStats {
  return { count: a.count + b.count, times: mergeHistograms(a.times, b.times) };
}

/**
 * All metrics of both; beyond the most, those whose keys come last are added up, so that it makes no difference who is
 * added to whom, and when.
 */
export function addTimings(a: ServerTimings, b: ServerTimings): ServerTimings {
  // A map, since servers may call a metric `__proto__`.
  const sum = new Map(Object.entries(a));
  for (const [key, stats] of Object.entries(b)) sum.set(key, addTiming(sum.get(key) ?? NO_TIMING, stats));
  return boundTimings(sum);
}

/** The same of a map. */
function boundTimings(sum: ReadonlyMap<string, TimingStats>): ServerTimings {
  const keys = [...sum.keys()].filter((key) => key !== OTHER_TIMINGS).sort();
  const kept = keys.slice(0, MAX_TIMINGS).map((key) => [key, sum.get(key)!] as const);
  const others = keys.slice(MAX_TIMINGS).reduce(
    (others, key) => addTiming(others, sum.get(key)!),
    sum.get(OTHER_TIMINGS) ?? NO_TIMING,
  );
  return Object.fromEntries(others.count === 0 ? kept : [...kept, [OTHER_TIMINGS, others] as const]);
}

class OneTiming {
  #count = 0;
  readonly #times = new Histogram();

  add({ durationMs }: TimingMetric): void {
    this.#count++;
    if (durationMs !== undefined) this.#times.record(durationMs * 1000);
  }

  take(): TimingStats {
    const taken = { count: this.#count, times: this.#times.take() };
    this.#count = 0;
    return taken;
  }
}

/** The metrics of one step. */
export class TimingRecorder {
  /** The first ones by their keys; and all others. */
  readonly #byKey = new Map<string, OneTiming>();
  readonly #others = new OneTiming();
  #evicted: TimingStats = NO_TIMING;
  /** The last head, whose metrics are known: a response that is the same as the last one is handed over as that. */
  #head: Uint8Array | null = null;
  #read: ReadTimings = { metrics: [], isCut: false };

  /** A whole response has come; `true`: not all of it was read. */
  note(head: Uint8Array): boolean {
    if (head !== this.#head) {
      this.#head = head;
      this.#read = timingsOf(head);
    }
    const { metrics, isCut } = this.#read;
    for (const metric of metrics) this.#timingFor(metric.key).add(metric);
    return isCut;
  }

  /** Hands over what was said since the last time; `undefined`: nothing. */
  take(): ServerTimings | undefined {
    const taken = new Map<string, TimingStats>();
    for (const [key, timing] of this.#byKey) {
      const stats = timing.take();
      if (stats.count > 0) taken.set(key, stats);
    }
    taken.set(OTHER_TIMINGS, addTiming(this.#evicted, this.#others.take()));
    this.#evicted = NO_TIMING;
    const bounded = boundTimings(taken);
    return Object.keys(bounded).length === 0 ? undefined : bounded;
  }

  #timingFor(key: string): OneTiming {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    if (this.#byKey.size >= MAX_TIMINGS) {
      const last = [...this.#byKey.keys()].reduce((a, b) => (a > b ? a : b));
      if (key > last) return this.#others;
      this.#evicted = addTiming(this.#evicted, this.#byKey.get(last)!.take());
      this.#byKey.delete(last);
    }
    const made = new OneTiming();
    this.#byKey.set(key, made);
    return made;
  }
}
