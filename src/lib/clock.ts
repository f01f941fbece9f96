/**
 * Clocks, read more cheaply where a thread can, and waiting.
 *
 * @module
 */

let read = () => performance.now();

/** The time of `performance.now()`, in ms. */
export function readClock(): number {
  return read();
}

/** The time in ms since 1970, with fractions; never goes back. */
export function readWallClock(): number {
  return performance.timeOrigin + performance.now();
}

/** From now on this thread reads its clock so. The times must be those of `performance.now()`. */
export function readClockBy(cheaper: () => number): void {
  read = cheaper;
}

/** Tells whether something is still wanted: an `AbortSignal`, or what is cheaper than one. */
export interface Abandonment {
  readonly aborted: boolean;
  addEventListener(type: "abort", run: () => void, options?: { readonly once: boolean }): void;
  removeEventListener(type: "abort", run: () => void): void;
}

/** Resolves after `ms`, or as soon as the signal aborts. */
export function pause(ms: number, signal?: Abandonment): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener("abort", end);
  });
}
