/** Shares of a plan over nodes and threads. */
import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { shareOut } from "../../../src/fleet/coordination/share_out.ts";

Deno.test("shareOut() numbers each share once, and no node does more than it can", () => {
  fc.assert(fc.property(
    fc.array(fc.integer({ min: 1, max: 16 }), { minLength: 1, maxLength: 12 }),
    fc.integer({ min: 1, max: 300 }),
    (threads, users) => {
      const shares = shareOut(threads, { users });
      const all = shares.flat();
      const numbers = all.map(({ index }) => index).sort((a, b) => a - b);
      assertEquals(numbers, numbers.map((_, i) => i));
      assert(all.every(({ of }) => of === all.length));
      shares.forEach((own, node) => assert(own.length >= 1 && own.length <= threads[node]!));
      if (users >= threads.length) assertLessOrEqual(all.length, users);
    },
  ));
});

Deno.test("shareOut() gives what does not divide to different nodes", () => {
  const shares = shareOut([4, 4, 4], { users: 4 });
  assertEquals(shares.map((own) => own.map(({ index }) => index)), [[0, 3], [1], [2]]);
});
