/**
 * A path of the built-in target and what answers it.
 *
 * @module
 */
import type { TargetState } from "./target_state.ts";

/** A request that a route answers. */
export interface RouteCall {
  /** As received. */
  readonly request: Request;
  /** What stood in place of the pattern's numbers, in order. */
  readonly numbers: readonly number[];
  /** What the target remembers. */
  readonly state: TargetState;
}

/** What answers a path. */
export interface Route {
  /** `/capacity/SLOTS/MS`. */
  readonly path: string;
  /** One line for help. */
  readonly help: string;
  /** Range of each number, both ends included. Whole numbers, but for a PERCENT. */
  readonly ranges?: readonly (readonly [min: number, max: number])[];
  /** The methods allowed; absent: all. */
  readonly methods?: readonly string[];
  /** Makes the response. */
  readonly answer: (call: RouteCall) => Response | Promise<Response>;
}
