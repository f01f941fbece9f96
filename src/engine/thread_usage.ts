/**
 * What the calling thread used: CPU time from the operating system, and on Linux how long it was ready to run while no
 * core was free for it (the first two numbers of `/proc/thread-self/schedstat`,
 * Documentation/scheduler/sched-stats.rst) and how long a CPU quota stopped the process. All tell a slow server from a
 * client that could not keep up. What the system does not tell is absent.
 *
 * @module
 */
import { nodeModule } from "../lib/node_modules.ts";
import { readSystemFile } from "../lib/files/system_file.ts";
import { quotaWatch } from "./cpu_quota.ts";

/** What one thread used over a stretch of time, in ms. */
export interface ThreadUsage {
  readonly wallMs: number;
  /** On a core. */
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
  const isScheduleKnown = scheduleTimes() !== undefined;
  const throttled = quotaWatch(readSystemFile);
  const read = (): Clocks => {
    const schedule = isScheduleKnown ? scheduleTimes() : undefined;
    return {
      wall: performance.now(),
      cpu: isScheduleKnown ? schedule?.onCoreMs : threadCpuMs(),
      runQueueWait: schedule?.waitMs,
      throttled: throttled?.(),
    };
  };
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

const SCHEDULE = "/proc/thread-self/schedstat";

/** Time on a core and time waiting for one, in ms, as Linux tells it. */
function scheduleTimes(): { readonly onCoreMs: number; readonly waitMs: number } | undefined {
  const [onCoreMs, waitMs] = readSystemFile(SCHEDULE)?.split(" ").map((ns) => Number(ns) / 1e6) ?? [];
  // Kernels without these statistics say 0.
  return onCoreMs! > 0 && Number.isFinite(waitMs) ? { onCoreMs: onCoreMs!, waitMs: waitMs! } : undefined;
}

/** CPU time of the thread where Linux does not tell. */
function threadCpuMs(): number | undefined {
  try {
    const { user, system } = nodeModule("node:process").threadCpuUsage();
    return (user + system) / 1000;
  } catch {
    return undefined; // Not on this system.
  }
}
