/**
 * Where placeholders get their values.
 *
 * @module
 */
import type { Random } from "../lib/random.ts";
import type { DataValue, Row } from "../plan/scenario.ts";
import type { Counters } from "./counters.ts";

/** What one user knows in one iteration. */
export interface Scope {
  readonly random: Random;
  readonly counters: Counters;
  /** The user's number in the whole plan, from 1. */
  readonly user: number;
  /** What stamps call the sender; absent: the user. */
  readonly sender?: string;
  /** The iteration's number in the whole plan, from 1. */
  readonly iteration: number;
  /** Time of day, in ms since 1970. */
  wallClockMs(): number;
  readonly variables: ReadonlyMap<string, DataValue>;
  /** The row drawn from each data set, by the set's position; `undefined` when the flow uses none of it. */
  readonly rows: readonly (Row | undefined)[];
}
