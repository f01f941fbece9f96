/** Paths into JSON. */
import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { UsageError } from "../../src/lib/errors.ts";
import { JsonDocument, jsonText } from "../../src/template/exact_json.ts";
import { parseLocation } from "../../src/template/json_location.ts";
import { loadPathCompiler, nameIn } from "../../src/template/json_path.ts";

const compile = await loadPathCompiler(["$..*"]);

const DOCUMENT = {
  token: "t",
  $id: 1,
  nothing: null,
  user: { "e-mail": "a@b", "a.b": { c: [10, 20, 30] } },
  list: [{ id: 1 }, [2, 3]],
};

Deno.test("paths to one value find it, in the usual spellings", () => {
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
    ["list['0']", undefined],
    ["list['']", undefined],
    ["list.1e0", undefined],
    ["user[0]", undefined],
    ["list[1][1]", 3],
    ["list.length", undefined],
    ["token.length", undefined],
    ["token[0]", undefined],
    ["user.toString", undefined],
    ["user.__proto__", undefined],
  ];
  const document = new JsonDocument(JSON.stringify(DOCUMENT));
  for (const [path, value] of rows) {
    assertEquals(compile(path).first(document), value, path);
    assertEquals(compile(path).all(document), value === undefined ? [] : [value], path);
  }
});

/** As in section 1.5 of RFC 9535. */
const STORE = new JsonDocument(JSON.stringify({
  store: {
    book: [
      { category: "reference", author: "Nigel Rees", title: "Sayings of the Century", price: 8.95 },
      { category: "fiction", author: "Evelyn Waugh", title: "Sword of Honour", price: 12.99 },
      { category: "fiction", author: "Herman Melville", title: "Moby Dick", isbn: "0-553", price: 8.99 },
      { category: "fiction", author: "J. R. R. Tolkien", title: "The Lord", isbn: "0-395", price: 22.99 },
    ],
    bicycle: { color: "red", price: 399 },
  },
}));

Deno.test("paths to several values find them all, in the order of the document", () => {
  const rows: readonly (readonly [path: string, values: readonly unknown[]])[] = [
    ["$.store.book[*].author", ["Nigel Rees", "Evelyn Waugh", "Herman Melville", "J. R. R. Tolkien"]],
    ["store.book[*].isbn", ["0-553", "0-395"]],
    ["$..price", [8.95, 12.99, 8.99, 22.99, 399]],
    ["$..book[-1].title", ["The Lord"]],
    ["$..book[0,1].price", [8.95, 12.99]],
    ["$.store.book[1:3].price", [12.99, 8.99]],
    ["$.store.book[::-2].price", [22.99, 12.99]],
    ["$.store.book[?@.isbn].price", [8.99, 22.99]],
    ["$.store.book[?@.price < 10 && @.category == 'fiction'].title", ["Moby Dick"]],
    ["$.store.book[?match(@.author, '.*Waugh')].price", [12.99]],
    ["$.store.book[?search(@.author, '^J[.] R')].price", [22.99]],
    ["$.store[?length(@) == 4][0].price", [8.95]],
    ["$.store.none[*]", []],
  ];
  for (const [path, values] of rows) {
    assertEquals(compile(path).all(STORE), values, path);
    assertEquals(compile(path).first(STORE), values[0], path);
  }
});

Deno.test("paths to several values keep large numbers as they are spelled", () => {
  const document = new JsonDocument('{"a":[{"id":12345678901234567890},{"id":2,"of":12345678901234567890}]}');
  const texts = (path: string) => compile(path).all(document).map(jsonText);
  assertEquals(texts("$.a[*].id"), ["12345678901234567890", "2"]);
  assertEquals(texts("$..*").length, 6);
  assertEquals(texts("$.a[?@.of == 12345678901234567890].id"), ["2"]);
  assertEquals(jsonText(compile("$.a[0:1].id").first(document)), "12345678901234567890");
});

