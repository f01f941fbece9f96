/** Which addresses of a name a connection tries, and in which order. */
import { assertEquals } from "@std/assert";
import { type Addresses, inTurn, nextOf } from "../../../src/client/net/addresses.ts";

function addresses(down: Readonly<Record<string, number>> = {}): Addresses {
  return { list: ["a", "b", "c"], next: 0, downUntilMs: new Map(Object.entries(down)) };
}

Deno.test("every connection begins with another address", () => {
  const known = addresses();
  assertEquals([0, 1, 2, 3].map(() => inTurn(known, 0).join("")), ["abc", "bca", "cab", "abc"]);
  assertEquals([nextOf(known), nextOf(known), nextOf(known)], ["b", "c", "a"]);
});

Deno.test("an address that refused comes last until its time is over", () => {
  const known = addresses({ b: 100 });
  assertEquals([99, 99].map((nowMs) => inTurn(known, nowMs).join("")), ["acb", "cab"]);
  assertEquals(inTurn(known, 100).length, 3);
  assertEquals(inTurn({ ...addresses({ b: 100 }) }, 100).join(""), "abc");
});

Deno.test("when all have refused, all are tried", () => {
  assertEquals(inTurn(addresses({ a: 9, b: 9, c: 9 }), 1).join(""), "abc");
});
