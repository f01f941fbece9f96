/** Parameters in the styles of the OpenAPI specification. */
import { assertEquals } from "@std/assert";
import { type Place, styledText } from "../../../src/convert/openapi/parameter_styles.ts";
import { Placeholder } from "../../../src/convert/openapi/values.ts";

const VALUES = {
  empty: "",
  string: "blue",
  array: ["blue", "black", "brown"],
  object: { R: 100, G: 200, B: 150 },
};

type Row = readonly [
  style: string,
  explode: boolean,
  empty: string,
  string: string,
  array: string,
  object: string,
];

/** The table "Style Examples" of OpenAPI 3.1.1; "n/a" where it says so. */
const TABLE: readonly Row[] = [
  ["matrix", false, ";color", ";color=blue", ";color=blue,black,brown", ";color=R,100,G,200,B,150"],
  ["matrix", true, ";color", ";color=blue", ";color=blue;color=black;color=brown", ";R=100;G=200;B=150"],
  ["label", false, ".", ".blue", ".blue,black,brown", ".R,100,G,200,B,150"],
  ["label", true, ".", ".blue", ".blue.black.brown", ".R=100.G=200.B=150"],
  ["simple", false, "", "blue", "blue,black,brown", "R,100,G,200,B,150"],
  ["simple", true, "", "blue", "blue,black,brown", "R=100,G=200,B=150"],
  ["form", false, "color=", "color=blue", "color=blue,black,brown", "color=R,100,G,200,B,150"],
  ["form", true, "color=", "color=blue", "color=blue&color=black&color=brown", "R=100&G=200&B=150"],
  ["spaceDelimited", false, "n/a", "n/a", "color=blue%20black%20brown", "color=R%20100%20G%20200%20B%20150"],
  ["spaceDelimited", true, "n/a", "n/a", "n/a", "n/a"],
  ["pipeDelimited", false, "n/a", "n/a", "color=blue%7Cblack%7Cbrown", "color=R%7C100%7CG%7C200%7CB%7C150"],
  ["pipeDelimited", true, "n/a", "n/a", "n/a", "n/a"],
  ["deepObject", false, "n/a", "n/a", "n/a", "n/a"],
  ["deepObject", true, "n/a", "n/a", "n/a", "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150"],
];

const PLACES: Readonly<Record<string, readonly Place[]>> = {
  matrix: ["path"],
  label: ["path"],
  simple: ["path", "header"],
  form: ["query", "cookie"],
  spaceDelimited: ["query"],
  pipeDelimited: ["query"],
  deepObject: ["query"],
};

for (const [style, explode, ...expected] of TABLE) {
  Deno.test(`styledText() writes ${style} ${explode ? "with" : "without"} explode as the specification does`, () => {
    for (const place of PLACES[style]!) {
      for (const [index, [what, value]] of Object.entries(VALUES).entries()) {
        if (expected[index] === "n/a") continue;
        assertEquals(
          styledText({ place, name: "color", style, explode }, value),
          expected[index],
          `${place} ${what}`,
        );
      }
    }
  });
}

Deno.test("styledText() takes each place's own style and explode when nothing or nonsense is said", () => {
  const array = ["a", "b"];
  const rows: [Place, string | undefined, string][] = [
    ["path", undefined, "a,b"],
    ["query", undefined, "c=a&c=b"],
    ["query", "simple", "c=a&c=b"],
    ["header", "form", "a,b"],
    ["cookie", undefined, "c=a&c=b"],
    ["path", "label", ".a,b"],
    ["query", "pipeDelimited", "c=a%7Cb"],
  ];
  for (const [place, style, text] of rows) assertEquals(styledText({ place, name: "c", style }, array), text);
});

Deno.test("styledText() writes what the specification leaves open as other programs do", () => {
  const query = { place: "query", name: "f" } as const;
  const deep = { ...query, style: "deepObject" };
  assertEquals(styledText(deep, { a: { b: 1 }, c: [1, 2] }), "f%5Ba%5D%5Bb%5D=1&f%5Bc%5D=1&f%5Bc%5D=2");
  assertEquals(styledText(deep, "x"), "f=x");
  assertEquals(styledText({ ...query, style: "pipeDelimited", explode: true }, [1, 2]), "f=1&f=2");
  assertEquals(styledText(query, []), "");
  assertEquals(styledText(query, [{ a: 1 }]), "f=%7B%22a%22%3A1%7D");
});

Deno.test("styledText() encodes values, but for reserved characters on request, and keeps placeholders", () => {
  const query = { place: "query", name: "a[b]", explode: false } as const;
  assertEquals(styledText(query, ["x,y", "z &${q}"]), "a%5Bb%5D=x%2Cy,z%20%26%24%7Bq%7D");
  assertEquals(
    styledText({ ...query, allowReserved: true }, "/a?b=c#d ${e}"),
    "a%5Bb%5D=/a?b=c%23d%20%24%7Be%7D",
  );
  const open = new Placeholder("${env(X)}");
  assertEquals(styledText(query, [open, { k: open }]), "a%5Bb%5D=${env(X)},%7B%22k%22%3A%22${env(X)}%22%7D");
  assertEquals(styledText({ place: "header", name: "X" }, ["a b", "${c}", open]), "a b,$ {c},${env(X)}");
});
