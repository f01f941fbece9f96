/**
 * Changes of the load while it runs, as a thread's load model learns of them.
 *
 * @module
 */
import type { LoadChange } from "../plan/load_change.ts";

/** What a load model asks. */
export interface LoadSteering {
  /** All changes so far, in order. */
  readonly changes: readonly LoadChange[];
  /** Resolves at the next change. */
  readonly next: Promise<void>;
  /** Calls at every change, ahead of the moment from which it holds. */
  onChange(listener: (change: LoadChange) => void): void;
}

/** A load that nobody changes. */
export const UNSTEERED: LoadSteering = { changes: [], next: new Promise(() => {}), onChange: () => {} };

/** Takes the changes of a thread. */
export class Steering implements LoadSteering {
  #changes: readonly LoadChange[] = [];
  #next = Promise.withResolvers<void>();
  readonly #listeners: ((change: LoadChange) => void)[] = [];

  get changes(): readonly LoadChange[] {
    return this.#changes;
  }

  get next(): Promise<void> {
    return this.#next.promise;
  }

  onChange(listener: (change: LoadChange) => void): void {
    this.#listeners.push(listener);
  }

  add(change: LoadChange): void {
    this.#changes = [...this.#changes, change];
    for (const listener of this.#listeners) listener(change);
    const { resolve } = this.#next;
    this.#next = Promise.withResolvers<void>();
    resolve();
  }
}
