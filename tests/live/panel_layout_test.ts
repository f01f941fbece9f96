/** Parts of the dashboard fill their area exactly, whatever is in them. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { PLAIN_STYLE } from "../../src/lib/style.ts";
import { type Area, blank, ends, fitted, plain, sideBySide, titled } from "../../src/live/panel_layout.ts";
import { cellsOf } from "../../src/live/text_cells.ts";

Deno.test("panels side by side fill every cell of every row", () => {
  const sizes = fc.record({
    width: fc.integer({ min: 20, max: 200 }),
    height: fc.integer({ min: 1, max: 20 }),
    panels: fc.integer({ min: 1, max: 4 }),
    rows: fc.integer({ min: 0, max: 30 }),
  });
  fc.assert(fc.property(sizes, ({ width, height, panels, rows }) => {
    const area: Area = { width, height, style: PLAIN_STYLE };
    const panel = (own: Area) => fitted(blank(rows, own.width).map((row) => row.replaceAll(" ", "x")), own);
    const drawn = sideBySide(new Array(panels).fill(panel), area);
    assertEquals(drawn.map(cellsOf), new Array(height).fill(width));
  }));
});

Deno.test("ends() keeps the start readable: the end goes first", () => {
  assertEquals(ends(["left", plain], ["right", plain], 16), "left       right");
  assertEquals(ends(["left", plain], ["right", plain], 10), "left      ");
  assertEquals(cellsOf(ends(["a long title that is cut", plain], ["end", plain], 30)), 30);
});

Deno.test("titled() has its title whatever the height", () => {
  const area: Area = { width: 8, height: 2, style: PLAIN_STYLE };
  assertEquals(titled("Title", area, ["one     ", "two     "]), ["Title   ", "one     "]);
  assertEquals(titled("Title", area, []), ["Title   ", "        "]);
});
