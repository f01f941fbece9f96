/** Values taken from responses. */
import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../../src/lib/errors.ts";
import { Random } from "../../../../src/lib/random.ts";
import type { ExtractRule } from "../../../../src/plan/http_step.ts";
import type { DataValue } from "../../../../src/plan/scenario.ts";
import { compileExtract } from "../../../../src/steps/http/rules/extract.ts";
import { loadRuleCompilers } from "../../../../src/steps/http/rules/rule_compilers.ts";
import { responseOf, type ResponseParts } from "./_responses.ts";

const compilers = await loadRuleCompilers([{
  checks: [],
  extract: [
    { name: "a", from: "json", expression: "$..*", decode: "html" },
    { name: "b", from: "regex", expression: "(a)" },
  ],
}]);

function take(
  from: ExtractRule["from"],
  expression: string,
  parts: ResponseParts,
  options: Partial<ExtractRule> = {},
): DataValue | undefined {
  const extractor = compileExtract({ name: "x", from, expression, ...options }, compilers);
  return extractor.take(responseOf(parts), new Random(1));
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

Deno.test("pick chooses among several values: of a path, of a list, of matches", () => {
  const body = '{"items":[{"id":1},{"id":2},{"id":3}],"empty":[],"page":"a=1 a=2 a=3"}';
  const rows: readonly (readonly [string, ExtractRule["pick"] & string, DataValue | undefined])[] = [
    ["items[*].id", "last", 3],
    ["items[*].id", "all", { json: "[1,2,3]" }],
    ["items[*].id", "count", 3],
    ["items", "count", 3],
    ["items", "last", { json: '{"id":3}' }],
    ["empty", "count", 0],
    ["empty", "all", undefined],
    ["lost", "count", 0],
    ["lost", "random", undefined],
  ];
  for (const [path, pick, value] of rows) assertEquals(take("json", path, { body }, { pick }), value, path);
  assertEquals(take("regex", "a=(\\d)", { body }, { pick: "all" }), { json: '["1","2","3"]' });
  assertEquals(take("regex", "a=(\\d)", { body }, { pick: "count" }), 3);
  assertEquals(take("json", "items", { body: "no JSON" }, { pick: "count" }), undefined);
});

Deno.test("pick: random draws every value, the same ones for the same seed", () => {
  const rule = { name: "x", from: "json", expression: "[*]", pick: "random" } as const;
  const drawn = (seed: number) => {
    const random = new Random(seed);
    const extractor = compileExtract(rule, compilers);
    return Array.from({ length: 60 }, () => extractor.take(responseOf({ body: "[1,2,3]" }), random));
  };
  assertEquals([...new Set(drawn(5))].sort(), [1, 2, 3]);
  assertEquals(drawn(5), drawn(5));
});

Deno.test("groups are taken by number or name, and unknown ones refused", () => {
  const body = "id=7;name=Zo";
  const pattern = "id=(\\d+);(?<word>\\w+)=(\\w+)";
  const rows: readonly (readonly [number | string, string])[] = [[1, "7"], [3, "Zo"], ["word", "name"], [
    0,
    body,
  ]];
  for (const [group, value] of rows) assertEquals(take("regex", pattern, { body }, { group }), value);
  assertThrows(() => take("regex", pattern, {}, { group: 4 }), UsageError, "it has no group 4");
  assertThrows(() => take("regex", pattern, {}, { group: "wrd" }), UsageError, "did you mean word?");
});

Deno.test("cookies come from the response, the last one that was set", () => {
  const headers = ["Set-Cookie: a=1; Path=/", "set-cookie: b=x=y; HttpOnly", "Set-Cookie: a=2"];
  assertEquals(take("cookie", "a", { headers }), "2");
  assertEquals(take("cookie", "b", { headers }), "x=y");
  assertEquals(take("cookie", "Path", { headers }), undefined);
});

Deno.test("status, time and body of the response are values, too", () => {
  const parts = { status: 202, latencyMs: 12.3456, body: "ü" };
  assertEquals(
    ["status", "time", "body"].map((part) => take("response", part, parts)),
    [202, 12.346, "ü"],
  );
});

Deno.test("a default stands in for what is missing, with its type, and entities are undone when asked", () => {
  const body = '{"a":"1 &lt; 2 &amp; 3","z":null,"l":["&eacute;",1]}';
  assertEquals(take("json", "lost", { body }, { default: "[0]" }), { json: "[0]" });
  assertEquals(take("json", "z", { body }, { default: "null" }), null);
  assertEquals(take("json", "a", { body }, { default: '"x"', decode: "html" }), "1 < 2 & 3");
  assertEquals(take("json", "l", { body }, { decode: "html" }), { json: '["é",1]' });
});
