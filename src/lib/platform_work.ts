/**
 * Work of the platform's that a thread has under way and waits for. While there is any, a poller that owns the thread does
 * not sleep: the platform could not go on.
 *
 * @module
 */

let underWay = 0;

/** How much is under way. */
export function platformWork(): number {
  return underWay;
}

/** Counts work until it is done. */
export async function trackPlatformWork<T>(work: Promise<T>): Promise<T> {
  underWay++;
  try {
    return await work;
  } finally {
    underWay--;
  }
}

/** Something that works until it is closed, such as a connection. Returns what ends it, once. */
export function beginPlatformWork(): () => void {
  let isOpen = true;
  underWay++;
  return () => {
    if (isOpen) underWay--;
    isOpen = false;
  };
}
