/** Where JSON is wrong, without quoting what may be secret. */
import { assertEquals } from "@std/assert";
import { jsonMistake } from "../../../src/lib/json/json_error.ts";

for (
  const [text, line, reason] of [
    ["", 1, "Unexpected end of JSON input"],
    ["secret", 1, "Unexpected token 's'"],
    ['{"a": secret}', 1, "Unexpected token 's'"],
    ['{\n"a": 1,\n\n"b": secret and more than ten characters\n}\n', 4, "Unexpected token 's'"],
    ['{"a": 1,, "b": "secret secret"}', 1, "Expected double-quoted property name"],
    ['[1,\n, "secret secret"]', 2, "Unexpected token ','"],
    ['{\n"a": "secret\n"}', 2, "Bad control character in string literal"],
    ['{"a": "secret', 1, "Unterminated string"],
    ["\n[1, 2", 2, "Expected ',' or ']' after array element"],
    ["[1]\nsecret", 2, "Unexpected non-whitespace character after JSON"],
  ] as const
) {
  Deno.test(`jsonMistake() finds the line and quotes nothing of ${JSON.stringify(text)}`, () => {
    let thrown: unknown;
    try {
      JSON.parse(text);
    } catch (error) {
      thrown = error;
    }
    assertEquals(jsonMistake(thrown, text), { line, reason });
  });
}
