/**
 * The end of a load, and waiting that it cuts short.
 *
 * @module
 */
import type { Timers } from "./timers.ts";

/** A stop that wakes whoever waits for it. */
export class Stop {
  isStopped = false;
  readonly #timers: Timers;
  readonly #wakers = new Set<() => void>();

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  stop(): void {
    this.isStopped = true;
    for (const wake of [...this.#wakers]) wake();
  }

  /** Resolves after `ms` or when stopped. */
  wait(ms: number): Promise<void> {
    if (this.isStopped || ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        callOff();
        this.#wakers.delete(wake);
        resolve();
      };
      const callOff = this.#timers.after(ms, wake);
      this.#wakers.add(wake);
    });
  }
}
