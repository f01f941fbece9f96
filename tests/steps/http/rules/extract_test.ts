/** Values taken from responses. */
import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../../src/lib/errors.ts";
import { loadPatternCompiler } from "../../../../src/lib/safe_pattern.ts";
import { loadPathCompiler } from "../../../../src/template/json_path.ts";
import type { ExtractRule } from "../../../../src/plan/http_step.ts";
import type { DataValue } from "../../../../src/plan/scenario.ts";
import { compileExtract } from "../../../../src/steps/http/rules/extract.ts";
import { responseOf, type ResponseParts } from "./_responses.ts";

const compilers = { pattern: await loadPatternCompiler(), path: await loadPathCompiler(["$..*"]) };

function take(from: ExtractRule["from"], expression: string, parts: ResponseParts): DataValue | undefined {
  return compileExtract({ name: "x", from, expression }, compilers).take(responseOf(parts));
}

Deno.test("a json rule takes values with their types, and spells what has none", () => {
  const body =
    '{"s":"a\\"b","t":true,"n":1.50,"big":98765432109876543210,"o":{"a":[1, null]},"z":null,"e":""}';
  const rows: readonly (readonly [path: string, value: DataValue | undefined])[] = [
    ["s", 'a"b'],
    ["t", true],
    ["n", 1.5],
    ["big", { json: "98765432109876543210" }],
    ["o", { json: '{"a":[1,null]}' }],
    ["o.a[0]", 1],
    ["z", undefined],
    ["e", ""],
    ["none", undefined],
    ["o.a[*]", 1],
    ["$..big", { json: "98765432109876543210" }],
    ["$.o[?@ == 2]", undefined],
  ];
  for (const [path, value] of rows) assertEquals(take("json", path, { body }), value, path);
  assertEquals(take("json", "$", { body: "7" }), 7);
});

Deno.test("a json rule finds nothing in what is not JSON", () => {
  for (const body of ["", "<html>", "{", new Uint8Array([0xff])]) {
    assertEquals(take("json", "$", { body }), undefined);
  }
});

Deno.test("a header rule takes the value, whatever the case, and all values of a list", () => {
  const headers = [
    "Location: /next?a:b",
    "vary: a",
    "Vary: b",
    "Set-Cookie: s=1",
    "Set-Cookie: t=2",
    "Empty:",
  ];
  assertEquals(take("header", "location", { headers }), "/next?a:b");
  assertEquals(take("header", "VARY", { headers }), "a, b");
  assertEquals(take("header", "Set-Cookie", { headers }), "s=1");
  assertEquals(take("header", "empty", { headers }), "");
  assertEquals(take("header", "none", { headers }), undefined);
});

Deno.test("a regex rule takes the first group, decoded as UTF-8", () => {
  assertEquals(take("regex", "id=(.)", { body: "id=ü id=x" }), "ü");
  assertEquals(take("regex", "id=(.)", { body: Uint8Array.of(0x69, 0x64, 0x3d, 0xff) }), "\ufffd");
  assertEquals(take("regex", "no=(.)", { body: "id=1" }), undefined);
});

Deno.test("the key of a failed rule holds the rule and nothing of the answer", () => {
  const key = (from: ExtractRule["from"], expression: string) =>
    compileExtract({ name: "token", from, expression }, compilers).failure;
  assertEquals(key("json", "$.t"), "ExtractFailure: token: nothing at JSON path $.t");
  assertEquals(key("header", "X-T"), 'ExtractFailure: token: no header "X-T"');
  assertEquals(key("regex", "t=(.)"), "ExtractFailure: token: no match for t=(.)");
});

Deno.test("compileExtract() refuses a pattern without a group", () => {
  assertThrows(
    () => compileExtract({ name: "x", from: "regex", expression: "(?:a)" }, compilers),
    UsageError,
    "expected a group",
  );
});
