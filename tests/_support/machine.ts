/**
 * The machine that tests run on.
 *
 * @module
 */

/** Whether more was to do in the last minute than there are processors: claims about times cannot be tried then. */
export function isMachineBusy(): boolean {
  return Deno.loadavg()[0]! > navigator.hardwareConcurrency;
}
