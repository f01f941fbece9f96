/** Scenarios in TypeScript with the real command: every load model, threads, names of requests, checks, data, messages. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { program } from "../_support/program.ts";
import { runModule } from "./_script.ts";

const BUYS = `
import type { Bench, Options } from "@x/bench/script";
import { itemPath } from "./paths.ts";

enum Kind { cheap = "toys" }

export const options: Options = { connections: 3, iterations: 30, data: ["users=users.csv"] };

export default async function ({ http, check, data, iteration, fail }: Bench): Promise<void> {
  const { user, password } = data.row("users");
  const login = await http.post("/shop/login", { json: { user, password } });
  if (!check(login, { "logged in": (r) => r.ok && r.json().token.length > 8 })) fail("no login");
  const { items } = (await http.get("/shop/items", { query: { category: Kind.cheap } })).json();
  const [one, two] = await Promise.all([http.get(itemPath(items[0].id)), http.get(itemPath(items[1].id))]);
  check(one, { "is a toy": (r) => r.json().category === "toys" });
  check("two items differ", one.json().id !== two.json().id);
  const cart = await http.post("/shop/cart", { json: { item: items[0].id, quantity: 1 + iteration % 3 } });
  check(cart, { "cart is there": (r) => r.ok });
  await http.post("/shop/logout", { name: "log out" });
}
`;

const FILES = {
  "paths.ts": "export const itemPath = (id: number): string => `/shop/items/${id}`;\n",
  "users.csv": "user,password\nann,secret\nbob,secret\n",
};

Deno.test("a module logs in, lists, fetches side by side, fills a cart and logs out; requests have names", async () => {
  for (const flags of [[], ["-t", "2"], ["--rate", "200"]]) {
    const { code, err, result } = await runModule(BUYS, flags, FILES);
    assertEquals(
      [code, result?.total_errors],
      [0, 0],
      `${flags}: ${err}\n${JSON.stringify(result?.error_types)}`,
    );
    const counts = Object.fromEntries(
      Object.entries(result.step_stats as Record<string, { count: number }>).map((
        [name, { count }],
      ) => [name, count]),
    );
    assertEquals(counts, {
      "POST /shop/login": 30,
      "GET /shop/items": 30,
      "GET /shop/items/{id}": 60,
      "POST /shop/cart": 30,
      "log out": 30,
    }, `${flags}`);
    assertEquals(result.iterations, 30);
  }
});

Deno.test("the command line goes before a module's options, and before what they conflict with", async () => {
  const source = `
    export const options = { connections: 3, duration: "30s", threshold: ["p95 < 9s", "step:front p95 < 9s"] };
    export default async ({ http }) => { await http.get("/", { name: "front" }); };`;
  const { code, err, result } = await runModule(source, ["-n", "50"]);
  assertEquals(code, 0, err);
  assertEquals([result.total_requests, result.config.connections], [50, 3]);
  assertEquals(result.thresholds.map(({ passed }: { passed: boolean }) => passed), [true, true]);
});

Deno.test("a failed check makes its request a failure, once; expected statuses are none", async () => {
  const source = `
    export default async ({ http, check }) => {
      const ok = await http.get("/", { name: "ok" });
      check(ok, { "never": () => false, "nor this": () => false });
      await http.get("/status/404", { name: "missing", expect: 404 });
      await http.get("/status/500", { name: "broken" });
      await http.get("/", { name: "unexpected", expect: [201, 202] });
    };`;
  const { result } = await runModule(source, ["--iterations", "10", "-c", "2"]);
  assertEquals(result.total_errors, 30);
  assertEquals(result.error_types, {
    "Check: never": 10,
    "Check: nor this": 10,
    "HTTP 500": 10,
    "AssertStatus: expected 201 or 202, got 200": 10,
  });
});

Deno.test("a request's own timeout ends it, and the code sees why", async () => {
  const source = `export default async ({ http, check }) => {
    const late = await http.get("/delay/3000", { timeout: "100ms", name: "late" });
    check("it timed out", late.status === 0 && late.error === "timeout" && !late.ok);
  };`;
  const { result } = await runModule(source, ["--iterations", "2", "-c", "2"]);
  assertEquals([result.error_types, result.checks], [{ timeout: 2 }, {
    "it timed out": { passed: 2, failed: 0 },
  }]);
});

Deno.test("cookies, redirects, bodies and headers travel as the module says", async () => {
  const source = `
    const fieldsOf = (response) => Object.fromEntries(response.json().headers);
    export default async ({ http, check }) => {
      const form = await http.post("/echo", { form: { a: "1 2", b: [3, 4] }, headers: { "X-One": "1", Accept: null } });
      check(form, {
        "form": (r) => r.json().body === "a=1+2&b=3&b=4",
        "type": (r) => fieldsOf(r)["content-type"] === "application/x-www-form-urlencoded",
        "header": (r) => fieldsOf(r)["x-one"] === "1" && !("accept" in fieldsOf(r)),
      });
      const put = await http.request("put", "/echo", { body: "hä", auth: "tok", query: { q: "a b", gone: undefined } });
      check(put, {
        "put": (r) => r.json().method === "PUT" && r.json().body === "hä" && fieldsOf(r).authorization === "Bearer tok",
        "query": (r) => r.json().path === "/echo?q=a+b",
        "bytes": (r) => r.bytes().length > 10 && r.headers.get("content-type").includes("json"),
      });
      await http.get("/cookies?a=1");
      check(await http.get("/echo"), { "cookie": (r) => (fieldsOf(r).cookie ?? "").includes("=") });
    };`;
  const { code, result, err } = await runModule(source, ["--iterations", "4", "-c", "2"]);
  assertEquals([code, result?.error_types], [0, {}], err);
});

Deno.test("an amount of requests is kept exactly, over threads too", async () => {
  const source = `export default async ({ http }) => { await http.get("/"); await http.get("/bytes/10"); };`;
  for (const threads of ["1", "2"]) {
    const { result, counts } = await runModule(source, ["-n", "101", "-c", "4", "-t", threads]);
    assertEquals(result.total_requests, 101);
    assertEquals((counts.get("/") ?? 0) + (counts.get("/bytes/10") ?? 0), 101);
  }
});

Deno.test("what speaks against a module is one message before any load", async () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["export const options = {};", /^bench: Cannot run shop\.ts: expected "export default async function/],
    ["export default 7;", /which is not a function/],
    ["export default async () => {", /^bench: Cannot load shop\.ts: it cannot be parsed: .*shop\.ts:1:/],
    ["const x = 1;\nthrow new Error(`top ${x}`);", /^bench: Cannot load shop\.ts: shop\.ts:2: Error: top 1/],
    [
      'import "./gone.ts";\nexport default () => {};',
      /^bench: Cannot load shop\.ts: it imports gone\.ts, which is not there/,
    ],
    [
      "export const options = { durration: 1 };\nexport default () => {};",
      /^bench: shop\.ts: unknown key "durration": did you mean duration\?/,
    ],
    ["export const options = [];\nexport default () => {};", /expected options to be an object/],
    [
      "export const options = { scenario: 'a.yaml' };\nexport default () => {};",
      /options cannot hold "scenario"/,
    ],
  ];
  for (const [source, message] of cases) {
    const { code, err, counts } = await runModule(source, ["-d", "1"]);
    assertEquals([code, counts.size], [1, 0], source);
    assertMatch(err, message);
    assertEquals(err.split("\n").length, 3, err);
  }
  const { code, err } = await program(["/nowhere/shop.ts"]);
  assertEquals(code, 1);
  assertStringIncludes(err, "bench: Cannot load shop.ts: there is no such file");
});

Deno.test("random numbers and rows depend on the seed and the iteration alone, over any number of threads", async () => {
  const source = `
    export const options = { connections: 4, iterations: 40, seed: 7, data: ["users=users.csv"], "data-strategy": "users=random" };
    export default async ({ http, random, iteration, data }) => {
      const row = data.row("users").user;
      await http.get("/", { name: iteration + " " + Math.floor(random() * 1e6) + " " + row });
    };`;
  const seen: string[][] = [];
  for (const threads of ["1", "2", "3"]) {
    const { result } = await runModule(source, ["-t", threads], FILES);
    seen.push(Object.keys(result.step_stats).sort());
  }
  assertEquals(seen[0]!.length, 40);
  assertEquals(seen[1], seen[0]);
  assertEquals(seen[2], seen[0]);
});

Deno.test("what a module logs is told with -v 1 and with --check, of setup and teardown too, and of nothing else", async () => {
  const source = `
export const setup = ({ log }) => log("set up", { a: 1 });
export const teardown = ({ log }) => log("torn down");
export default async ({ http, log }) => { log("visit", [2], "\\u001b[31m"); await http.get("/"); };`;
  const [run, check, quiet] = await Promise.all([
    runModule(source, ["--iterations", "1", "-v", "1"]),
    runModule(source, ["--check"]),
    runModule(source, ["--iterations", "1"]),
  ]);
  for (const { err } of [run, check]) {
    assertEquals(err.split("\n").filter((line) => line.startsWith("shop.ts: ")), [
      'shop.ts: set up {"a":1}',
      "shop.ts: visit [2] \\x1b[31m",
      "shop.ts: torn down",
    ]);
  }
  assertEquals(quiet.err.includes("set up"), false);
});
