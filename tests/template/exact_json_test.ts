/** Large numbers in JSON stay as they are. */
import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { JsonDocument, jsonText, parseExactJson } from "../../src/template/exact_json.ts";
import { valueAt } from "../../src/template/json_location.ts";

Deno.test("parseExactJson() keeps whole numbers of any size", () => {
  const value = parseExactJson('{"id": 12345678901234567890, "small": 7, "half": 0.12345678901234567}');
  assertEquals(jsonText(valueAt(value, ["id"])), "12345678901234567890");
  assertEquals(valueAt(value, ["small"]), 7);
  assertEquals(jsonText(value), '{"id":12345678901234567890,"small":7,"half":0.12345678901234566}');
});

Deno.test("parseExactJson() is JSON.parse() for everything else", () => {
  fc.assert(
    fc.property(
      fc.json(),
      (text) => assertEquals(jsonText(parseExactJson(text)), jsonText(JSON.parse(text))),
    ),
  );
});

Deno.test("parseExactJson() keeps large numbers in documents of any depth", () => {
  for (const depth of [1, 1000, 100_000]) {
    const number = "12345678901234567890";
    const text = `{"id":${number},"s":"x\\"${number}","a":${"[".repeat(depth)}-${number}${
      "]".repeat(depth)
    }}`;
    let value = parseExactJson(text) as Record<string, unknown>;
    assertEquals([jsonText(value.id), value.s], [number, `x"${number}`]);
    value = value.a as Record<string, unknown>;
    while (Array.isArray(value)) value = value[0];
    assertEquals(jsonText(value), `-${number}`);
  }
  assertThrows(() => parseExactJson(`${"[".repeat(100_000)}1234567890123456`), SyntaxError);
});

Deno.test("JsonDocument has large numbers as they are spelled, and as they are compared", () => {
  const { value, plain } = new JsonDocument('{"id":12345678901234567890}');
  assertEquals([jsonText(value), plain], ['{"id":12345678901234567890}', { id: 12345678901234567890 }]);
  const small = new JsonDocument('{"id":1}');
  assertEquals(small.plain === small.value, true);
});
