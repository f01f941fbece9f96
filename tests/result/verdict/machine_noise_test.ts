/** The figure for `--run-noise` covers how far equal runs lie apart. */
import { assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import { machineNoise, type NoiseRun } from "../../../src/result/verdict/machine_noise.ts";
import { noiseOfSeed } from "../../_support/noise.ts";

Deno.test("the figure is that of the metric that scatters most for its kind, and covers what few runs miss", () => {
  const { gauss } = noiseOfSeed(4);
  const runs = Array.from({ length: 400 }, (): NoiseRun => ({
    rps: 1000 * Math.exp(0.02 * gauss()),
    p50: 5 * Math.exp(0.01 * gauss()),
    p95: 9 * Math.exp(0.02 * gauss()),
    p99: 20 * Math.exp(0.04 * gauss()),
  }));
  const { percent, runNoisePercent } = machineNoise(runs);
  assertAlmostEquals(percent.rps, 2, 0.3);
  assertAlmostEquals(percent.p99, 4, 0.5);
  assertAlmostEquals(runNoisePercent, 2.05, 0.3);
  let covered = 0;
  for (let i = 0; i < 400; i += 8) if (machineNoise(runs.slice(i, i + 8)).runNoisePercent >= 2) covered++;
  assertGreater(covered, 33);
  assertLess(covered, 50);
});

Deno.test("runs that are all the same leave a little", () => {
  const same = { rps: 10, p50: 1, p95: 2, p99: 3 };
  assertEquals(machineNoise([same, same, same]).runNoisePercent, 0.1);
});
