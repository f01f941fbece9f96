/** Changes over many runs: found where they are, and seldom where there are none. */
import { assertEquals, assertLess } from "@std/assert";
import { Random } from "../../../src/lib/random.ts";
import { changePoints, type Measured } from "../../../src/result/history/change_points.ts";

/** Values around levels, with noise of a given standard deviation. */
function seriesOf(
  levels: readonly number[],
  { deviation, seed }: { deviation: number; seed: number },
): Measured[] {
  const random = new Random(seed);
  return levels.map((level) => {
    const noise = Array.from({ length: 12 }, () => random.fraction()).reduce((sum, part) => sum + part, -6);
    return { value: level + deviation * noise, variance: 0 };
  });
}

function level(value: number, runs: number): number[] {
  return new Array(runs).fill(value);
}

Deno.test("changePoints() finds a change far beyond the noise at its run", () => {
  const series = seriesOf([...level(100, 8), ...level(120, 7)], { deviation: 3, seed: 1 });
  const [change, ...others] = changePoints(series);
  assertEquals([change!.at, others.length], [8, 0]);
  assertLess(Math.abs(change!.before - 100), 4);
  assertLess(Math.abs(change!.after - 120), 4);
});

Deno.test("changePoints() finds several, in order", () => {
  const series = seriesOf([...level(50, 6), ...level(80, 6), ...level(60, 6)], { deviation: 2, seed: 2 });
  assertEquals(changePoints(series).map(({ at }) => at), [6, 12]);
});

Deno.test("changePoints() finds none in noise, but for one series in some hundred", () => {
  let alarms = 0;
  for (let seed = 0; seed < 400; seed++) {
    const series = seriesOf(level(100, 6 + seed % 30), { deviation: 5, seed });
    if (changePoints(series).length > 0) alarms++;
  }
  assertLess(alarms, 12);
});

Deno.test("changePoints() does not believe runs that happen to agree more than their own noise allows", () => {
  const values = [...level(100, 4), ...level(101, 4)];
  assertEquals(changePoints(values.map((value) => ({ value, variance: 0 }))).map(({ at }) => at), [4]);
  assertEquals(changePoints(values.map((value) => ({ value, variance: 4 }))), []);
});

Deno.test("changePoints() needs three runs on each side", () => {
  assertEquals(changePoints(seriesOf([1, 1, 1, 9, 9], { deviation: 0, seed: 3 })), []);
  assertEquals(changePoints(seriesOf([1, 1, 1, 9, 9, 9], { deviation: 0, seed: 3 })).map(({ at }) => at), [
    3,
  ]);
});
