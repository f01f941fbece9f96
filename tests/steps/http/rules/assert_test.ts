/** Checks of responses. */
import { assertEquals } from "@std/assert";
import type { CheckRule } from "../../../../src/plan/check_rule.ts";
import { compileCheck } from "../../../../src/steps/http/rules/assert.ts";
import { isSame } from "../../../../src/steps/http/rules/expectation.ts";
import { loadFileCompilers } from "../../../../src/steps/http/rules/rule_compilers.ts";
import type { DataValue } from "../../../../src/plan/scenario.ts";
import type { Scope } from "../../../../src/template/scope.ts";
import { responseOf, type ResponseParts } from "./_responses.ts";

const compilers = await loadFileCompilers([{ assert_json: { "$..*": "*" }, assert_json_schema: {} }]);
const bindings = { data: [] };
const VARIABLES: Readonly<Record<string, DataValue>> = { id: 7, name: "Zoë", list: { json: "[1,2]" } };
const SCOPE = { variables: new Map(Object.entries(VARIABLES)), rows: [] } as unknown as Scope;

function judge(rule: CheckRule, parts: ResponseParts): string | undefined {
  return compileCheck(rule, { compilers, bindings }).judge(responseOf(parts), SCOPE);
}

/** The claim, and what was found instead. */
function explain(rule: CheckRule, parts: ResponseParts): string {
  const check = compileCheck(rule, { compilers, bindings });
  return `${check.describe(SCOPE)}: found ${check.describeFound(responseOf(parts))}`;
}

const json = (path: string, equals: string | number | boolean | null): CheckRule => ({
  kind: "json",
  path,
  equals,
});

Deno.test("compileCheck() judges every kind of claim and names broken ones by their rule", () => {
  const rows: readonly (readonly [rule: CheckRule, parts: ResponseParts, key: string | undefined])[] = [
    [{ kind: "status", equals: 404 }, { status: 404 }, undefined],
    [{ kind: "status", equals: 404 }, { status: 200 }, "AssertStatus: expected 404, got 200"],
    [{ kind: "max_latency", ms: 500 }, { latencyMs: 500 }, undefined],
    [{ kind: "max_latency", ms: 500 }, { latencyMs: 500.1 }, "AssertMaxLatency: over 500ms"],
    [{ kind: "max_latency", ms: 0.25 }, { latencyMs: 0.3 }, "AssertMaxLatency: over 250us"],
    [{ kind: "max_latency", ms: 0.001 }, { latencyMs: 0.3 }, "AssertMaxLatency: over 1us"],
    [{ kind: "body_contains", text: "bü" }, { body: "abüc" }, undefined],
    [{ kind: "body_contains", text: "B" }, { body: "abc" }, "AssertBody: 'B' not found"],
    [{ kind: "body_regex", pattern: "^a.c$" }, { body: "abc" }, undefined],
    [{ kind: "body_regex", pattern: "^b" }, { body: "abc" }, "AssertBodyRegex: ^b"],
    [{ kind: "header", name: "X", equals: "1" }, { headers: ["x:  1 "] }, undefined],
    [{ kind: "header", name: "X", equals: "1" }, { headers: ["X: 11"] }, "AssertHeader: X == '1'"],
    [{ kind: "header", name: "X", equals: "1" }, {}, "AssertHeader: X missing"],
    [{ kind: "header", name: "X", pattern: "^\\d" }, { headers: ["X: 1a"] }, undefined],
    [{ kind: "header", name: "X", pattern: "^\\d" }, { headers: ["X: a"] }, "AssertHeader: X ~ ^\\d"],
    [json("a.b", 1), { body: '{"a":{"b":1.0}}' }, undefined],
    [json("a.b", 1), { body: '{"a":{"b":2}}' }, "AssertJson: a.b == 1"],
    [json("a", "x"), { body: '{"a":"y"}' }, 'AssertJson: a == "x"'],
    [json("a", "x"), { body: "no JSON" }, 'AssertJson: a == "x"'],
    [json("a", null), { body: '{"a":null}' }, undefined],
    [json("a", null), { body: "{}" }, "AssertJson: a == null"],
    [json("a", "*"), { body: '{"a":null}' }, undefined],
    [json("a", "*"), { body: "{}" }, "AssertJson: a missing"],
    [json("$.a[*].b", 2), { body: '{"a":[{"b":1},{"b":2}]}' }, undefined],
    [json("$.a[*].b", 3), { body: '{"a":[{"b":1},{"b":2}]}' }, "AssertJson: $.a[*].b == 3"],
    [json("$..b", "*"), { body: '{"a":[]}' }, "AssertJson: $..b missing"],
    [json("$.a[?@.id == 1].token", "x"), { body: "{}" }, "AssertJson: $.a[?@.id == 1].token == ***"],
    [json("id", "98765432109876543210"), { body: '{"id":98765432109876543210}' }, undefined],
  ];
  for (const [rule, parts, key] of rows) assertEquals(judge(rule, parts), key, JSON.stringify([rule, parts]));
});

Deno.test("isSame() takes no boolean for a number", () => {
  const rows:
    readonly (readonly [actual: unknown, expected: string | number | boolean | null, same: boolean])[] = [
      [1, 1, true],
      [1, true, false],
      [true, 1, false],
      [0, false, false],
      [0, null, false],
      [null, false, false],
      ["", null, false],
      [42, "42", true],
      ["42", 42, true],
      ["042", 42, false],
      [true, "true", true],
      ["True", true, false],
      [[1], "[1]", true],
      [undefined, "undefined", false],
    ];
  for (const [actual, expected, same] of rows) {
    assertEquals(isSame(actual, expected), same, `${JSON.stringify(actual)} and ${JSON.stringify(expected)}`);
  }
});

