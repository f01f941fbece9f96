/** Checks of responses. */
import { assertEquals } from "@std/assert";
import { loadPatternCompiler } from "../../../../src/lib/safe_pattern.ts";
import { loadPathCompiler } from "../../../../src/template/json_path.ts";
import type { CheckRule } from "../../../../src/plan/http_step.ts";
import { compileCheck, isSame } from "../../../../src/steps/http/rules/assert.ts";
import { responseOf, type ResponseParts } from "./_responses.ts";

const compilers = { pattern: await loadPatternCompiler(), path: await loadPathCompiler(["$..*"]) };

function judge(rule: CheckRule, parts: ResponseParts): string | undefined {
  return compileCheck(rule, compilers).judge(responseOf(parts));
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
