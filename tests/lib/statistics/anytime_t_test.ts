/** Intervals that are watched all the time hold the truth as often as they say. */
import { assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import { anytimeInterval, anytimeReach } from "../../../src/lib/statistics/anytime_t.ts";
import { noiseOfSeed } from "../../_support/noise.ts";

/** How many of so many sequences have an interval somewhere that does not hold the true mean, 0. */
function misses(draw: () => () => number, { runs, length, alpha }: {
  readonly runs: number;
  readonly length: number;
  readonly alpha: number;
}): number {
  let count = 0;
  for (let run = 0; run < runs; run++) {
    const next = draw();
    const values: number[] = [];
    for (let i = 0; i < length; i++) {
      values.push(next());
      const { mean, reach } = anytimeInterval(values, alpha);
      if (Math.abs(mean) <= reach) continue;
      count++;
      break;
    }
  }
  return count;
}

Deno.test("an interval that is watched at every number is wrong no more often than it says", () => {
  const noise = noiseOfSeed(1);
  const plain = () => noise.gauss;
  const farOut = () => () => noise.gauss() * (noise.fraction() < 0.1 ? 6 : 1);
  const restless = () => {
    let level = 1;
    return () => (level = Math.min(Math.max(level * Math.exp(0.3 * noise.gauss()), 0.3), 4)) * noise.gauss();
  };
  for (const draw of [plain, farOut, restless]) {
    assertLess(misses(draw, { runs: 1000, length: 40, alpha: 0.05 }), 50);
    assertLess(misses(draw, { runs: 1000, length: 40, alpha: 0.01 }), 11);
  }
});

Deno.test("an interval narrows with more numbers, and is as wide as the formula says", () => {
  const reaches = [12, 20, 40, 80, 160].map((n) => anytimeReach(n, 1, 0.01));
  reaches.slice(1).forEach((reach, i) => assertLess(reach, reaches[i]!));
  // Put into the ratio of likelihoods, its end gives exactly 1/α.
  const [n, alpha] = [40, 0.01];
  const u = n * anytimeReach(n, 1, alpha) ** 2 / (n - 1);
  const ratio = (1 + n) ** -0.5 * ((1 + u) / (1 + u / (1 + n))) ** (n / 2);
  assertAlmostEquals(ratio, 1 / alpha, 1e-6);
});

Deno.test("too few numbers tell nothing, and equal ones no less than they can", () => {
  assertEquals(anytimeInterval([], 0.01), { mean: 0, reach: Infinity });
  assertEquals(anytimeInterval([5], 0.01).reach, Infinity);
  assertEquals(anytimeReach(5, 1, 0.001), Infinity);
  const zeros = new Array<number>(30).fill(0);
  assertEquals(anytimeInterval(zeros, 0.01).reach, 0);
  assertGreater(anytimeInterval(zeros, 0.01, 0.5).reach, 0.3);
});
