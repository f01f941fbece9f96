/**
 * What this process uses while a run is on.
 *
 * @module
 */
import process from "node:process";
import { clockResolution } from "../../metrics/machine/clock_resolution.ts";
import { machineLimits } from "../../metrics/machine/machine_limits.ts";
import type { RunObserver } from "../../metrics/tick.ts";
import type { ClientHealth } from "../../result/run_result.ts";

/** Measures from now on: CPU between the two calls, memory at every tick. */
export function watchProcess(): { readonly observe: RunObserver; health(): ClientHealth } {
  const resolution = clockResolution();
  const limits = machineLimits();
  const before = process.cpuUsage();
  const beganMs = performance.now();
  let peakMemoryBytes = Deno.memoryUsage().rss;
  const look = () => {
    peakMemoryBytes = Math.max(peakMemoryBytes, Deno.memoryUsage().rss);
  };
  return {
    observe: look,
    health: () => {
      look();
      const { user, system } = process.cpuUsage(before);
      return {
        cpuUserSec: user / 1e6,
        cpuSystemSec: system / 1e6,
        wallSec: (performance.now() - beganMs) / 1000,
        peakMemoryBytes,
        cores: navigator.hardwareConcurrency,
        ...limits,
        ...(resolution !== undefined && { clockResolutionMs: resolution }),
      };
    },
  };
}
