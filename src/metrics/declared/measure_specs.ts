/**
 * How a counter or a distribution is declared.
 *
 * @module
 */

/** One number that grows while a load runs. */
export interface CounterSpec {
  /** What it counts, in a sentence. */
  readonly help: string;
  /** Milliseconds may have decimals; all else is whole. */
  readonly unit: "1" | "B" | "ms";
  /** How the numbers of two threads become one: added up, unless it says `max`. */
  readonly threads?: "max";
  /** How a later number joins an earlier one: added up, unless it says otherwise. */
  readonly time?: "max" | "last";
  /** There only where the system tells. */
  readonly isOptional?: true;
  /** Absent: only the program itself reads it. */
  readonly shown?: ShownSpec;
}

/** How users meet a counter. */
export interface ShownSpec {
  /** Its name in thresholds, rules and the JSON result. */
  readonly key: string;
  /** Which way is an improvement. */
  readonly better: "lower" | "higher";
  /** Its line in reports, there when it is above 0; absent: a report has a place of its own for it. */
  readonly label?: string;
  /** What it being above 0 means. */
  readonly tone?: "bad" | "warning";
  /** It leaves the program as `KEY.total` with the other exports. */
  readonly isExported?: true;
}

/** A distribution of times, in µs. */
export interface DistributionSpec {
  /** What it is of, in a sentence. */
  readonly help: string;
  /** Absent: it has a place of its own wherever it is shown, or only the program itself reads it. */
  readonly shown?: ShownTimesSpec;
  /** There only when the load, or an option, makes it mean something. */
  readonly isOptional?: true;
}

/** How users meet a distribution: in thresholds as `KEY p95`, and in the reports' table of further times. */
export interface ShownTimesSpec {
  /** Its name in thresholds. */
  readonly key: string;
  /** Its name in tables. */
  readonly label: string;
  /** The distribution of its group that ranks behind it: what was waited for in vain, so long at least. */
  readonly unanswered?: string;
}
