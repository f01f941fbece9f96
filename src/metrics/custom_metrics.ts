/**
 * What the user's code counts: metrics with names of its own, made while a load runs, and the outcome of its checks.
 *
 * @module
 */
import {
  EMPTY_HISTOGRAM,
  Histogram,
  type HistogramData,
  mergeHistograms,
  rankOf,
  valueAtRank,
} from "./histogram.ts";

/** The kinds of metrics that code can make. */
export const CUSTOM_KINDS = ["counter", "gauge", "rate", "trend"] as const;

/** A kind's name. */
export type CustomKind = (typeof CUSTOM_KINDS)[number];

/** One metric of the user's, over a window or a run. */
export interface CustomStats {
  /** What kind of metric it is. */
  readonly kind: CustomKind;
  /** Values that were added. */
  readonly count: number;
  /** Their sum; of a rate, how many were true. */
  readonly sum: number;
  /** The smallest value. */
  readonly min: number;
  /** The largest value. */
  readonly max: number;
  /** The last value; of several threads, the largest of theirs. */
  readonly last: number;
  /** Trends: the values of 0 and above, in thousandths. */
  readonly values?: HistogramData;
  /** Trends: the values below 0, without their sign; absent: none. */
  readonly negatives?: HistogramData;
}

/** How often a check held and did not. */
export interface CheckStats {
  /** Times that it held. */
  readonly passed: number;
  /** Times that it did not. */
  readonly failed: number;
}

/** Metrics by name. */
export type CustomMetrics = Readonly<Record<string, CustomStats>>;
/** Checks by name. */
export type Checks = Readonly<Record<string, CheckStats>>;

/** Metrics and checks that one run may have. */
const MAX_CUSTOM = 500;

/** Trends keep values in thousandths, since histograms hold whole numbers. */
const TREND_SCALE = 1000;

/** Two windows of one metric as one: of two threads, or a later one behind an earlier one. */
function addStats(a: CustomStats, b: CustomStats, over: "threads" | "time"): CustomStats {
  if (b.count === 0) return a;
  if (a.count === 0) return b;
  return {
    kind: a.kind,
    count: a.count + b.count,
    sum: a.sum + b.sum,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    last: over === "time" ? b.last : Math.max(a.last, b.last),
    ...((a.values || b.values) &&
      { values: mergeHistograms(a.values ?? EMPTY_HISTOGRAM, b.values ?? EMPTY_HISTOGRAM) }),
    ...((a.negatives || b.negatives) &&
      { negatives: mergeHistograms(a.negatives ?? EMPTY_HISTOGRAM, b.negatives ?? EMPTY_HISTOGRAM) }),
  };
}

/** The metrics of two windows together. */
export function joinCustom(
  a: CustomMetrics | undefined,
  b: CustomMetrics | undefined,
  over: "threads" | "time",
): CustomMetrics | undefined {
  return joined(a, b, (x, y) => addStats(x, y, over));
}

/** The checks of two windows together. */
export function joinChecks(a: Checks | undefined, b: Checks | undefined): Checks | undefined {
  return joined(a, b, (x, y) => ({ passed: x.passed + y.passed, failed: x.failed + y.failed }));
}

function joined<T>(
  a: Readonly<Record<string, T>> | undefined,
  b: Readonly<Record<string, T>> | undefined,
  add: (a: T, b: T) => T,
): Readonly<Record<string, T>> | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  // A map, since names come from the user and may be `toString` or `__proto__`.
  const sum = new Map(Object.entries(a));
  for (const [name, stats] of Object.entries(b)) {
    const known = sum.get(name);
    sum.set(name, known === undefined ? stats : add(known, stats));
  }
  return Object.fromEntries(sum);
}

/** A percentile of a trend; `undefined` for other kinds, and without values. */
export function trendPercentile(
  { values = EMPTY_HISTOGRAM, negatives = EMPTY_HISTOGRAM }: CustomStats,
  percentile: number,
): number | undefined {
  const below = negatives.count;
  if (below + values.count === 0) return undefined;
  const rank = rankOf(percentile, below + values.count);
  // Of those below 0, the largest without its sign comes first.
  return (rank <= below ? -valueAtRank(negatives, below - rank + 1) : valueAtRank(values, rank - below)) /
    TREND_SCALE;
}

