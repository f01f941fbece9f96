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
}
