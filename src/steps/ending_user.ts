/**
 * A user that can tell, at the end of the run, a response that is still coming in from one that never came.
 *
 * @module
 */
import type { VirtualUser } from "../load/load_model.ts";

/** A user of a slot. */
export interface EndingUser extends VirtualUser {
  /** Nothing starts any more: remembers how far the exchange under way has come. */
  loadEnded(): void;
  /** When the iteration under way must be over, on the clock of exchanges; absent: iterations end by themselves. */
  readonly deadlineMs?: number;
  /** The deadline has passed. */
  expire?(): void;
  /** The run's end waits no longer for what the user waits for. */
  leave?(): void;
}
