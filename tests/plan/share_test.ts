import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { globalNumber, partOf } from "../../src/plan/share.ts";

Deno.test("partOf() gives the remainder to the first shares", () => {
  assertEquals([0, 1, 2].map((index) => partOf(7, { index, of: 3 })), [3, 2, 2]);
  assertEquals([0, 1, 2].map((index) => partOf(2, { index, of: 3 })), [1, 1, 0]);
});

Deno.test("the numbers of all shares are exactly the plan's", () => {
  fc.assert(fc.property(fc.nat(500), fc.integer({ min: 1, max: 9 }), (total, of) => {
    const numbers = Array.from({ length: of }, (_, index) => ({ index, of })).flatMap((share) =>
      Array.from({ length: partOf(total, share) }, (_, k) => globalNumber(k, share))
    );
    assertEquals(numbers.sort((a, b) => a - b), Array.from({ length: total }, (_, k) => k));
  }));
});
