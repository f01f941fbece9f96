/**
 * A change of the load while it runs. The same for all threads, whatever their share: it holds from a moment of the run's
 * clock on, so that they change together.
 *
 * @module
 */
import { MAX_CHANGED_USERS } from "../lib/size_limits.ts";
import { amount, atLeast, count, flag, maybe, number, type Schema, shape } from "../lib/shape.ts";

/** What holds from a moment on; what is absent stays as it was. */
export interface LoadChange {
  /** In ms since the run's start. */
  readonly atMs: number;
  /** Of several scenarios, the number of the one that is changed; absent: all of them. */
  readonly part?: number;
  /** Open loop: iterations per second of the whole plan, in place of its curve. */
  readonly rate?: number;
  /** Closed loop: users of the whole plan, in place of those that it has. */
  readonly users?: number;
  /** No iteration starts; or iterations start again. */
  readonly isPaused?: boolean;
}

/** What can be changed in a load, and its present value. */
export interface SteerableLoad {
  /** Absent: the load has no rate of its own. */
  readonly rate?: number;
  /** Absent: there are no users to add or to take away. */
  readonly users?: number;
}

/** What can be changed in a run. */
export interface Steerable extends SteerableLoad {
  /** Several scenarios with loads of their own; absent: there is one load. */
  readonly scenarios?: readonly (SteerableLoad & { readonly name: string })[];
  /** Absent: arrivals cannot be held back. */
  readonly isPaused?: boolean;
}

/** A change as JSON. */
export const loadChangeSchema: Schema<LoadChange> = shape<LoadChange>()({
  atMs: number,
  part: maybe(count),
  rate: maybe(amount),
  users: maybe(atLeast(1, MAX_CHANGED_USERS)),
  isPaused: maybe(flag),
});
