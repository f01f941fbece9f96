/** The CPU quota of control groups of both versions, as files tell it. */
import { assertEquals } from "@std/assert";
import { quotaWatch } from "../../src/engine/cpu_quota.ts";

function systemOf(files: Record<string, string>): (path: string) => string | undefined {
  return (path) => files[path];
}

const V2 = "usage_usec 100\nnr_periods 50\nnr_throttled 20\nthrottled_usec 800000\n";
const V1 = "nr_periods 50\nnr_throttled 20\nthrottled_time 800000000\n";
/** The root of version 2 has no limits of its own. */
const ROOT = "usage_usec 100\n";

for (
  const [title, files, expected] of [
    ["version 2", { "/proc/self/cgroup": "0::/pod/box\n", "/sys/fs/cgroup/pod/box/cpu.stat": V2 }, 800],
    ["version 2, inside a container", { "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.stat": V2 }, 800],
    [
      "the groups above",
      {
        "/proc/self/cgroup": "0::/pod/box\n",
        "/sys/fs/cgroup/cpu.stat": ROOT,
        "/sys/fs/cgroup/pod/cpu.stat": V2,
        "/sys/fs/cgroup/pod/box/cpu.stat": V2.replace("800000", "0"),
      },
      800,
    ],
    ["version 1", {
      "/proc/self/cgroup": "4:memory:/x\n3:cpu,cpuacct:/box\n0::/\n",
      "/sys/fs/cgroup/cpu,cpuacct/box/cpu.stat": V1,
    }, 800],
    [
      "a group that the container cannot see, and its root",
      { "/proc/self/cgroup": "3:cpu:/docker/abc\n", "/sys/fs/cgroup/cpu/cpu.stat": V1 },
      800,
    ],
    ["no limits", { "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.stat": ROOT }, undefined],
    ["another system", {}, undefined],
  ] as const
) {
  Deno.test(`quotaWatch() on ${title}: ${expected ?? "nothing"}`, () => {
    assertEquals(quotaWatch(systemOf(files as Record<string, string>))?.(), expected);
  });
}

Deno.test("quotaWatch() reads again at every call", () => {
  const files: Record<string, string> = { "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.stat": V2 };
  const throttledMs = quotaWatch(systemOf(files))!;
  assertEquals(throttledMs(), 800);
  files["/sys/fs/cgroup/cpu.stat"] = V2.replace("800000", "900000");
  assertEquals(throttledMs(), 900);
});
