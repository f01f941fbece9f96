/**
 * The counters of `${counter()}`.
 *
 * @module
 */
import { globalNumber, type Share } from "../plan/share.ts";

/** Counters by name, shared by the users of one thread. No two threads of a plan give the same number. */
export class Counters {
  readonly #share: Share;
  readonly #taken = new Map<string, number>();

  constructor(share: Share) {
    this.#share = share;
  }

  /** The next number; the first of a whole plan is 1. */
  next(name: string): number {
    const taken = this.#taken.get(name) ?? 0;
    this.#taken.set(name, taken + 1);
    return globalNumber(taken, this.#share) + 1;
  }
}
