/**
 * How finely the clock that times everything can tell two moments apart.
 *
 * @module
 */

const STEPS = 25;
/** A clock without a step in this many readings is not waited for. */
const MAX_READINGS = 1_000_000;

/**
 * The smallest step seen of a clock, in its own unit; includes what reading it costs. `undefined` when it stands still.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * let now = 0;
 * assertEquals(clockResolution(() => Math.floor(now++ / 3) * 5), 5);
 * ```
 */
export function clockResolution(read: () => number = () => performance.now()): number | undefined {
  let smallest = Infinity;
  let last = read();
  for (let steps = 0, readings = 0; steps < STEPS && readings < MAX_READINGS; readings++) {
    const now = read();
    if (now === last) continue;
    smallest = Math.min(smallest, now - last);
    last = now;
    steps++;
  }
  return smallest === Infinity ? undefined : smallest;
}
