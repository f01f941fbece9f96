/**
 * What the parts of a run did over time: steps, stretches of them, statuses, errors. Small enough to keep for hours.
 *
 * @module
 */
import type { SpanKind } from "../../metrics/measures.ts";

/** Steps with a series of their own; the others are one together. */
export const MAX_STEP_SERIES = 100;
/** The number by which those others go. */
export const OTHER_STEPS = -1;
/** Statuses, kinds of error and stretches with a series of their own, each. */
export const MAX_NAMED_SERIES = 20;
/** What the others go by. */
export const OTHER_NAMES = "(others)";

/**
 * One part, an entry a window. A percentile is `null` where nothing was measured, or where only a lower bound of it is
 * known.
 */
export interface PartSeries {
  /** Those that ended, errors included. */
  readonly requests: readonly number[];
  /** Of them, the failed ones; what could not be sent besides. */
  readonly errors: readonly number[];
  /** In ms, four significant digits, as the other two. */
  readonly p50Ms: readonly (number | null)[];
  /** Ranked as `p50Ms`. */
  readonly p95Ms: readonly (number | null)[];
  /** Ranked as `p50Ms`. */
  readonly p99Ms: readonly (number | null)[];
}

/** One step. */
export interface StepSeries extends PartSeries {
  /** Position of the step among all steps; {@linkcode OTHER_STEPS}: all that have no series of their own. */
  readonly step: number;
}

/** Iterations of a flow, or passes through a group: `requests` counts those. */
export interface SpanSeries extends PartSeries {
  /** What it is a stretch of. */
  readonly kind: SpanKind;
  /** The flow's or the group's; {@linkcode OTHER_NAMES} of those without a series of their own. */
  readonly name: string;
}

/** How often something came, an entry a window. */
export interface CountSeries {
  /** A status, or an error's key. */
  readonly name: string;
  /** How often, in each window. */
  readonly counts: readonly number[];
}

/** When an error of a step was seen. */
export interface ErrorPeriod {
  /** Position of the step among all steps. */
  readonly step: number;
  /** The error's key. */
  readonly error: string;
  /** How often in all. */
  readonly count: number;
  /** Start of the first window with it, in ms since the run's start. */
  readonly firstMs: number;
  /** End of the last window with it, in the same time. */
  readonly lastMs: number;
}

/** The parts of a run over time. Whatever is counted over all windows is the run's. */
export interface RunSeries {
  /** Start and end of each window, in ms since the run's start: a second at first, longer ones as the run goes on. */
  readonly windows: readonly (readonly [fromMs: number, toMs: number])[];
  /** In the order of the steps. */
  readonly steps: readonly StepSeries[];
  /** Of several scenarios, each: `step` is its number. Absent: there is one load. */
  readonly scenarios?: readonly StepSeries[];
  /** Flows and groups. */
  readonly spans: readonly SpanSeries[];
  /** Whole responses by status. */
  readonly statuses: readonly CountSeries[];
  /** Errors by kind, all steps together. */
  readonly errors: readonly CountSeries[];
  /** In the order in which they began. */
  readonly periods: readonly ErrorPeriod[];
}

/** How long windows are that begin at a time: a second, 10 s after ten minutes, a minute after ten hours. */
export function windowLengthMs(fromMs: number): number {
  return fromMs < 600_000 ? 1000 : fromMs < 36_000_000 ? 10_000 : 60_000;
}
