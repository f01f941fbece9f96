/**
 * Attempts to connect that may be given up. Where each request makes one, a signal of the platform's costs more than all
 * the rest of a connection.
 *
 * @module
 */
import type { Abandonment } from "../../lib/clock.ts";

/** Something that may be given up once. It is its own signal. */
export class Attempt implements Abandonment {
  aborted = false;
  readonly #listeners: (() => void)[] = [];

  /** Gives it up. */
  abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    for (const run of this.#listeners.splice(0)) run();
  }

  addEventListener(_type: "abort", run: () => void): void {
    this.#listeners.push(run);
  }

  removeEventListener(_type: "abort", run: () => void): void {
    const at = this.#listeners.indexOf(run);
    if (at >= 0) this.#listeners.splice(at, 1);
  }
}

/** The same for the platform, which takes nothing but its own. */
export function platformSignal(abandonment: Abandonment): AbortSignal {
  if (abandonment instanceof AbortSignal) return abandonment;
  const controller = new AbortController();
  if (abandonment.aborted) controller.abort();
  else abandonment.addEventListener("abort", () => controller.abort(), { once: true });
  return controller.signal;
}
