/** Text from outside in terminals, HTML, XML, CSV and Markdown. */
import { assertEquals, assertNotMatch } from "@std/assert";
import fc from "fast-check";
import { escapeCsvCell, escapeHtml, escapeMarkdown, escapeTerminal } from "../../src/lib/escape.ts";

for (
  const [what, text, expected] of [
    ["escape sequences", "\u001b[31mred\u001b]0;t\u0007", "\\x1b[31mred\\x1b]0;t\\x07"],
    ["C1 controls", "a\u009b2Jb\u0085", "a\\x9b2Jb\\x85"],
    ["line breaks and tabs", "a\r\nb\tc", "a\\r\\nb\\tc"],
    ["line separators", "a\u2028b", "a\\u2028b"],
    ["bidirectional overrides", "a\u202eb\u2066c\u2069", "a\\u202eb\\u2066c\\u2069"],
    ["byte order marks and tags", "\ufeff\u{e0041}", "\\ufeff\\u{e0041}"],
    ["lone surrogates", "\ud800x", "\\ud800x"],
  ] as const
) {
  Deno.test(`escapeTerminal() shows ${what}`, () => assertEquals(escapeTerminal(text), expected));
}

Deno.test("escapeTerminal() leaves letters, marks and emoji alone", () => {
  const text = "Grüße, 世界, عربي, e\u0301, 👩\u200d💻";
  assertEquals(escapeTerminal(text), text);
});

Deno.test("escapeTerminal() leaves no control character in any text", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    assertNotMatch(escapeTerminal(text), /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
  }));
});

Deno.test("escapeHtml() leaves nothing that could start or end a tag or an attribute", () => {
  fc.assert(fc.property(fc.string(), (text) => assertNotMatch(escapeHtml(text), /[<>"']/)));
  assertEquals(escapeHtml("&lt;"), "&amp;lt;");
});

Deno.test("escapeMarkdown() keeps a table cell in one cell and on one line", () => {
  assertEquals(escapeMarkdown("a | b\n\n# c\\|"), "a \\| b \\# c\\\\\\|");
  assertEquals(escapeMarkdown("[x](http://y) `z`"), "\\[x\\]\\(http://y\\) \\`z\\`");
});

for (const text of ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "\uff1d1"]) {
  Deno.test(`escapeCsvCell() defuses ${JSON.stringify(text)}`, () => {
    assertEquals(escapeCsvCell(text), `'${text}`);
  });
}

for (const text of ["", "abc", "-12.5", "+3", "1e3", "a=b", "GET /a-b"]) {
  Deno.test(`escapeCsvCell() leaves ${JSON.stringify(text)}`, () => assertEquals(escapeCsvCell(text), text));
}
