/** Expressions are read, and what they need is known. */
import { assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { parseExpression, referencesIn } from "../../src/template/expression.ts";
import { bindCondition, parseCondition } from "../../src/template/condition.ts";
import type { Scope } from "../../src/template/scope.ts";

function namesIn(text: string): string {
  const expression = parseExpression(text);
  if (typeof expression === "string") return expression;
  return referencesIn(expression).map((reference) =>
    reference.kind === "member"
      ? `${reference.name}.${reference.member}`
      : reference.kind === "call"
      ? `${reference.name}()`
      : `${reference.name}${reference.isWord ? "?" : ""}`
  ).join(" ");
}

Deno.test("referencesIn() names variables, members and functions, and no words", () => {
  const rows: readonly (readonly [text: string, names: string])[] = [
    ["token", "token"],
    ["people.age + n * 2", "people.age n"],
    ["base64(concat(user, ':', people.password))", "base64() concat() user people.password"],
    ["counter(orders)", "counter()"],
    ["env(HOME)", "env()"],
    ["choice(red, green.light)", "choice() red? green.light"],
    ["items[i].name", "items i"],
    ["a ? b : !c", "a b c"],
    ["1 + 'x'", ""],
  ];
  for (const [text, names] of rows) assertEquals(namesIn(text), names, text);
});

Deno.test("parseExpression() says why something is none", () => {
  const rows: readonly (readonly [text: string, reason: RegExp])[] = [
    ["", /^it is empty$/],
    ["a b", /^it is more than one expression$/],
    ["a.b()", /^only functions can be called$/],
    ["a === b", /^there is no operator ===: write ==$/],
    ["a and b", /^there is no operator and: write &&$/],
    ["a?.b", /^there is no operator \?\.$/],
    ["this", /^it is more than placeholders can hold$/],
    ["[1]", /^it is more than placeholders can hold$/],
    ["f(", /^expected \) at character 2$/],
    ["'a", /^unclosed quote/],
    ["1a", /^variable names cannot start with a number/],
    ["a".repeat(3000), /^it has more than 2000 characters$/],
  ];
  for (const [text, reason] of rows) assertMatch(String(parseExpression(text)), reason, text);
});

Deno.test("parseExpression() reads any text, or says why not, and never runs anything", () => {
  const piece = fc.constantFrom(
    "a",
    ".",
    "(",
    ")",
    "[",
    "]",
    "'",
    '"',
    "+",
    "!",
    "?",
    ":",
    "constructor",
    " ",
    "1",
    "`",
    "=>",
  );
  fc.assert(fc.property(fc.oneof(fc.string(), fc.array(piece).map((all) => all.join(""))), (text) => {
    const parsed = parseExpression(text);
    assertEquals(typeof parsed === "string" || typeof parsed.kind === "string", true);
  }));
});

Deno.test("conditions hold when their value is true, and not without one", () => {
  const scope = { variables: new Map([["open", "yes"]]), rows: [] } as unknown as Scope;
  const holds = (text: string) => bindCondition(parseCondition(text), { data: [], source: text })(scope);
  assertEquals(
    ["${open}", "open == 'yes'", "!open", "lost", "lost == 1", "${open != 'yes' || true}"].map(holds),
    [true, true, false, false, false, true],
  );
});
