/**
 * Whether this thread is our own: a poller makes everything else on it wait, by milliseconds.
 *
 * @module
 */

let isOwn = false;

/** From now on nothing on this thread minds. */
export function takeOverThread(): void {
  isOwn = true;
}

/** Whether that was said. */
export function isOwnThread(): boolean {
  return isOwn;
}
