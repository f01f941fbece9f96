/** Templates are read, filled in and printed. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  bindTemplate,
  drawValues,
  type Getter,
  joinParts,
  literalLookalikes,
  parseTemplate,
  type Placeholder,
  placeholdersIn,
  printTemplate,
  renderParts,
  type Slots,
} from "../../src/template/template.ts";

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

/** Binds a text, draws its values and fills it in. */
function rendered<Scope>(
  text: string,
  lookup: (placeholder: Placeholder) => Getter<Scope> | string,
  scope: Scope,
): { text: string; missing: string[] } {
  const slots: Slots<Scope> = { getters: [], sources: [], substitutes: [] };
  const parts = bindTemplate(parseTemplate(text), lookup, slots);
  const missing: string[] = [];
  return { text: renderParts(parts, drawValues(slots, scope, missing)), missing };
}

Deno.test("renderParts() inserts values once and as they are", () => {
  assertEquals(
    rendered<Record<string, string>>(
      "<${a}|${b}>",
      (placeholder) => (scope) => scope[placeholder.kind === "variable" ? placeholder.name : ""],
      { a: "${b}", b: "&" },
    ),
    { text: "<${b}|&>", missing: [] },
  );
});

Deno.test("drawValues() keeps and reports placeholders without a value", () => {
  assertEquals(rendered("${a}-${b}", () => () => undefined, null), {
    text: "${a}-${b}",
    missing: ["${a}", "${b}"],
  });
});

Deno.test("bindTemplate() joins placeholders with known values to the text around them", () => {
  const parts = bindTemplate(parseTemplate("Bearer ${env(TOKEN)}!"), () => "s3cret", {
    getters: [],
    sources: [],
    substitutes: [],
  });
  assertEquals(parts, ["Bearer s3cret!"]);
});

Deno.test("joinParts() makes one text of several, without empty or neighbouring literals", () => {
  assertEquals(joinParts(["a", "", ["b", 0, "c"], "d", [1], ""]), ["ab", 0, "cd", 1]);
});
