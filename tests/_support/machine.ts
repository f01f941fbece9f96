/**
 * The machine that tests run on.
 *
 * @module
 */

/** Share of the last ten seconds, in percent, in which something waited for a processor, from which on others are at work. */
const BUSY_PERCENT = 10;

/** Once this process did not run for so many ms, it is remembered for so many. */
const [STANDSTILL_MS, REMEMBERED_MS] = [50, 15_000];

let lastMs = performance.now();
let stoodStillMs = -Infinity;

// A virtual machine that is stopped sees nothing of it but the time.
Deno.unrefTimer(setInterval(() => {
  const nowMs = performance.now();
  if (nowMs - lastMs > STANDSTILL_MS) stoodStillMs = nowMs;
  lastMs = nowMs;
}, 10));

/**
 * Whether more was to do lately than there are processors: claims about times cannot be tried then. Linux tells it of the
 * last ten seconds, others of the last minute. So does a machine, or a process, that stood still.
 */
export function isMachineBusy(): boolean {
  return performance.now() - stoodStillMs < REMEMBERED_MS ||
    Deno.loadavg()[0]! > navigator.hardwareConcurrency || waitingPercent() > BUSY_PERCENT;
}

function waitingPercent(): number {
  try {
    return Number(/^some avg10=([\d.]+)/.exec(Deno.readTextFileSync("/proc/pressure/cpu"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
