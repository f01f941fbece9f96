import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  bindTemplate,
  literalLookalikes,
  parseTemplate,
  placeholdersIn,
  printTemplate,
  renderTemplate,
} from "../../src/scenario/template.ts";

/** Texts that are likely to hold placeholders and near misses. */
const texts = fc.array(
  fc.oneof(
    fc.string(),
    fc.constantFrom(
      "${a}",
      "${s.f}",
      "${f()}",
      "${f(1, 2)}",
      "${",
      "}",
      "$",
      "${1a}",
      "${a.b.c}",
      "${f(g())}",
      "${a b}",
    ),
  ),
).map((pieces) => pieces.join(""));

Deno.test("printTemplate() gives back what parseTemplate() was given", () => {
  fc.assert(fc.property(texts, (text) => assertEquals(printTemplate(parseTemplate(text)), text)));
});

Deno.test("parseTemplate() gives no empty and no neighbouring literal parts", () => {
  fc.assert(fc.property(texts, (text) => {
    const template = parseTemplate(text);
    template.forEach((part, i) => {
      if (typeof part === "string") {
        assertEquals([part === "", typeof template[i + 1] === "string"], [false, false]);
      }
    });
  }));
});

Deno.test("parseTemplate() knows exactly three shapes of placeholders", () => {
  const shapes: readonly (readonly [text: string, kinds: string])[] = [
    ["${token}", "variable"],
    ["${_t1}", "variable"],
    ["${users.e-mail}", "field"],
    ["${users.größe}", "field"],
    ["${uuid()}", "call"],
    ["${randint( 1 , 6 )}", "call"],
    ["${a}${b.c}${d()}", "variable,field,call"],
    ["$${a}", "variable"],
    ["${a${b}}", "variable"],
    ["$token", ""],
    ["${}", ""],
    ["${1a}", ""],
    ["${ a }", ""],
    ["${a.b.c}", ""],
    ["${a.b c}", ""],
    ["${f(g())}", ""],
    ["${f(1)", ""],
    ["${a.b()}", ""],
    ['${f("x")}', ""],
  ];
  for (const [text, kinds] of shapes) {
    assertEquals(placeholdersIn(text).map(({ kind }) => kind).join(), kinds, text);
  }
});

Deno.test("parseTemplate() splits and trims the arguments of a call", () => {
  assertEquals(parseTemplate("${randint( 1 ,6)}"), [
    { kind: "call", source: "${randint( 1 ,6)}", name: "randint", args: ["1", "6"] },
  ]);
});

Deno.test("placeholders survive being written into JSON", () => {
  fc.assert(fc.property(texts, (text) => {
    const inJson = JSON.stringify({ key: text });
    assertEquals(placeholdersIn(inJson), placeholdersIn(text));
  }));
});

Deno.test("literalLookalikes() names what looks like a placeholder and is none", () => {
  assertEquals(literalLookalikes("${ok} ${ user } and ${1a} for $5"), ["${ user }", "${1a}"]);
});

Deno.test("renderTemplate() inserts values once and as they are", () => {
  const bound = bindTemplate<Record<string, string>>(
    parseTemplate("<${a}|${b}>"),
    (placeholder) => (scope) => scope[placeholder.kind === "variable" ? placeholder.name : ""],
  );
  const missing: string[] = [];
  assertEquals(renderTemplate(bound, { a: "${b}", b: "&" }, missing), "<${b}|&>");
  assertEquals(missing, []);
});

Deno.test("renderTemplate() keeps and reports placeholders without a value", () => {
  const bound = bindTemplate(parseTemplate("${a}-${b}"), () => () => undefined);
  const missing: string[] = [];
  assertEquals(renderTemplate(bound, null, missing), "${a}-${b}");
  assertEquals(missing, ["${a}", "${b}"]);
});

Deno.test("bindTemplate() joins placeholders with known values to the text around them", () => {
  const bound = bindTemplate(parseTemplate("Bearer ${env(TOKEN)}!"), () => "s3cret");
  assertEquals(bound.parts, ["Bearer s3cret!"]);
});
