/**
 * One second of a run as seen from outside: what exporters and live views watch.
 *
 * @module
 */
import type { Snapshot } from "./snapshot.ts";

/** The merged window of one second and everything up to its end. */
export interface Tick {
  /** End of the window, in ms since the run's start. */
  readonly atMs: number;
  /** What was seen in the second that ends at `atMs`. */
  readonly window: Snapshot;
  /** What was seen from the run's start to `atMs`. */
  readonly total: Snapshot;
  /** Slots that reported in this window. */
  readonly threads: number;
}

/** Watches a run. Must not throw and not take long. */
export type RunObserver = (tick: Tick) => void;
