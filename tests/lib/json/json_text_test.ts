/** The text of a JSON result. */
import { assertEquals } from "@std/assert";
import { jsonText } from "../../../src/lib/json/json_text.ts";

Deno.test("jsonText() keeps pairs of numbers on one line and nothing else", () => {
  assertEquals(jsonText([[1, 2.5], [-1, 1e21]]), "[\n  [1, 2.5],\n  [-1, 1e+21]\n]\n");
  assertEquals(jsonText([1, 2, 3]), "[\n  1,\n  2,\n  3\n]\n");
  assertEquals(jsonText(["1", "2"]), '[\n  "1",\n  "2"\n]\n');
});

Deno.test("jsonText() leaves text alone that looks like a pair", () => {
  const value = { a: "[\n  1,\n  2\n]" };
  assertEquals(JSON.parse(jsonText(value)), value);
  assertEquals(jsonText(value), '{\n  "a": "[\\n  1,\\n  2\\n]"\n}\n');
});

Deno.test("jsonText() escapes everything beyond ASCII, pairs of surrogates too", () => {
  assertEquals(jsonText("é😀\x7f"), '"\\u00e9\\ud83d\\ude00\\u007f"\n');
});
