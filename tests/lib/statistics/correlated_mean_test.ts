/** How well a mean is known, where neighbours are alike and the series ends because it is known. */
import { assertEquals, assertGreater } from "@std/assert";
import { reachOfMean } from "../../../src/lib/statistics/correlated_mean.ts";
import { alikeNumbers, noiseOfSeed } from "../../_support/noise.ts";

/** Ends series as soon as their mean is known to `reach`; how many then hold the truth, and how many came so far. */
function stopped(alike: number, { runs, reach, white = 0 }: {
  readonly runs: number;
  readonly reach: number;
  /** What each number scatters besides. */
  readonly white?: number;
}): { readonly holds: number; readonly ends: number } {
  const noise = noiseOfSeed(7);
  let [holds, ends] = [0, 0];
  for (let run = 0; run < runs; run++) {
    const all = alikeNumbers(noise, 800, alike).map((value) => value + white * noise.gauss());
    for (let n = 10; n <= all.length; n += 8) {
      const series = all.slice(0, n);
      if ((reachOfMean(series, 0.95) ?? Infinity) > reach) continue;
      ends++;
      if (Math.abs(series.reduce((sum, value) => sum + value, 0) / n) <= reach) holds++;
      break;
    }
  }
  return { holds, ends };
}

for (
  const [name, alike, white, reach] of [
    ["unlike", 0, 0, 0.3],
    ["somewhat alike", 0.5, 0.5, 0.35],
    ["much alike", 0.8, 0.3, 0.45],
    ["very much alike", 0.9, 0.5, 0.8],
  ] as const
) {
  Deno.test(`a mean of numbers that are ${name} is known when a run ends because it is`, () => {
    const { holds, ends } = stopped(alike, { runs: 100, reach, white });
    assertGreater(ends, 80);
    assertGreater(holds / ends, 0.9);
  });
}

Deno.test("numbers that all move one way have no mean that could be known", () => {
  assertGreater(reachOfMean(Array.from({ length: 200 }, (_, i) => i), 0.95)!, 100);
  assertEquals(reachOfMean([1, 2, 3], 0.95), undefined);
  assertEquals(reachOfMean(new Array<number>(40).fill(3), 0.95), 0);
});
