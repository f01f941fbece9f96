import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { UsageError } from "../../src/lib/errors.ts";
import { jsonText, parseExactJson, parseJsonPath, valueAt } from "../../src/template/json_path.ts";

const DOCUMENT = {
  token: "t",
  $id: 1,
  nothing: null,
  user: { "e-mail": "a@b", "a.b": { c: [10, 20, 30] } },
  list: [{ id: 1 }, [2, 3]],
};

Deno.test("valueAt() finds what a path leads to", () => {
  const rows: readonly (readonly [path: string, value: unknown])[] = [
    ["token", "t"],
    [".token", "t"],
    ["$.token", "t"],
    ["$['token']", "t"],
    ["$", DOCUMENT],
    ["$id", 1],
    ["$.$id", 1],
    ["nothing", null],
    ["nothing.more", undefined],
    ["user.e-mail", "a@b"],
    ['user["a.b"].c[1]', 20],
    ["user['a.b'].c[-1]", 30],
    ["user['a.b'].c[3]", undefined],
    ["user['a.b'].c[-4]", undefined],
    ["list[0].id", 1],
    ["list.0.id", 1],
    ["list[1][1]", 3],
    ["list.length", undefined],
    ["token.length", undefined],
    ["token[0]", undefined],
    ["user.toString", undefined],
    ["user.__proto__", undefined],
  ];
  for (const [path, value] of rows) assertEquals(valueAt(DOCUMENT, parseJsonPath(path)), value, path);
});

Deno.test("parseJsonPath() refuses what is no path to one value", () => {
  for (
    const path of [
      "",
      ".",
      "$.",
      "a..b",
      "a[*]",
      "a.*",
      "a[0:2]",
      "a[?x]",
      "a[b]",
      "a[1.5]",
      "a b",
      "a[",
      '["a"',
      "[]",
    ]
  ) {
    assertThrows(() => parseJsonPath(path), UsageError, `Cannot read JSON path "${path}"`);
  }
});

Deno.test("parseJsonPath() reads what was written in brackets", () => {
  const name = fc.string().filter((text) => !/["\\]/.test(text));
  fc.assert(fc.property(fc.array(fc.oneof(name, fc.integer())), (path) => {
    const text = "$" + path.map((part) => typeof part === "string" ? `["${part}"]` : `[${part}]`).join("");
    assertEquals(parseJsonPath(text), path);
  }));
});

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
