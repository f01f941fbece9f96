/** Tables of options joined to one. */
import { assertEquals, assertThrows } from "@std/assert";
import { joinTables } from "../../src/options/join.ts";
import { text, toggle } from "../../src/options/option_types.ts";
import { defineOptions } from "../../src/options/option.ts";
import type { ValuesOf } from "../../src/options/option.ts";

const first = defineOptions({
  one: { short: "-o", long: "--one", type: text(), group: "General", default: "x", help: "" },
});
const second = defineOptions({
  two: { long: "--two", negation: "--no-two", type: toggle, group: "General", requires: ["one"], help: "" },
});

Deno.test("joinTables() keeps every option, its type, and the order", () => {
  const joined = joinTables(first, second);
  const values: ValuesOf<typeof joined> = { one: "typed", two: undefined };
  assertEquals([Object.keys(joined), values.one], [["one", "two"], "typed"]);
});

for (
  const [what, other] of [
    ["property", { one: { long: "--other", type: text(), group: "General", help: "" } }],
    ["short flag", { three: { short: "-o", long: "--three", type: text(), group: "General", help: "" } }],
    ["long flag", { three: { long: "--one", type: text(), group: "General", help: "" } }],
    ["alias", { three: { long: "--three", aliases: ["--one"], type: text(), group: "General", help: "" } }],
  ] as const
) {
  Deno.test(`joinTables() refuses a shared ${what}`, () => {
    assertThrows(() => joinTables(first, other), TypeError, "share the name");
  });
}

Deno.test("joinTables() refuses relations to options that there are not", () => {
  assertThrows(() => joinTables(second), TypeError, 'Option "two" names an unknown option "one"');
});
