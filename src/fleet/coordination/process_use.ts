/**
 * What this process uses while a run is on.
 *
 * @module
 */
import { clockResolution } from "../../metrics/machine/clock_resolution.ts";
import { machineLimits } from "../../metrics/machine/machine_limits.ts";
import type { RunObserver } from "../../metrics/tick.ts";
import type { ClientHealth } from "../../result/run_result.ts";
import { cpuTime } from "./cpu_time.ts";

/** Measures from now on: CPU between the two calls, memory at every tick. */
export function watchProcess(): { readonly observe: RunObserver; health(): ClientHealth } {
  const resolution = clockResolution();
  const limits = machineLimits();
  const before = cpuTime();
  const beganMs = performance.now();
  let peakMemoryBytes = Deno.memoryUsage().rss;
  const look = () => {
    peakMemoryBytes = Math.max(peakMemoryBytes, Deno.memoryUsage().rss);
  };
  return {
    observe: look,
    health: () => {
      look();
      const { userSec, systemSec } = cpuTime();
      return {
        cpuUserSec: userSec - before.userSec,
        cpuSystemSec: systemSec - before.systemSec,
        wallSec: (performance.now() - beganMs) / 1000,
        peakMemoryBytes,
        cores: navigator.hardwareConcurrency,
        ...limits,
        ...(resolution !== undefined && { clockResolutionMs: resolution }),
      };
    },
  };
}
