/** Code that is wrong: it throws, hangs, blocks, fails without await, or leaves requests behind. */
import { assert, assertEquals, assertGreater, assertLess, assertMatch } from "@std/assert";
import { program } from "../_support/program.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { unixTest } from "../_support/peers.ts";
import { runModule } from "./_script.ts";

Deno.test("an exception ends its iteration and is counted by its place and message", async () => {
  const source = `
export default async ({ http, iteration, fail, check }) => {
  const response = await http.get("/");
  if (iteration % 4 === 1) response.json();
  if (iteration % 4 === 2) fail("no items");
  if (iteration % 4 === 3) {
    iteration.gone.deeper;
  }
  check("reached the end", true);
};`;
  for (const threads of ["1", "2"]) {
    const { code, result } = await runModule(source, ["--iterations", "40", "-c", "2", "-t", threads]);
    assertEquals([code, result.total_requests, result.total_errors, result.iterations], [0, 40, 30, 40]);
    assertEquals(result.script_errors, 30);
    assertEquals(result.error_types, {
      "shop.ts:4: SyntaxError: the response of GET / is not JSON (status 200, 17 bytes)": 10,
      "shop.ts:5: no items": 10,
      "shop.ts:7: TypeError: Cannot read properties of undefined (reading 'deeper')": 10,
    });
    assertEquals(Object.keys(result.step_stats).sort(), ["GET /", "shop.ts"]);
  }
});

Deno.test("a check that throws, waits, or is given a promise does not hold, and says why", async () => {
  const source = `
export default async ({ http, check, iteration }) => {
  const page = await http.get("/redirect/2");
  check(page, { "known": true, "small": (r) => r.text().length < 99 });
  if (iteration % 3 === 0) check(page, { "is JSON": (r) => r.json().a === 1, "behind": () => true });
  if (iteration % 3 === 1) check(page, { "waits": async () => false });
  check(http.get("/", { name: "no await" }), { "has a status": (r) => r.status === 200 });
};`;
  const flags = ["--iterations", "30", "-c", "2", "--follow-redirects"];
  const { result, err } = await runModule(source, flags);
  const shares = Object.entries(result.checks as Record<string, { passed: number; failed: number }>)
    .map(([name, { passed, failed }]) => [name, passed, failed]);
  assertEquals(shares.sort(), [["is JSON", 0, 10], ["known", 30, 0], ["small", 30, 0], ["waits", 0, 10]]);
  assertEquals(result.error_types, {
    "Check: is JSON": 10,
    "Check: waits": 10,
    "shop.ts:5: SyntaxError: the response of GET /redirect/{id} is not JSON (status 200, 17 bytes)": 10,
    'shop.ts:6: TypeError: Cannot check "waits": its function is async; await what it needs before the check':
      10,
    "shop.ts:7: TypeError: Cannot check a promise: write await before the request": 10,
  });
  // Bodies of redirects are no part of the last one, which is whole.
  assert(!`${JSON.stringify(result)}${err}`.includes("body-limit"), err);
});

Deno.test("options of a request that mean nothing end the iteration; the report says what failed", async () => {
  const source = `
const post = (http, iteration) => [
  () => http.post("/echo", { timout: "1s" }),
  () => http.post("/echo", { tags: { name: "echo" } }),
  () => http.post("/echo", "text"),
][iteration % 3]();
export default async ({ http, iteration }) => {
  await http.get(iteration < 10 ? "/status/500" : "/");
  await post(http, iteration);
};`;
  const { result, err } = await runModule(source, ["--iterations", "30", "-c", "2"]);
  assertEquals(result.error_types, {
    "HTTP 500": 10,
    'shop.ts:3: TypeError: Unknown request option "timout": did you mean timeout?': 10,
    [
      'shop.ts:4: TypeError: Unknown request option "tags": expected headers, body, json, form, multipart, query, name, ' +
      "timeout, auth, expect"
    ]: 10,
    "shop.ts:5: TypeError: Cannot request with a text: expected options such as { body: … } or { json: … }":
      10,
  });
  assertMatch(err, /Errors: 10 requests failed, and 30 iterations ended with an error \(66\.67%\)/);
  assertMatch(err, /^ +10 {2}shop\.ts:3: TypeError/m);
});

Deno.test("JSON that was cut off says so", async () => {
  const source = `export default async ({ http }) => {
    (await http.post("/echo", { body: "y".repeat(5000) })).json();
  };`;
  const { result } = await runModule(source, ["--iterations", "2", "--body-limit", "1000"]);
  assertEquals(Object.keys(result.error_types), [
    "shop.ts:2: SyntaxError: only the first 1000 bytes of the response of POST /echo were kept (--body-limit), " +
    "which are not JSON",
  ]);
});

