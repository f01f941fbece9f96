/** How wide text is on a terminal. */
import { assertEquals } from "@std/assert";
import { cellsOf, clipped, left, right } from "../../src/live/text_cells.ts";

Deno.test("cellsOf() counts wide characters twice and joined ones once", () => {
  assertEquals(["abc", "日本", "é", "👩‍👩‍👧", "✓ p95 ≥"].map(cellsOf), [3, 4, 1, 2, 7]);
});

Deno.test("clipped() cuts between characters as people see them", () => {
  assertEquals(clipped("日本語", 4), "日…");
  assertEquals(clipped("a👩‍👩‍👧b", 3), "a…");
  assertEquals([clipped("abc", 3), clipped("abc", 1), clipped("abc", 0)], ["abc", "…", ""]);
});

Deno.test("left() and right() fill exactly, and print no control characters", () => {
  assertEquals([left("日", 4), right("日", 4)], ["日  ", "  日"]);
  assertEquals(left("\x1b[2J", 8), "\\x1b[2J ");
});
