/**
 * How long the process was stopped because the CPU quota of a control group was used up, as a container with a CPU limit
 * is: `cpu.stat` of the process's own group and of all groups above it that can be seen (Linux,
 * Documentation/admin-guide/cgroup-v2.rst and scheduler/sched-bwc.rst).
 *
 * @module
 */

import type { ReadSystemFile } from "../lib/files/system_file.ts";

/** Where control groups of each version are mounted. */
const MOUNTS = {
  1: ["/sys/fs/cgroup/cpu", "/sys/fs/cgroup/cpu,cpuacct"],
  2: ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"],
} as const;

/**
 * A function that gives the time stopped so far, in ms, summed over the cores and the groups; `undefined` when the
 * process is in no group that could stop it, or the system does not tell.
 */
export function quotaWatch(read: ReadSystemFile): (() => number) | undefined {
  const files = statFiles(read);
  if (files.length === 0) return undefined;
  return () => files.reduce((sum, file) => sum + (throttledMs(read(file)) ?? 0), 0);
}

function statFiles(read: ReadSystemFile): readonly string[] {
  const files = (read("/proc/self/cgroup") ?? "").split("\n").flatMap((line) => {
    const [, controllers = "", group = ""] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    const version = controllers === "" ? 2 : controllers.split(",").includes("cpu") ? 1 : undefined;
    if (version === undefined || group === "") return [];
    return MOUNTS[version].flatMap((mount) => withParents(group).map((path) => `${mount}${path}/cpu.stat`));
  });
  return [...new Set(files)].filter((file) => throttledMs(read(file)) !== undefined);
}

/** `/a/b`, `/a` and the root, which is empty. */
function withParents(group: string): readonly string[] {
  const parts = group.split("/").filter((part) => part !== "");
  return [...parts.keys(), parts.length].map((count) =>
    parts.slice(0, count).map((part) => `/${part}`).join("")
  );
}

/** Version 2 counts in µs, version 1 in ns. */
function throttledMs(stat = ""): number | undefined {
  const [, unit, value] = /^throttled_(usec|time) (\d+)$/m.exec(stat) ?? [];
  return value === undefined ? undefined : Number(value) / (unit === "usec" ? 1e3 : 1e6);
}
