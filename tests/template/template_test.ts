/** Templates are read, filled in and printed. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  bindTemplate,
  drawValues,
  escapeJson,
  type Getter,
  joinParts,
  literalLookalikes,
  parseJsonTemplate,
  parseTemplate,
  type Placeholder,
  placeholdersIn,
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

Deno.test("parseTemplate() loses nothing of the text", () => {
  const printed = (text: string) =>
    parseTemplate(text).map((part) => typeof part === "string" ? part : part.source).join("");
  fc.assert(fc.property(texts, (text) => assertEquals(printed(text), text)));
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

Deno.test("parseTemplate() knows what is a placeholder and what only looks like one", () => {
  const shapes: readonly (readonly [text: string, kinds: string])[] = [
    ["${token}", "name"],
    ["${_t1}", "name"],
    ["${ a }", "name"],
    ["${users.e-mail}", "member"],
    ["${users.größe}", "member"],
    ["${a.b.c}", "member"],
    ["${list[0]}", "member"],
    ["${uuid()}", "call"],
    ["${randint( 1 , 6 )}", "call"],
    ['${f("x}")}', "call"],
    ["${f('{')}", "call"],
    ["${f(g())}", "call"],
    ["${n + 1}", "operation"],
    ["${a}${b.c}${d()}", "name,member,call"],
    ["$${a}", "name"],
    ["${a${b}}", "name"],
    ["$token", ""],
    ["${}", ""],
    ["${1a}", ""],
    ["${5}", ""],
    ["${true}", ""],
    ["${it's}", ""],
    ["${a b}", ""],
    ["${a.b c}", ""],
    ["${a, b}", ""],
    ["${f(1)", ""],
    ["${a.b()}", ""],
    ["${a\n+ b}", ""],
  ];
  for (const [text, kinds] of shapes) {
    assertEquals(placeholdersIn(text).map(({ expression }) => expression.kind).join(), kinds, text);
  }
});

Deno.test("placeholders survive being written into JSON", () => {
  fc.assert(fc.property(texts, (text) => {
    const inJson = JSON.stringify({ key: [text, { [text]: 1 }] });
    const plain = (found: readonly Placeholder[]) => found.map(({ source }) => source);
    assertEquals(
      plain(placeholdersIn(inJson, true)),
      plain([...placeholdersIn(text), ...placeholdersIn(text)]),
    );
  }));
});

Deno.test("parseJsonTemplate() leaves all but placeholders as it is", () => {
  fc.assert(fc.property(texts, (text) => {
    const json = JSON.stringify({ key: text, [text]: [text] });
    const printed = parseJsonTemplate(json).map((part) =>
      typeof part === "string" ? part : part.isWhole ? JSON.stringify(part.source) : escapeJson(part.source)
    ).join("");
    assertEquals(JSON.parse(printed), JSON.parse(json));
  }));
});

Deno.test("literalLookalikes() names what looks like a placeholder and is none, and mistakes in functions", () => {
  assertEquals(literalLookalikes("${ok} ${ no no } and ${1a} for $5, ${base64(a} ${env(}"), [
    { source: "${ no no }" },
    { source: "${1a}" },
    { source: "${base64(a}", mistake: "expected ) at character 8" },
    { source: "${env(}", mistake: "expected ) at character 4" },
  ]);
});

/** Binds a text, draws its values and fills it in. */
function rendered<Scope>(
  text: string,
  lookup: (placeholder: Placeholder) => Getter<Scope>,
  scope: Scope,
): { text: string; missing: string[] } {
  const slots: Slots<Scope> = { getters: [], sources: [], substitutes: [] };
  const parts = bindTemplate(
    parseTemplate(text),
    (placeholder) => ({ get: lookup(placeholder), substitute: `<${placeholder.source}>` }),
    slots,
  );
  const missing: string[] = [];
  return { text: renderParts(parts, drawValues(slots, scope, missing)), missing };
}

Deno.test("renderParts() inserts values once and as they are", () => {
  assertEquals(
    rendered<Record<string, string>>(
      "<${a}|${b}>",
      ({ expression }) => (scope) => scope[expression.kind === "name" ? expression.name : ""],
      { a: "${b}", b: "&" },
    ),
    { text: "<${b}|&>", missing: [] },
  );
});

Deno.test("drawValues() keeps and reports placeholders without a value", () => {
  assertEquals(rendered("${a}-${b}", () => () => undefined, null), {
    text: "<${a}>-<${b}>",
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
