/**
 * The machine that tests run on.
 *
 * @module
 */

/** Share of the last ten seconds, in percent, in which something waited for a processor, from which on others are at work. */
const BUSY_PERCENT = 10;

/**
 * Whether more was to do lately than there are processors: claims about times cannot be tried then. Linux tells it of the
 * last ten seconds, others of the last minute.
 */
export function isMachineBusy(): boolean {
  return Deno.loadavg()[0]! > navigator.hardwareConcurrency || waitingPercent() > BUSY_PERCENT;
}

function waitingPercent(): number {
  try {
    return Number(/^some avg10=([\d.]+)/.exec(Deno.readTextFileSync("/proc/pressure/cpu"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
