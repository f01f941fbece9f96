/**
 * Waiting in tests.
 *
 * @module
 */

/** How long something may take to come true: only what never does takes so long, on a machine that stands still at times. */
const PATIENCE_MS = 180_000;

/** Resolves after some ms. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Resolves when something holds, which is asked every few ms.
 * @throws {Error} when it did not come to hold within three minutes.
 */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  while (!await holds()) {
    if (performance.now() > deadlineMs) throw new Error("It never came to hold");
    await pause(5);
  }
}
