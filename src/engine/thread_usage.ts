/**
 * What the calling thread used: CPU time from the operating system, and on Linux how long it was ready to run while no
 * core was free for it (the second number of `/proc/thread-self/schedstat`, Documentation/scheduler/sched-stats.rst).
 * Both tell a slow server from a client that could not keep up. What the system does not tell is absent.
 *
 * @module
 */
import process from "node:process";

/** What one thread used over a stretch of time, in ms. */
export interface ThreadUsage {
  readonly wallMs: number;
  /** On a core; counted by the system in steps of up to 10 ms. */
  readonly cpuMs?: number;
  /** Ready to run, waiting for a core. */
  readonly runQueueWaitMs?: number;
}

/** The clocks of a thread since it began, in ms. */
interface Clocks {
  readonly wall: number;
  readonly cpu: number | undefined;
  readonly runQueueWait: number | undefined;
}

/** Watches the calling thread; each call of the function gives what was used since the call before. */
export function watchThread(): () => ThreadUsage {
  const mayReadSchedule = isScheduleReadable();
  const read = (): Clocks => ({
    wall: performance.now(),
    cpu: threadCpuMs(),
    runQueueWait: mayReadSchedule ? runQueueWaitMs() : undefined,
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

/** Asks without a prompt; the file needs all permissions. */
function isScheduleReadable(): boolean {
  if (Deno.build.os !== "linux") return false;
  return Deno.permissions.querySync({ name: "read" }).state === "granted" && runQueueWaitMs() !== undefined;
}

function runQueueWaitMs(): number | undefined {
  try {
    const waitNs = Number(Deno.readTextFileSync(SCHEDULE).split(" ")[1]);
    return Number.isFinite(waitNs) ? waitNs / 1e6 : undefined;
  } catch {
    return undefined; // Another kernel, or a permission less.
  }
}