/** A counter to which nothing was added. */
const UNTOUCHED_COUNTER: CustomStats = { kind: "counter", count: 0, sum: 0, min: 0, max: 0, last: 0 };

/** One metric of one thread. */
export class CustomRecorder {
  readonly kind: CustomKind;
  #count = 0;
  #sum = 0;
  #min = Infinity;
  #max = -Infinity;
  #last = 0;
  readonly #values: Histogram | null;
  #negatives: Histogram | null = null;

  constructor(kind: CustomKind) {
    this.kind = kind;
    this.#values = kind === "trend" ? new Histogram() : null;
  }

  /** Adds a value. */
  add(value: number): void {
    this.#count++;
    this.#sum += value;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
    this.#last = value;
    if (this.#values === null) return;
    if (value >= 0) this.#values.record(value * TREND_SCALE);
    else (this.#negatives ??= new Histogram()).record(-value * TREND_SCALE);
  }

  /** Hands over what was added since the last time; `undefined` when nothing was. A counter stands at 0 from when it is made. */
  take(): CustomStats | undefined {
    if (this.#count === 0) return this.kind === "counter" ? UNTOUCHED_COUNTER : undefined;
    const taken: CustomStats = {
      kind: this.kind,
      count: this.#count,
      sum: this.#sum,
      min: this.#min,
      max: this.#max,
      last: this.#last,
      ...(this.#values && { values: this.#values.take() }),
      ...(this.#negatives && { negatives: this.#negatives.take() }),
    };
    this.#count = this.#sum = 0;
    this.#min = Infinity;
    this.#max = -Infinity;
    this.#negatives = null;
    return taken;
  }
}

/** One check of one thread. */
class CheckRecorder {
  passed = 0;
  failed = 0;

  /** Hands over what was counted since the last time; `undefined` when nothing was. */
  take(): CheckStats | undefined {
    if (this.passed + this.failed === 0) return undefined;
    const taken = { passed: this.passed, failed: this.failed };
    this.passed = this.failed = 0;
    return taken;
  }
}

/** What a thread's code counts. */
export class CustomCounts {
  readonly #metrics = new Map<string, CustomRecorder>();
  readonly #checks = new Map<string, CheckRecorder>();

  /**
   * The metric of a name, made when it is first asked for.
   * @throws {TypeError} when it is of another kind, or one too many
   */
  metric(name: string, kind: CustomKind): CustomRecorder {
    const known = this.#metrics.get(name);
    if (known === undefined) {
      if (this.#metrics.size >= MAX_CUSTOM) {
        throw new TypeError(`Cannot make the metric "${name}": there are ${MAX_CUSTOM} already`);
      }
      const made = new CustomRecorder(kind);
      this.#metrics.set(name, made);
      return made;
    }
    if (known.kind === kind) return known;
    throw new TypeError(`Cannot use the metric "${name}" as a ${kind}: it is a ${known.kind}`);
  }

  /** The check of a name; of too many, one that they share. */
  check(name: string): CheckRecorder {
    const known = this.#checks.get(name);
    if (known !== undefined) return known;
    if (this.#checks.size >= MAX_CUSTOM && name !== OTHER_CHECKS) return this.check(OTHER_CHECKS);
    const made = new CheckRecorder();
    this.#checks.set(name, made);
    return made;
  }

  /** Hands over what was counted since the last time. */
  take(): { readonly custom?: CustomMetrics; readonly checks?: Checks } {
    const custom = takeAll<CustomStats>(this.#metrics);
    const checks = takeAll<CheckStats>(this.#checks);
    return { ...(custom && { custom }), ...(checks && { checks }) };
  }
}

/** What all checks beyond the most are counted as. */
const OTHER_CHECKS = "other checks";

function takeAll<T>(
  recorders: ReadonlyMap<string, { take(): T | undefined }>,
): Readonly<Record<string, T>> | undefined {
  const entries = [...recorders].flatMap(([name, recorder]) => {
    const taken = recorder.take();
    return taken === undefined ? [] : [[name, taken] as const];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
