/** Shares of a plan: nothing is lost and nothing is done twice, whatever the parts. */
import { assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import {
  globalNumber,
  partOf,
  partOfUsers,
  rotation,
  userNumber,
  userPosition,
  usersIn,
} from "../../src/plan/share.ts";

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

Deno.test("usersIn(), userNumber() and userPosition() keep groups of users together and leave nobody out", () => {
  for (const group of [1, 3, 10]) {
    for (const parts of [1, 2, 3, 7]) {
      for (const total of [0, 1, 9, 10, 25, 60]) {
        const owners = new Map<number, number>();
        for (let index = 0; index < parts; index++) {
          const share = { index, of: parts, group };
          for (let k = 0; k < usersIn(total, share); k++) {
            const number = userNumber(k, share);
            assertEquals(userPosition(number, share), k);
            owners.set(number, index);
          }
        }
        assertEquals(
          [...owners.keys()].toSorted((a, b) => a - b),
          Array.from({ length: total }, (_, i) => i),
        );
        for (const [number, owner] of owners) assertEquals(owner, Math.floor(number / group) % parts);
      }
    }
  }
});

Deno.test("partOfUsers() divides all of an amount, to every user as much as to another but for the remainder", () => {
  for (const group of [1, 3]) {
    for (const nodes of [1, 2, 3, 7]) {
      for (const users of [1, 3, 10, 25]) {
        for (const total of [1, 2, 60, 101]) {
          const shares = Array.from({ length: nodes }, (_, index) => ({ index, of: nodes, group }));
          const parts = shares.map((share) => partOfUsers(total, { users, share }));
          assertEquals(parts.reduce((sum, part) => sum + part), total);
          shares.forEach((share, i) => {
            const own = usersIn(users, share);
            const [least, most] = [Math.floor(total / users) * own, Math.ceil(total / users) * own];
            assertGreaterOrEqual(parts[i]!, least);
            assertLessOrEqual(parts[i]!, most);
          });
        }
      }
    }
  }
});

Deno.test("rotation() gives every slot all turns in any run of so many, and the whole plan each turn equally often", () => {
  for (const nodes of [1, 2, 3, 4, 6]) {
    for (const length of [1, 2, 3, 4, 6, 9]) {
      const counts = new Array(length).fill(0);
      for (let index = 0; index < nodes; index++) {
        const turnOf = rotation(length, { index, of: nodes });
        const turns = Array.from(
          { length: 3 * length },
          (_, k) => turnOf(globalNumber(k, { index, of: nodes })),
        );
        for (let at = 0; at < turns.length; at += length) {
          assertEquals(
            new Set(turns.slice(at, at + length)).size,
            length,
            `${length} turns, slot ${index} of ${nodes}`,
          );
        }
        for (const turn of turns) counts[turn]++;
      }
      assertEquals(counts, new Array(length).fill(3 * nodes));
    }
  }
});

Deno.test("rotation() of a known total gives each turn as often as one slot would", () => {
  for (const [length, of, total] of [[3, 6, 100], [3, 3, 100], [2, 2, 7], [4, 6, 4], [4, 6, 50]] as const) {
    const numbers = Array.from({ length: total }, (_, k) => k);
    const turns = numbers.map(rotation(length, { index: 0, of }, total)).sort();
    assertEquals(turns, numbers.map((number) => number % length).sort());
  }
});
