/**
 * Waiting in tests.
 *
 * @module
 */

/** How long something may take to come true: only what never does takes so long, on a machine that stands still at times. */
export const PATIENCE_MS = 180_000;

/** Resolves after some ms. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Turns of the loop in which what has come is read by whoever waits for it. */
const TURNS = 5;

/**
 * Resolves after some ms and a few turns of this thread's loop. Behind a standstill a time is over before anybody has read
 * what came meanwhile: for servers of this thread whose clients must have read it.
 */
export async function settle(ms: number): Promise<void> {
  await pause(ms);
  for (let turn = 0; turn < TURNS; turn++) await pause(1);
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