Deno.test("documents that are too deep for a path have nothing at it", () => {
  const depth = 100_000;
  const document = new JsonDocument(`${"[".repeat(depth)}${"]".repeat(depth)}`);
  assertEquals([compile("$..a").first(document), compile("$..a").all(document)], [undefined, []]);
});

Deno.test("patterns in paths take linear time, and find nothing when they are none", () => {
  const document = new JsonDocument(
    JSON.stringify([{ s: "a".repeat(50_000) + "!", p: "(a+)+$" }, { s: "b\r" }]),
  );
  assertEquals(compile("$[?match(@.s, '(a+)+$')]").all(document), []);
  assertEquals(compile("$[?match(@.s, $[0].p)]").all(document), []);
  assertEquals(compile("$[?match(@.s, 'b(')]").all(document), []);
  assertEquals(
    [compile("$[?match(@.s, 'b.')]"), compile("$[?match(@.s, 'b[.]|b\\r')]")].map((path) =>
      path.all(document).length
    ),
    [0, 1],
  );
});

Deno.test("a path that is none is refused with a reason", () => {
  const rows: readonly (readonly [path: string, reason: string])[] = [
    ["", "it ends where a name or an index is expected"],
    ["$.", "it ends where a name or an index is expected"],
    ["a[?x]", "unexpected filter selector token 'x'"],
    ["a[b]", ""],
    ["a[1.5]", "unexpected token '.'"],
    ["a[-0]", ""],
    ["a b", "expected '.'"],
    ["a..", "it ends where a name or an index is expected"],
    ["a[", "unclosed bracketed selection"],
    ['["a"', "unclosed bracketed selection"],
    ["$[?length(@)]", "result of length() must be compared"],
    ["[]", ""],
    ["$.a[?none(@.b)]", "no such function 'none'"],
    ['$["\n"]', ""],
  ];
  for (const [path, reason] of rows) {
    assertThrows(() => compile(path), UsageError, `Cannot read JSON path "${path}": ${reason}`);
  }
});

Deno.test("parseLocation() reads what was written in brackets", () => {
  // deno-lint-ignore no-control-regex -- not allowed in quotes
  const name = fc.string().filter((text) => !/["\\\x00-\x1f]|^-?\d+$/.test(text));
  fc.assert(fc.property(fc.array(fc.oneof(name, fc.integer())), (path) => {
    const text = "$" + path.map((part) => typeof part === "string" ? `["${part}"]` : `[${part}]`).join("");
    assertEquals(parseLocation(text), path);
  }));
});

Deno.test("paths to one value lead where the library leads", () => {
  const names = fc.constantFrom("a", "b", "c d", "length", "0");
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(null, 0, "a", false),
      fc.array(tie("any"), { maxLength: 3 }),
      fc.dictionary(names, tie("any"), { maxKeys: 4 }),
    ),
  })).any;
  const part = fc.oneof(fc.integer({ min: -3, max: 3 }), names);
  fc.assert(
    fc.property(value, fc.array(part, { maxLength: 4 }), (content, parts) => {
      const path = "$" + parts.map((part) => typeof part === "number" ? `[${part}]` : `['${part}']`).join("");
      const document = new JsonDocument(JSON.stringify(content));
      // Another selector of nothing makes it a path to several values.
      const several = path.replace(/\]$/, ",'none']");
      assertEquals(compile(path).all(document), compile(several).all(document), path);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("nameIn() tells what a path leads to", () => {
  const rows = [
    ["$.user.password", "password"],
    ["$.token.expires", "expires"],
    ["list[0]", "list"],
    ["$", ""],
    ["$.users[?@.id == 5].name", "name"],
    ["$.users[?@.id == 5].password[*]", "password"],
    ["$..*", ""],
  ] as const;
  for (const [path, name] of rows) assertEquals(nameIn(path), name, path);
});
