/** Where a start ends. */
import { assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import { warmupLength } from "../../../src/lib/statistics/warmup_length.ts";
import { noiseOfSeed } from "../../_support/noise.ts";

Deno.test("a start of five seconds is found within one", () => {
  const noise = noiseOfSeed(2);
  for (let run = 0; run < 100; run++) {
    const series = Array.from({ length: 30 }, (_, i) => (i < 5 ? 400 + 120 * i : 1000) + 10 * noise.gauss());
    assertAlmostEquals(warmupLength(series)!, 5, 1);
  }
});

Deno.test("where there is no start, little is cut off", () => {
  const noise = noiseOfSeed(3);
  let cut = 0;
  for (let run = 0; run < 100; run++) cut += warmupLength(Array.from({ length: 40 }, noise.gauss)) ?? 20;
  assertLess(cut / 100, 4);
  assertEquals(warmupLength(new Array<number>(20).fill(7)), 0);
});

Deno.test("what still moves at its half has no end of a start", () => {
  assertEquals(warmupLength(Array.from({ length: 40 }, (_, i) => i)), undefined);
  assertEquals(warmupLength([1, 2, 3]), undefined);
});