Deno.test("keys of broken claims do not grow with the rule", () => {
  const key = judge({ kind: "body_contains", text: "x".repeat(1000) }, {});
  assertEquals(key, `AssertBody: '${"x".repeat(79)}…' not found`);
});

const ITEMS =
  '{"items":[{"id":7,"n":"5"},{"id":8,"n":"x"}],"name":"Zoë","total":2.5,"none":null,"list":[1,2]}';

Deno.test("compileCheck() compares numbers, counts and lengths, and asks for what is there", () => {
  type Holding = readonly [rule: CheckRule, holds: true];
  type Broken = readonly [rule: CheckRule, holds: false, key: string, explained: string];
  const compare = (
    path: string,
    of: "value" | "count" | "length",
    operator: ">" | "<=" | "==" | "!=",
    to: string | number,
  ) => ({ kind: "json", path, compare: { of, operator, to } }) as const;
  const rows: readonly (Holding | Broken)[] = [
    [compare("total", "value", ">", 2), true],
    [compare("items[*].n", "value", "==", 5), true],
    [compare("items[*].id", "value", ">", "${id}"), true],
    [compare("items", "count", "==", 2), true],
    [compare("items[*].id", "count", "==", 2), true],
    [compare("none.at.all", "count", "==", 0), true],
    [compare("name", "length", "<=", 3), true],
    [compare("total", "value", ">", 3), false, "AssertJson: total > 3", "JSON total > 3: found 2.5"],
    [compare("name", "value", ">", 3), false, "AssertJson: name > 3", 'JSON name > 3: found "Zoë"'],
    [compare("lost", "value", "!=", 3), false, "AssertJson: lost != 3", "JSON lost != 3: found nothing"],
    [
      compare("items", "count", ">", "${id}"),
      false,
      'AssertJson: items count > "${id}"',
      "JSON items count > 7: found 2",
    ],
    [{ kind: "json", path: "none", exists: true }, true],
    [{ kind: "json", path: "lost", exists: false }, true],
    [
      { kind: "json", path: "lost", exists: true },
      false,
      "AssertJson: lost missing",
      "JSON has lost: found nothing",
    ],
    [
      { kind: "json", path: "total", exists: false },
      false,
      "AssertJson: total present",
      "JSON total is absent: found 2.5",
    ],
    [{ kind: "json", path: "items[*].id", oneOf: [1, 8] }, true],
    [
      { kind: "json", path: "items[*].id", oneOf: [1, "a"] },
      false,
      'AssertJson: items[*].id one of 1, "a"',
      'JSON items[*].id is one of 1, "a": found 7 and 1 more',
    ],
    [{ kind: "json", path: "name", pattern: "^Z" }, true],
    [{ kind: "json", path: "items[0].id", equals: "${id}" }, true],
    [{ kind: "json", path: "list", equals: "${list}" }, true],
    [
      { kind: "json", path: "name", equals: "${name}!" },
      false,
      'AssertJson: name == "${name}!"',
      'JSON name is "Zoë!": found "Zoë"',
    ],
    [
      { kind: "json", path: "name", equals: "${lost}" },
      false,
      'AssertJson: name == "${lost}"',
      'JSON name is "${lost}": found "Zoë"',
    ],
    [{ kind: "body_contains", text: '"id":${id},' }, true],
    [
      { kind: "header", name: "X-Left", compare: { of: "value", operator: ">", to: 10 } },
      false,
      "AssertHeader: X-Left > 10",
      'header X-Left > 10: found "9"',
    ],
    [{ kind: "header", name: "X-Left", oneOf: ["9", "${id}"] }, true],
    [{ kind: "header", name: "X-None", exists: false }, true],
    [
      { kind: "header", name: "X-Left", exists: false },
      false,
      "AssertHeader: X-Left present",
      'header X-Left is absent: found "9"',
    ],
    [{ kind: "status", equals: [[200, 299]] }, true],
    [
      { kind: "status", equals: [[201, 201], [300, 399]] },
      false,
      "AssertStatus: expected 201 or 3xx, got 200",
      "status is 201 or 3xx: found 200",
    ],
    [{
      kind: "json_schema",
      schema: '{"required":["items"],"properties":{"items":{"minItems":2}}}',
      name: "s.json",
    }, true],
    [
      {
        kind: "json_schema",
        schema: '{"properties":{"name":{"type":"string","pattern":"^A"}}}',
        name: "s.json",
      },
      false,
      "AssertJsonSchema: s.json",
      'JSON is as s.json says: found /name must match pattern "^A"',
    ],
  ];
  const parts = { body: ITEMS, headers: ["X-Left: 9"] };
  for (const [rule, holds, key, explained] of rows) {
    assertEquals(judge(rule, parts), holds ? undefined : key, JSON.stringify(rule));
    if (!holds) assertEquals(explain(rule, parts), explained);
  }
});

Deno.test("what was found is shown without secrets", () => {
  const body = '{"token":"abc123","id":"0b0e7c1e-9f3a-4f4e-8f3d-0a1b2c3d4e5f","url":"http://u:p@h/?token=x"}';
  const rows: readonly (readonly [path: string, shown: string])[] = [
    ["token", "***"],
    ["id", "***"],
    ["url", '"http://***@h/?token=***"'],
  ];
  for (const [path, shown] of rows) {
    assertEquals(explain({ kind: "json", path, equals: "y" }, { body }).split(": found ")[1], shown);
  }
});
