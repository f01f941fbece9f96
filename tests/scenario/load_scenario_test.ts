/** Scenario files as people write them. */
import { assertEquals, assertNotMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { UsageError } from "../../src/lib/errors.ts";
import type { HttpStep } from "../../src/plan/http_step.ts";
import { httpStepsOf, type Scenario } from "../../src/plan/scenario.ts";
import {
  type LoadedScenario,
  loadScenario,
  type LoadScenarioOptions,
} from "../../src/scenario/load_scenario.ts";

const FIXTURES = new URL("../../fixtures/scenarios/", import.meta.url);

function loadFixture(name: string, options: Partial<LoadScenarioOptions> = {}): Promise<LoadedScenario> {
  const { pathname } = new URL(name, FIXTURES);
  return loadScenario(Deno.readTextFileSync(pathname), {
    path: pathname,
    readFile: (path) => Deno.readFile(path),
    env: (variable) => variable === "API_KEY" ? 's3cret"' : undefined,
    ...options,
  });
}

/** No files, and no environment. */
const sources = {
  path: "s.yaml",
  readFile: () => Promise.reject(new Error("No files here")),
  env: () => undefined,
};

async function load(text: string, options: Partial<LoadScenarioOptions> = {}): Promise<Scenario> {
  return (await loadScenario(text, { ...sources, ...options })).scenario;
}

async function loadSteps(
  text: string,
  options: Partial<LoadScenarioOptions> = {},
): Promise<readonly HttpStep[]> {
  return httpStepsOf(await load(text, options));
}

Deno.test("loadScenario() reads every kind of step, rule and data set", async () => {
  const { scenario, warnings } = await loadFixture("login.yaml");
  assertEquals(warnings, []);
  const { flows, ...rest } = scenario;
  assertEquals(rest, {
    name: "Shop visit",
    pick: "rotate",
    data: [
      {
        name: "users",
        strategy: "unique",
        fields: ["name", "password"],
        rows: [["ann", "s1"], ["bo, jr", 'quo"te']],
      },
      {
        name: "products",
        strategy: "random",
        fields: ["id", "sku"],
        rows: [[7, "a/b"], [{ json: "12345678901234567890" }, "ü"]],
      },
    ],
    cookies: "persistent",
    onExtractFailure: "abort_iteration",
    onTemplateError: "abort_iteration",
    env: { API_KEY: 's3cret"' },
    cacheBust: false,
  });
  assertEquals(flows, [{
    name: "Shop visit",
    weight: 1,
    steps: [
      {
        name: "login",
        kind: "http",
        method: "POST",
        url: "http://127.0.0.1:8080/api/login?from=home",
        headers: [["X-Request-Id", "${uuid()}"], ["X-Attempt", "1"], ["Content-Type", "application/json"]],
        body: {
          kind: "text",
          text: '{"user":"${users.name}","password":"${users.password}","tries":[1,2.5,null,true]}',
          isJson: true,
        },
        isTemplate: true,
        thinkMs: 0,
        extract: [
          { name: "token", from: "json", expression: "$.session.token" },
          { name: "csrf", from: "regex", expression: 'name="csrf" value="([^"]+)"' },
          { name: "next", from: "header", expression: "Location" },
        ],
        checks: [{ kind: "status", equals: 201 }, { kind: "max_latency", ms: 500 }],
      },
      {
        name: "Step 2: GET products/${products.id}",
        kind: "http",
        method: "GET",
        url: "products/${products.id}",
        base: "http://127.0.0.1:8080/api/",
        headers: [["X-Request-Id", "${uuid()}"], ["X-Attempt", "1"], ["Authorization", "Bearer ${token}"]],
        isTemplate: true,
        thinkMs: 500,
        extract: [],
        checks: [
          { kind: "body_contains", text: "price" },
          { kind: "body_regex", pattern: String.raw`"price":\s*\d+` },
          { kind: "json", path: "id", equals: "*" },
          { kind: "json", path: "in_stock", equals: true },
          { kind: "header", name: "Content-Type", pattern: "^application/json" },
          { kind: "header", name: "X-Cache", equals: "HIT" },
        ],
      },
      {
        name: "checkout",
        kind: "http",
        method: "PUT",
        url: "${next}",
        base: "http://127.0.0.1:8080/api/",
        headers: [["Content-Type", "text/plain"]],
        body: { kind: "text", text: "csrf=${csrf}&n=${counter(orders)}&q=${randint(1, 6)}" },
        isTemplate: true,
        thinkMs: 500,
        extract: [],
        checks: [],
      },
      {
        name: "health",
        kind: "http",
        method: "GET",
        url: "http://localhost:9090/health",
        headers: [["X-Api-Key", "${env(API_KEY)}"]],
        isTemplate: true,
        thinkMs: 500,
        extract: [],
        checks: [],
      },
    ],
  }]);
});

Deno.test("loadScenario() reads weighted flows, and bodies of bytes, files and numbers as they are", async () => {
  const { scenario } = await loadFixture("flows.json");
  assertEquals([scenario.pick, scenario.cookies], ["weighted", "fresh_per_iteration"]);
  assertEquals(scenario.flows.map(({ name, weight }) => [name, weight]), [["read", 9], ["write", 1]]);
  const steps = httpStepsOf(scenario);
  assertEquals(steps.map(({ name }) => name), [
    "page",
    "Step 2: GET /style.css",
    "page (2)",
    "Step 2: POST /notes",
    "Step 3: POST /notes",
    "Step 4: POST /notes",
  ]);
  assertEquals(steps.map(({ thinkMs }) => thinkMs), [undefined, undefined, 0, 250, 250, 250]);
  assertEquals(steps.slice(3).map(({ body }) => body), [
    { kind: "text", text: "123.50" },
    { kind: "base64", base64: "AP+A" },
    { kind: "base64", base64: btoa("Not a ${placeholder}\n") },
  ]);
  assertEquals(steps.map(({ isTemplate }) => isTemplate), [false, false, false, false, false, false]);
});

Deno.test("loadScenario() keeps values of environment variables out of the steps", async () => {
  const { scenario: { env, ...shown } } = await loadFixture("login.yaml");
  assertEquals(env, { API_KEY: 's3cret"' });
  assertNotMatch(JSON.stringify(shown), /s3cret/);
});

Deno.test("loadScenario() keeps secrets in queries out of the names it gives", async () => {
  const [step] = await loadSteps("steps: [{ path: 'http://h/x?api_key=s3cret&page=2' }]");
  assertEquals(step?.name, "Step 1: GET http://h/x?api_key=***&page=2");
});

Deno.test("loadScenario() puts paths behind the path of the base URL", async () => {
  const rows: readonly (readonly [base: string, path: string, url: string])[] = [
    ["http://h", "/users", "http://h/users"],
    ["http://h/api", "/users", "http://h/api/users"],
    ["http://h/api", "/users?page=${randint(1,1)}", "http://h/api/users?page=${randint(1,1)}"],
    ["http://h/api/", "/users", "http://h/api/users"],
    ["http://h/api/?x=1", "/a:b?c", "http://h/api/a:b?c"],
    ["http://h/api/", "users", "http://h/api/users"],
    ["http://h/api/v1", "users", "http://h/api/v1/users"],
    ["http://h/api/v1", "/", "http://h/api/v1/"],
    ["http://h/api/", "../users", "http://h/users"],
    ["http://h/api?x=1", "?page=2", "http://h/api?page=2"],
    ["http://h:81/", "https://other:82/x#frag", "https://other:82/x"],
    ["https://h/", "//other/x", "https://other/x"],
    ["http://h/", "/a b/ü", "http://h/a%20b/%C3%BC"],
  ];
  for (const [base, path, url] of rows) {
    const [step] = await loadSteps(JSON.stringify({ base_url: base, steps: [{ path }] }));
    assertEquals(step?.url, url, `${base} + ${path}`);
  }
});

Deno.test("loadScenario() lets a URL of the command line replace the base URL", async () => {
  const text = JSON.stringify({ base_url: "ftp://ignored", steps: [{ path: "/x" }, { path: "http://c/" }] });
  const steps = await loadSteps(text, { baseUrl: "http://user:pass@b:8080/path" });
  assertEquals(steps.map(({ url }) => url), ["http://b:8080/path/x", "http://c/"]);
});

Deno.test("loadScenario() needs no base URL when every path is absolute or filled in", async () => {
  const [first, second] = await loadSteps(
    "steps:\n  - path: http://a/\n    extract: { next: { json: next } }\n  - path: ${next}",
  );
  assertEquals([first?.url, second?.url, second?.base], ["http://a/", "${next}", undefined]);
});

Deno.test("loadScenario() keeps what the environment puts into the base URL's path out of the steps' URLs", async () => {
  const base = "${env(SITE)}/${env(KEY)}/v1/?k=${env(KEY)}";
  const text = JSON.stringify({
    base_url: base,
    steps: [{ path: "x" }, { path: "/y" }, { path: "z?a=${uuid()}" }],
  });
  const env = (name: string) => ({ SITE: "http://h:1", KEY: "s3 cret" })[name];
  const scenario = await load(text, { env });
  const steps = httpStepsOf(scenario);
  assertEquals(steps.map(({ url }) => url), [
    "http://h:1/${env(KEY)}/v1/x",
    "http://h:1/${env(KEY)}/v1/y",
    "z?a=${uuid()}",
  ]);
  assertEquals([scenario.env, steps[0]?.isTemplate], [{ KEY: "s3 cret" }, true]);
  assertEquals(steps[2]?.base, "http://h:1/s3%20cret/v1/");
});

Deno.test("loadScenario() fills environment variables into the base URL", async () => {
  const [step] = await loadSteps("base_url: http://${env(HOST)}/\nsteps: [{ path: /x }]", {
    env: () => "h:81",
  });
  assertEquals(step?.url, "http://h:81/x");
});

Deno.test("loadScenario() lets headers of a step replace common ones, whatever their case", async () => {
  const [step] = await loadSteps(
    "base_url: http://h\nsteps: [{ path: /, body: [1], headers: { authorization: mine, content-TYPE: text/x } }]",
    {
      commonHeaders: [["Authorization", "all"], ["Accept", "a"], ["accept", "b"], ["Content-Type", "text/y"]],
    },
  );
  assertEquals(step?.headers, [["Accept", "a"], ["accept", "b"], ["authorization", "mine"], [
    "content-TYPE",
    "text/x",
  ]]);
});

Deno.test("loadScenario() takes an explicit think time of 0 for what it says", async () => {
  const thinkTimes = async (text: string) => (await loadSteps(text)).map(({ thinkMs }) => thinkMs);
  const steps =
    "steps: [{ path: http://h, think_time: 0 }, { path: http://h }, { path: http://h, think_time: 1m30s }]";
  assertEquals(await thinkTimes(steps), [0, undefined, 90_000]);
  assertEquals(await thinkTimes(`think_time: 2.5\n${steps}`), [0, 2500, 90_000]);
  assertEquals(await thinkTimes(`think_time: 0\n${steps}`), [0, 0, 90_000]);
});

Deno.test("loadScenario() puts the command line's think time in place of the file's, not of a step's own", async () => {
  const steps = "steps: [{ path: http://h, think_time: 2s }, { path: http://h }]";
  const pauses = async (text: string, thinkMs: number) =>
    (await load(text, { thinkMs })).flows.flatMap((flow) => flow.steps.map((step) => step.thinkMs));
  assertEquals(await pauses(`think_time: 0\n${steps}`, 1000), [2000, 1000]);
  assertEquals(await pauses(`think_time: 5s\n${steps}`, 0), [2000, 0]);
  assertEquals(await pauses(`flows: [{ think_time: 5s, ${steps} }]`, 1000), [2000, 1000]);
});

Deno.test("loadScenario() makes names unique without taking names that are given", async () => {
  const names = ["a", "a", "a (2)", "a"].map((name) => ({ name, path: "http://h" }));
  const steps = await loadSteps(JSON.stringify({ steps: names }));
  assertEquals(steps.map(({ name }) => name), ["a", "a (3)", "a (2)", "a (4)"]);
});

Deno.test("loadScenario() takes data sets of the command line over those of the file", async () => {
  const text = "data: { u: { file: no.csv, strategy: unique } }\n" +
    "steps: [{ path: 'http://h/${u.id}/${v.id}' }]";
  const files: Record<string, string> = { "here.csv": "\ufeff id \n1\n\n2\n", "dir/v.json": '[{"id":true}]' };
  const scenario = await load(text, {
    path: "dir/s.yaml",
    dataFlags: { data: ["u=here.csv", "v=dir/v.json"], dataStrategy: ["v=sequential"] },
    readFile: (path) => Promise.resolve(new TextEncoder().encode(files[path])),
  });
  assertEquals(scenario.data, [
    { name: "u", strategy: "unique", fields: ["id"], rows: [["1"], ["2"]] },
    { name: "v", strategy: "sequential", fields: ["id"], rows: [[true]] },
  ]);
});

Deno.test("loadScenario() sends numbers and booleans in headers as they are written", async () => {
  const steps = await loadSteps([
    "steps:",
    "  - { path: http://h/, headers: &common { X-Version: 1.10, X-Id: 007, X-On: True } }",
    "  - { path: http://h/, headers: *common }",
    "  - { path: http://h/, headers: { <<: *common, X-Id: 0x1F } }",
    "  - { path: http://h/, headers: { <<: [{ X-On: 1e3 }, *common] } }",
  ].join("\n"));
  const values = steps.map(({ headers }) => {
    const byName = Object.fromEntries(headers);
    return [byName["X-Version"], byName["X-Id"], byName["X-On"]];
  });
  assertEquals(values, [
    ["1.10", "007", "True"],
    ["1.10", "007", "True"],
    ["1.10", "0x1F", "True"],
    ["1.10", "007", "1e3"],
  ]);
});

Deno.test("loadScenario() makes a line of each value that a header lists", async () => {
  const [step] = await loadSteps("steps: [{ path: http://h/, headers: { X-A: [1.10, b, True], Y: c } }]");
  assertEquals(step?.headers, [["X-A", "1.10"], ["X-A", "b"], ["X-A", "True"], ["Y", "c"]]);
});

Deno.test("loadScenario() reads JSON under any name, with tabs and a byte order mark", async () => {
  for (const path of ["s.json", "s.yaml", "s.txt"]) {
    const prefix = path === "s.json" ? "" : "\ufeff";
    const [step] = await loadSteps(`${prefix}{\n\t"steps": [\n\t\t{"path": "http://h/"}\n\t]\n}\n`, { path });
    assertEquals(step?.url, "http://h/", path);
  }
});

Deno.test("loadScenario() warns of what is likely not meant", async () => {
  const { warnings } = await loadScenario(
    [
      "data: { unused: { file: u.csv } }",
      "steps:",
      "  - path: http://h/${ a user }",
      "    assert_body_regex: ${token}",
      "    assert_json: { user.id: exists }",
      "    extract: { next: { regex: 'id=${id}&next=([0-9]+)' } }",
    ].join("\n"),
    {
      path: "s.yaml",
      readFile: () => Promise.resolve(new TextEncoder().encode("a\n1")),
      env: () => undefined,
    },
  );
  assertEquals(warnings, [
    's.yaml:1: Data set "unused" is not used by any step',
    's.yaml:3: Step 1: "${ a user }" is not a placeholder and is sent as is',
    's.yaml:3: Step 1: "${token}" is not filled in: JSON paths and patterns take no placeholders',
    's.yaml:3: Step 1: "${id}" is not filled in: JSON paths and patterns take no placeholders',
    's.yaml:5: Step 1: This expects the text "exists"; to check that there is a value, write { exists: true }',
  ]);
});

Deno.test("loadScenario() tells all problems at once", async () => {
  const text =
    "steps:\n  - path: ftp://h\n  - path: /x\n    assert_json: { 'a..': 1 }\n    headers: { 'a b': c }";
  const error = await assertRejects(() => load(text), UsageError);
  assertEquals(error.problems.length, 4);
  for (const problem of error.problems) assertStringIncludes(problem, "s.yaml:");
});

Deno.test("loadScenario() gives plain data that travels to workers whole", async () => {
  for (const name of ["login.yaml", "flows.json"]) {
    const { scenario } = await loadFixture(name);
    assertEquals(JSON.parse(JSON.stringify(scenario)), scenario, name);
  }
});

Deno.test("loadScenario() calls a file without a name by its own, and its flow, too", async () => {
  const text = "base_url: http://h/\nsteps: [ { path: / } ]\n";
  const { scenario } = await loadScenario(text, { ...sources, path: "some/where/log-in.yaml" });
  assertEquals([scenario.name, scenario.flows[0]!.name], ["log-in", "log-in"]);
});

Deno.test("loadScenario() says what users beside a rate are", async () => {
  const text =
    "base_url: http://h/\nscenarios:\n  a: { rate: 5, users: 2, duration: 3, steps: [ { path: / } ] }\n" +
    "  b: { users: 2, duration: 3, steps: [ { path: / } ] }\n";
  const loadOf = () => ({ kind: "duration", connections: 1, durationMs: 1 }) as const;
  const { warnings } = await loadScenario(text, { ...sources, path: "two.yaml", loadOf });
  assertEquals(warnings, [
    'two.yaml:3: Scenario "a": "rate" decides when iterations start, so "users" only caps how many run at once',
  ]);
});
