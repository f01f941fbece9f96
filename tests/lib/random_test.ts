/** Random numbers: the same for the same seed, evenly spread, apart for different users. */
import { assert, assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { fractionFor, Random } from "../../src/lib/random.ts";

function draw(random: Random, count: number): number[] {
  return Array.from({ length: count }, () => random.uint32());
}

Deno.test("Random gives the same sequence for the same seed and stream", () => {
  fc.assert(fc.property(fc.maxSafeNat(), fc.nat(), (seed, stream) => {
    assertEquals(draw(new Random(seed, stream), 5), draw(new Random(seed, stream), 5));
  }));
});

Deno.test("Random gives other sequences for other seeds, streams and high halves of a seed", () => {
  const sequences = [new Random(1), new Random(2), new Random(1, 1), new Random(1 + 2 ** 40)].map((random) =>
    draw(random, 3).join()
  );
  assertEquals(new Set(sequences).size, sequences.length);
});

Deno.test("Random.integer() stays within its bounds and reaches both", () => {
  const random = new Random(3);
  const seen = new Set(Array.from({ length: 500 }, () => random.integer(-2, 2)));
  assertEquals([...seen].sort((a, b) => a - b), [-2, -1, 0, 1, 2]);
  fc.assert(fc.property(fc.integer(), fc.integer(), (a, b) => {
    const [min, max] = a < b ? [a, b] : [b, a];
    const value = random.integer(min, max);
    assert(Number.isInteger(value) && value >= min && value <= max);
  }));
});

Deno.test("Random.fraction() is spread evenly over 0 to 1", () => {
  const random = new Random(99, 5);
  const tenths = new Array<number>(10).fill(0);
  for (let i = 0; i < 20_000; i++) tenths[Math.floor(random.fraction() * 10)]! += 1;
  for (const count of tenths) assertAlmostEquals(count / 20_000, 0.1, 0.015);
});

Deno.test("Random streams with neighbouring numbers do not follow each other", () => {
  const firsts = Array.from({ length: 20_000 }, (_, user) => new Random(1, user).fraction());
  assertAlmostEquals(firsts.reduce((sum, value) => sum + value) / firsts.length, 0.5, 0.02);
  assertEquals(new Set(firsts).size, firsts.length);
});

Deno.test("fractionFor() differs from number to number and covers 0 to 1 evenly", () => {
  assertNotEquals(fractionFor(1, 1), fractionFor(1, 2));
  let low = 0;
  for (let k = 0; k < 20_000; k++) if (fractionFor(5, k) < 0.25) low++;
  assertAlmostEquals(low / 20_000, 0.25, 0.02);
});
