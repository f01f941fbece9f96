/** When text is coloured. */
import { assertEquals } from "@std/assert";
import { type ColorFacts, styleFor, wantsColor } from "../../src/lib/style.ts";

const FACTS: ColorFacts = { isTerminal: true, noColor: undefined, forceColor: undefined, term: "xterm" };

const ROWS: readonly (readonly [string, Partial<ColorFacts>, boolean])[] = [
  ["a terminal has colours", {}, true],
  ["a file has none", { isTerminal: false }, false],
  ["a dumb terminal has none", { term: "dumb" }, false],
  ["NO_COLOR switches them off", { noColor: "1" }, false],
  ["an empty NO_COLOR does nothing", { noColor: "" }, true],
  ["FORCE_COLOR switches them on without a terminal", { isTerminal: false, forceColor: "1" }, true],
  ["FORCE_COLOR=0 switches them off", { forceColor: "0" }, false],
  ["NO_COLOR beats FORCE_COLOR", { noColor: "1", forceColor: "1" }, false],
];

for (const [claim, changes, expected] of ROWS) {
  Deno.test(`wantsColor(): ${claim}`, () => {
    assertEquals(wantsColor({ ...FACTS, ...changes }), expected);
  });
}

Deno.test("styleFor(false) leaves every text as it is", () => {
  for (const paint of Object.values(styleFor(false))) assertEquals(paint("x"), "x");
});

Deno.test("styleFor(true) paints, whatever the environment says", () => {
  const style = styleFor(true);
  assertEquals(style.bad("x"), "\x1b[31mx\x1b[39m");
  assertEquals(style.good("x"), "\x1b[32mx\x1b[39m");
  assertEquals(style.heading("x"), "\x1b[1mx\x1b[22m");
});