Deno.test("imports that are no paths are one message; a k6 script is told how it is rewritten", async () => {
  const cases = [
    [
      `import http from "k6/http"; import exec from "k6/execution"; void [http, exec];`,
      "it is a k6 script. Rewrite it: bench k6-import shop.ts -o shop.bench.ts",
    ],
    [
      // What it imports from elsewhere is neither fetched nor run.
      `import { pick } from "http://127.0.0.1:9/k6-utils.js"\nimport {\n check,\n sleep } from 'k6'\n`,
      "it is a k6 script. Rewrite it: bench k6-import shop.ts -o shop.bench.ts",
    ],
    [
      `import pad from "left-pad-of-nobody"; void pad;`,
      'it imports "left-pad-of-nobody", which is neither a path nor a URL: write "./left-pad-of-nobody" for a file, ' +
      '"npm:left-pad-of-nobody" for a package',
    ],
  ] as const;
  for (const [imports, reason] of cases) {
    const { code, err } = await runModule(`${imports} export default () => {};`, ["-d", "1"]);
    assertEquals([code, err], [1, `bench: Cannot load shop.ts: ${reason}\nTry: bench --help\n`]);
  }
});

Deno.test("an iteration that never ends is cut off at its time limit, and the user goes on", async () => {
  const source = `
    export const options = { iterations: 6, connections: 3, "iteration-timeout": "3s" };
    export default async ({ http, iteration, pause }) => {
      await http.get("/");
      if (iteration < 3) await new Promise(() => {});
      await pause("3500ms");
      await http.get("/bytes/5");
    };`;
  const { code, result } = await runModule(source, []);
  assertEquals([code, result.iterations, result.script_errors], [0, 6, 3]);
  const [message] = Object.keys(result.error_types);
  assertMatch(
    message!,
    /^shop\.ts: an iteration took longer than 3s and was cut off \(--iteration-timeout\)$/,
  );
  assertEquals([result.step_stats["GET /"].count, result.step_stats["GET /bytes/{id}"].count], [6, 3]);
});

unixTest(
  "the end of a run waits for no code that hangs, loops over pauses, or ignores that it is over",
  [],
  async () => {
    const hangs = `export default async ({ http }) => {
    await http.get("/");
    await http.get("/");
    await new Promise(() => {});
  };`;
    const loops = `export default async ({ http, pause }) => {
    while (true) { try { await http.get("/"); await pause("10ms"); } catch {} }
  };`;
    const paused = `export default async ({ pause }) => { while (true) await pause(1); };`;
    for (const source of [hangs, loops]) {
      // Two users: whoever asks for the second time has had a response.
      const isSeen = (counts: ReadonlyMap<string, number>) => (counts.get("/") ?? 0) > 3;
      const { result, err } = await runModule(source, ["-d", "600", "-c", "2", "--grace", "0"], {}, isSeen);
      assertGreater(result.total_requests, 1, err);
    }
    const { err } = await runModule(paused, ["-d", "1", "-c", "2", "--grace", "0"]);
    assertMatch(err, /there is nothing to measure/);
  },
);

Deno.test("code that blocks its thread is named", async () => {
  const source = `export default async ({ http }) => {
    await http.get("/");
    const until = performance.now() + 400;
    while (performance.now() < until);
  };`;
  const { result, err } = await runModule(source, ["-d", "2", "-c", "2"]);
  const warnings = JSON.stringify(result.notes ?? result.trust);
  // On a machine that is busy, that is named instead.
  assertMatch(warnings + err, /shop\.ts held its thread for up to \d+|Other programs used the CPU/);
});

Deno.test("a promise without await that fails is counted, and ends nothing", async () => {
  const source = `
export default async ({ http, pause }) => {
  http.get("mailto:x");
  Promise.reject(new Error("lost"));
  await http.get("/");
  await pause("5ms");
};`;
  for (const threads of ["1", "2"]) {
    const { code, result } = await runModule(source, ["--iterations", "10", "-c", "2", "-t", threads]);
    assertEquals([code, result.total_requests, result.iterations], [0, 10, 10]);
    assertEquals(result.error_types, {
      'shop.ts:3: TypeError: Cannot request "mailto:x": expected an http or https URL (in a promise without await)':
        10,
      "shop.ts:4: Error: lost (in a promise without await)": 10,
    });
  }
});

Deno.test("requests that the code does not wait for end with their iteration", async () => {
  const source =
    `export default async ({ http }) => { http.get("/delay/30", { name: "left" }); await http.get("/"); };`;
  const { result } = await runModule(source, ["--iterations", "10", "-c", "2"]);
  assertEquals([result.step_stats["left"].count, result.step_stats["GET /"].count, result.iterations], [
    10,
    10,
    10,
  ]);
});

