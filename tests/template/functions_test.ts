/** Functions of placeholders. */
import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { UsageError } from "../../src/lib/errors.ts";
import { Random } from "../../src/lib/random.ts";
import type { DataValue } from "../../src/plan/scenario.ts";
import { Counters } from "../../src/template/counters.ts";
import { bindExpression, isConstant } from "../../src/template/evaluate.ts";
import { parseExpression } from "../../src/template/expression.ts";
import { FUNCTIONS } from "../../src/template/functions.ts";
import type { Scope } from "../../src/template/scope.ts";
import type { Operand } from "../../src/template/template_function.ts";

const VARIABLES: Readonly<Record<string, DataValue>> = {
  name: "Zoë & co",
  n: 5,
  spelled: "7",
  list: { json: '[1,"b",{"id":12345678901234567890}]' },
  item: { json: '{"id":7,"name":"Kite","tags":["a","b"],"is-new":true}' },
  nothing: null,
  red: "a variable",
};
const DATA = [{ name: "people", fields: ["age", "e-mail"] }];

function scope(seed = 1): Scope {
  return {
    random: new Random(seed),
    counters: new Counters({ index: 0, of: 1 }),
    user: 3,
    iteration: 12,
    wallClockMs: () => Date.UTC(2024, 1, 29, 12, 30, 15, 250),
    variables: new Map(Object.entries(VARIABLES)),
    rows: [["41", "z@example.com"]],
  };
}

function bind(text: string): Operand {
  const expression = parseExpression(text);
  if (typeof expression === "string") throw new Error(`${text}: ${expression}`);
  return bindExpression(expression, { data: DATA, env: { KEY: "s3cret" }, source: `\${${text}}` });
}

function value(text: string, from: Scope = scope()): DataValue | undefined {
  return bind(text).get(from);
}

