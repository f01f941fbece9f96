/**
 * What the calling thread used: CPU time from the operating system, and on Linux how long it was ready to run while no
 * core was free for it (the second number of `/proc/thread-self/schedstat`, Documentation/scheduler/sched-stats.rst)
 * and how long a CPU quota stopped the process. All tell a slow server from a client that could not keep up. What the
 * system does not tell is absent.
 *
 * @module
 */
import process from "node:process";
import { readSystemFile } from "../lib/system_file.ts";
import { quotaWatch } from "./cpu_quota.ts";

/** What one thread used over a stretch of time, in ms. */
export interface ThreadUsage {
  readonly wallMs: number;
  /** On a core; counted by the system in steps of up to 10 ms. */
  readonly cpuMs?: number;
  /** Ready to run, waiting for a core. */
  readonly runQueueWaitMs?: number;
  /** Stopped by a CPU quota; of the whole process, summed over the cores. */
  readonly throttledMs?: number;
}

/** The clocks of a thread since it began, in ms. */
interface Clocks {
  readonly wall: number;
  readonly cpu: number | undefined;
  readonly runQueueWait: number | undefined;
  readonly throttled: number | undefined;
}

/** Watches the calling thread; each call of the function gives what was used since the call before. */
export function watchThread(): () => ThreadUsage {
  const isScheduleKnown = runQueueWaitMs() !== undefined;
  const throttled = quotaWatch(readSystemFile);
  const read = (): Clocks => ({
    wall: performance.now(),
    cpu: threadCpuMs(),
    runQueueWait: isScheduleKnown ? runQueueWaitMs() : undefined,
    throttled: throttled?.(),
  });
  let before = read();
  return () => {
    const now = read();
    const usage = usageBetween(before, now);
    before = now;
    return usage;
  };
}

function usageBetween(before: Clocks, now: Clocks): ThreadUsage {
  return {
    wallMs: now.wall - before.wall,
    ...(now.cpu !== undefined && before.cpu !== undefined && { cpuMs: now.cpu - before.cpu }),
    ...(now.runQueueWait !== undefined && before.runQueueWait !== undefined &&
      { runQueueWaitMs: now.runQueueWait - before.runQueueWait }),
    ...(now.throttled !== undefined && before.throttled !== undefined &&
      { throttledMs: now.throttled - before.throttled }),
  };
}

/** `process.threadCpuUsage` is not in every release's types. */
const threadCpuUsage =
  (process as { threadCpuUsage?: () => { readonly user: number; readonly system: number } }).threadCpuUsage;

function threadCpuMs(): number | undefined {
  try {
    const used = threadCpuUsage?.();
    return used && (used.user + used.system) / 1000;
  } catch {
    return undefined; // Not on this system.
  }
}

const SCHEDULE = "/proc/thread-self/schedstat";

function runQueueWaitMs(): number | undefined {
  const waitNs = Number(readSystemFile(SCHEDULE)?.split(" ")[1]);
  return Number.isFinite(waitNs) ? waitNs / 1e6 : undefined;
}