Deno.test("more than 500 names are folded into one, and a warning says how to name requests", async () => {
  const source =
    `export default async ({ http, iteration }) => { await http.get("/", { name: "n" + iteration }); };`;
  for (const threads of ["1", "2"]) {
    const { result, err } = await runModule(source, ["--iterations", "1200", "-c", "4", "-t", threads]);
    const names = Object.keys(result.step_stats);
    assertEquals([names.includes("other requests"), result.total_requests], [true, 1200]);
    // A request of either thread that was under way when the names of both together became too many may be among the others.
    assert(names.length <= 501 && names.length >= 501 - 4, `${names.length}`);
    assertMatch(JSON.stringify(result.notes) + err, /more than 500 different names/);
  }
});

Deno.test("setup runs once and its result is everywhere; teardown runs, too; what fails in them is one message", async () => {
  const source = (setup: string) => `
    export async function setup({ http, fail, check }) { ${setup} }
    export default async ({ http, vars, check }) => {
      const cart = await http.get("/shop/cart", { auth: vars.token });
      check(cart, { "mine": (r) => r.ok && vars.list[1].deep === "ä" && Object.isFrozen(vars.list) });
    };
    export async function teardown({ http, vars }) { await http.post("/shop/logout", { auth: vars.token }); }`;
  const works = source(`
    const login = await http.post("/shop/login", { json: { user: "ann", password: "x" } });
    return { token: login.json().token, list: [1, { deep: "ä" }] };`);
  for (const flags of [["-t", "1"], ["-t", "2"], ["-t", "3"]]) {
    const { code, err, result, counts } = await runModule(works, ["--iterations", "30", "-c", "3", ...flags]);
    assertEquals([code, result?.total_errors], [0, 0], err);
    assertEquals([counts.get("/shop/login"), counts.get("/shop/cart"), counts.get("/shop/logout")], [
      1,
      30,
      1,
    ]);
  }
  const cases = [
    ['fail("no shop today")', /^bench: Setup failed: shop\.ts:2: no shop today\n/],
    [
      '(await http.get("/")).json()',
      /^bench: Setup failed: shop\.ts:2: SyntaxError: the response of GET \/ is not JSON/,
    ],
    ['check("shop is open", false)', /^bench: Setup failed: the check "shop is open" does not hold\n/],
    ["const a = {}; a.a = a; return a;", /^bench: Setup failed: what it returned cannot be sent to threads/],
  ] as const;
  for (const [setup, message] of cases) {
    const { code, err, counts } = await runModule(source(setup), ["-d", "1"]);
    assertEquals([code, counts.get("/shop/cart")], [1, undefined]);
    assertMatch(err, message);
  }
});

Deno.test("--check runs setup, one iteration and teardown, and shows every request with its checks, secrets masked", async () => {
  const source = `
    export async function setup({ http }) {
      return (await http.post("/shop/login", { json: { user: "ann", password: "s3cret-pass" } })).json();
    }
    export default async ({ http, vars, check, pause }) => {
      check(await http.get("/shop/items/1001", { auth: vars.token }), { "is a book": (r) => r.json().category === "books" });
      await pause("10m");
      check(await http.get("/status/404", { expect: [404, 410] }), { "never": () => false });
      throw new Error("at the end");
    };`;
  const { code, out, counts } = await runModule(source, ["--check"]);
  assertEquals([code, counts.get("/shop/login"), counts.get("/shop/items/1001")], [1, 1, 1]);
  for (
    const part of [
      /1\. POST \/shop\/login {2}passed/,
      /1\. GET \/shop\/items\/\{id\} {2}passed/,
      /> Authorization: \*\*\*/,
      /\+ is a book/,
      /2\. GET \/status\/\{id\} {2}FAILED/,
      /- never: does not hold/,
      /! shop\.ts:9: Error: at the end/,
    ]
  ) assertMatch(out, part);
  assert(!out.includes("s3cret-pass"), out);
});

Deno.test("a module of paths without a URL ends its run at once, and says what is missing", async () => {
  await using temp = await tempDir();
  const path = `${temp.path}/shop.ts`;
  await Deno.writeTextFile(path, 'export default async ({ http }) => { await http.get("/a"); };\n');
  const { out } = await program([path, "-d", "600", "-c", "3", "-t", "1", "--json", "-", "--no-progress"]);
  const { error_types: errors, duration_sec: seconds, config } = JSON.parse(out);
  assertEquals(errors, {
    'shop.ts:1: TypeError: Cannot request "/a": a path needs the URL of the command line, or options.url': 3,
  });
  assertLess(seconds, 60);
  assertMatch(config.command, /^bench \S*shop\.ts -/);
});