Deno.test("uuid() gives different version 4 UUIDs, the same for the same seed", () => {
  const uuid = bind("uuid()");
  const drawn = scope(7);
  const all = Array.from({ length: 1000 }, () => String(uuid.get(drawn)));
  for (const one of all) {
    assertMatch(one, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
  assertEquals(new Set(all).size, 1000);
  assertEquals(uuid.get(scope(7)), all[0]);
});

Deno.test("random functions stay within their bounds and find every value", () => {
  const from = scope();
  const drawn = (text: string) =>
    [...new Set(Array.from({ length: 100 }, () => bind(text).get(from)))].sort();
  assertEquals(drawn("randint(-1, 1)"), [-1, 0, 1]);
  assertEquals(drawn("randint(5, n)"), [5]);
  assertEquals(drawn("choice(red, green, 'sky blue', 4)"), [4, "a variable", "green", "sky blue"]);
  assertEquals(drawn("pick(item.tags)"), ["a", "b"]);
  assertMatch(String(value("randstr(40)")), /^[A-Za-z0-9]{40}$/);
});

Deno.test("functions without a value for these arguments have none", () => {
  for (
    const text of [
      "randint(6, n)",
      "randint(1, name)",
      "pick(name)",
      "count(name)",
      "base64(lost)",
      "n + name",
    ]
  ) {
    assertEquals(value(text), undefined, text);
  }
});

Deno.test("counter() counts from 1, each name for itself", () => {
  const from = scope();
  const [plain, named] = [bind("counter()"), bind("counter(orders)")];
  assertEquals([plain, plain, named, plain].map(({ get }) => get(from)), [1, 2, 1, 3]);
});

Deno.test("Counters of all threads together give each number once", () => {
  const drawn = [0, 1, 2].flatMap((index) => {
    const counters = new Counters({ index, of: 3 });
    return [counters.next(""), counters.next("")];
  });
  assertEquals(drawn.sort((a, b) => a - b), [1, 2, 3, 4, 5, 6]);
});

/** Known values: those of hashes are of RFC 4231 (case 2) and FIPS 180. */
const ROWS: readonly (readonly [text: string, value: DataValue])[] = [
  ["now()", "2024-02-29T12:30:15.250Z"],
  ["now(unix)", 1709209815],
  ["now(ms)", 1709209815250],
  ["date('%Y-%m-%d')", "2024-02-29"],
  ["date('%d.%m.%y %H:%M:%S.%L', '-1d')", "28.02.24 12:30:15.250"],
  ["date('%A %e %B %j %I %p %s %%', '+1w')", "Thursday  7 March 067 12 PM 1709814615 %"],
  ["date('%FT%T%z', '+90m')", "2024-02-29T14:00:15+0000"],
  ["user()", 3],
  ["iteration()", 12],
  ["urlencode(name)", "Zo%C3%AB%20%26%20co"],
  ["base64(name)", "Wm/DqyAmIGNv"],
  ["base64url('>>>?')", "Pj4-Pw"],
  ["hex('ë')", "c3ab"],
  ["sha256('abc')", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  ["sha256('abc', 'base64')", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="],
  [
    "hmac_sha256('Jefe', 'what do ya want for nothing?')",
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  ],
  [
    "hmac_sha256('Jefe', 'what do ya want for nothing?', 'base64url')",
    "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM",
  ],
  ["lower(name)", "zoë & co"],
  ["upper(name)", "ZOË & CO"],
  ["trim('  a b ')", "a b"],
  ["concat('n=', n, ' ', nothing)", "n=5 null"],
  ["json(name)", '"Zoë & co"'],
  ["json(list)", '[1,"b",{"id":12345678901234567890}]'],
  ["count(list)", 3],
  ["raw('/a b')", "/a b"],
  ["env(KEY)", "s3cret"],
  ["base64(concat('u:', env(KEY)))", "dTpzM2NyZXQ="],
  // Values and operators.
  ["people.age + 1", 42],
  ["spelled * n - 1", 34],
  ["0.1 + 0.2", 0.3],
  ["-n % 3", -2],
  ["7 / 2", 3.5],
  ["item.id", 7],
  ["item['is-new']", true],
  ["item.tags[-1]", "b"],
  ["list[2].id", { json: "12345678901234567890" }],
  ["count(item.tags) > 1 && item.name == 'Kite'", true],
  ["n == '5' && n != 6 && n >= 5 && n <= 5 && !(n < 5)", true],
  ["'2024-10' < '2024-9'", true],
  ["lost || 'nobody'", "nobody"],
  ["lost ? 1 : 2", 2],
  ["+spelled", 7],
];

Deno.test("functions and operators give known values", () => {
  for (const [text, expected] of ROWS) assertEquals(value(text), expected, text);
});

Deno.test("what depends on nothing that changes is known beforehand", () => {
  for (const text of ["1 + 2", "base64(env(KEY))", "sha256('a')", "concat('a', 1)"]) {
    assertEquals(isConstant(bind(text)), true, text);
  }
  for (const text of ["uuid()", "base64(name)", "people.age", "now()", "choice('a', 'b')", "lost"]) {
    assertEquals(isConstant(bind(text)), false, text);
  }
});

Deno.test("functions refuse arguments that do not fit", () => {
  const rows = `uuid(1)|randint()|randint(6, 1)|randint(1, 2.5)|randint(1, 'x')|randint(1, 9007199254740993)
    randint(-9007199254740991, 9007199254740991)|randstr(0)|randstr('x')|randstr(100000)|randstr(n)|counter('a b')
    counter(a, b)|now(iso)|date()|date('YYYY-MM-DD')|date('%Q')|date('%Y', 'soon')|date(name)|user(1)|iteration(n)
    urlencode()|base64(1, 2)|sha256()|sha256('a', 'hex2')|hmac_sha256('a')|concat()|json()|count()|raw()|choice()
    pick()|env()|env(A, B)|env('A-B')`.split(/[|\n]/).map((row) => row.trim());
  for (const text of rows) {
    const name = text.split("(")[0]!;
    const error = assertThrows(() => bind(text), UsageError, `Cannot use "\${${text}}": expected ${name}(`);
    assertEquals(error.message.includes("undefined"), false, text);
  }
});

Deno.test("an unknown function is told with the one that was meant", () => {
  assertThrows(() => bind("uid()"), UsageError, "did you mean uuid?");
  assertThrows(() => bind("base46(name)"), UsageError, "did you mean base64?");
  assertThrows(() => bind("toString()"), UsageError, "expected one of uuid, randint");
});

Deno.test("every function has a usage that begins with its name", () => {
  for (const [name, { usage }] of Object.entries(FUNCTIONS)) {
    assertEquals(usage.startsWith(`${name}(`), true, name);
  }
});
