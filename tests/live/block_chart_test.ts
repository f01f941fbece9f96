/** Charts of block characters. */
import { assertEquals } from "@std/assert";
import { areaRows, barText, timeColumns } from "../../src/live/block_chart.ts";

Deno.test("areaRows() shows the smallest value, and nothing for nothing", () => {
  assertEquals(areaRows([1e-9, 0, undefined, 1e9], { height: 1, top: 1e9 }), ["▁  █"]);
  assertEquals(areaRows([0, 0], { height: 2, top: 0 }), ["  ", "  "]);
  assertEquals(areaRows([5], { height: 0, top: 5 }), []);
});

Deno.test("barText() never exceeds its width, and shows the smallest share", () => {
  assertEquals([2, 1, 0.5, 0.01, 0, NaN].map((share) => barText(share, 4)), [
    "━━━━",
    "━━━━",
    "━━",
    "╸",
    "",
    "",
  ]);
  assertEquals(barText(1, 0), "");
});

const COLUMNS = [
  ["a known length that fits", [1, 2], { width: 9, expected: 4 }, [1, 1, 2, 2]],
  ["room for gaps between seconds", [1, 2], { width: 9, expected: 3 }, [1, 1, undefined, 2, 2]],
  ["a known length that does not fit", [1, 2], { width: 3, expected: 4 }, [1, 2]],
  ["more seconds than columns", [1, 2, 3, 4], { width: 3, expected: 9 }, [2, 3, 4]],
  ["an unknown length", [1, 2], { width: 5, expected: undefined }, [1, 2]],
  ["longer than was expected", [1, 2, 3], { width: 6, expected: 2 }, [1, 1, 2, 2, 3, 3]],
] as const;

for (const [claim, seconds, options, expected] of COLUMNS) {
  Deno.test(`timeColumns() of ${claim}`, () => {
    const columns = timeColumns<number>(seconds, options);
    assertEquals(columns.length, options.width);
    const rest = new Array(options.width - expected.length).fill(undefined);
    assertEquals(columns, [...expected, ...rest]);
  });
}
