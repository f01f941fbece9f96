/** Flows of scenario files: groups, loops, conditions, choices, requests at the same time, settings of steps. */
import { assert, assertEquals, assertGreaterOrEqual, assertStringIncludes } from "@std/assert";
import { startTarget, type Target } from "../../src/target/serve.ts";
import { program } from "../_support/program.ts";
import { freePort } from "../_support/peers.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { fleetTest, watch } from "./_fleet.ts";

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Path, query and body of each request, in order. */
  readonly seen: Target["seen"];
  // deno-lint-ignore no-explicit-any -- the document's own tests know its shape
  readonly json: any;
}

async function run(scenario: string, args: readonly string[]): Promise<Run> {
  await using temp = await tempDir();
  await using server = startTarget({ port: 0, hostname: "127.0.0.1", keep: 10_000 });
  await Deno.writeTextFile(`${temp.path}/flow.yaml`, scenario);
  const { code, out, err } = await program([
    ...["--scenario", `${temp.path}/flow.yaml`, "--json", `${temp.path}/flow.json`, "--seed", "1"],
    ...args,
    server.url,
  ]);
  const json = await Deno.readTextFile(`${temp.path}/flow.json`).then(JSON.parse, () => undefined);
  return { code, out, err, seen: [...server.seen], json };
}

function pathsOf({ seen }: Run): readonly string[] {
  return seen.map(({ path }) => path);
}

Deno.test("loops, conditions and groups run as they are written, and are timed", async () => {
  const done = await run(
    `
vars: { pages: 3 }
steps:
  - group: browse
    steps:
      - repeat: \${pages}
        steps:
          - { name: page, path: "/json?page", extract: { id: { json: id }, flag: { json: isActive } } }
  - repeat: 2
    steps:
      - if: \${id} == 7 && flag
        steps: [ { name: "yes", path: "/json?yes" } ]
        else: [ { name: "no", path: "/json?no" } ]
  - if: \${id} > 7
    steps: [ { name: never, path: "/json?never" } ]
  - while: \${status} != 'done'
    max: 4
    steps:
      - { name: poll, path: "/json?poll", extract: { status: { json: name } } }
  - { name: last, path: "/json?last" }
`,
    ["--iterations", "1", "-c", "1"],
  );
  assertEquals(done.code, 0, done.out + done.err);
  assertEquals(pathsOf(done).map((path) => path.replace("/json?", "")), [
    ...["page", "page", "page", "yes", "yes"],
    ...["poll", "poll", "poll", "poll", "last"],
  ]);
  const { group_stats, iteration_stats, iterations, limits_met } = done.json;
  assertEquals([group_stats.browse.count, iterations, limits_met], [1, 1, { loop_rounds: 1 }]);
  assertStringIncludes(
    done.out.replace(/\s+/g, " "),
    "Loops were cut short 1 time: they had done as many rounds as max",
  );
  assertGreaterOrEqual(iteration_stats.flow.max, group_stats.browse.max);
});

Deno.test("one of several choices is drawn by weight, and the same for the same seed", async () => {
  const scenario = `
steps:
  - choose:
      - { weight: 9, name: often, path: "/json?often" }
      - weight: 1
        steps: [ { name: first, path: "/json?first" }, { name: second, path: "/json?second" } ]
`;
  const done = await run(scenario, ["--iterations", "200", "-c", "1"]);
  const often = pathsOf(done).filter((path) => path.endsWith("often")).length;
  const [first, second] = ["first", "second"].map((name) =>
    pathsOf(done).filter((path) => path.endsWith(name)).length
  );
  assertEquals([often + first!, first], [200, second]);
  assert(often > 150 && often < 200, `${often} of 200`);
  assertEquals(pathsOf(await run(scenario, ["--iterations", "200", "-c", "1"])), pathsOf(done));
});

Deno.test("requests in parallel are sent at the same time, with the user's cookies", async () => {
  const done = await run(
    `
steps:
  - { name: log in, method: POST, path: /login, body: { user: anna, password: x }, extract: { token: { json: token } } }
  - set_headers: { Authorization: "Bearer \${token}" }
  - set_cookies: { theme: dark }
  - group: together
    steps:
      - parallel:
          - { name: a, path: /delay/200 }
          - { name: b, path: /delay/200 }
          - { name: c, path: "/private?c", assert_json: { isLoggedIn: true } }
`,
    ["--iterations", "1", "-c", "1", "--no-session-cookies"],
  );
  // The target wants its session cookie as well: without it, the check of the third fails.
  assertEquals(done.code, 0, done.out + done.err);
  const { step_stats, group_stats } = done.json;
  const alone = step_stats.a.mean + step_stats.b.mean;
  assert(group_stats.together.failed_latency.max < alone, "they wait for each other");
  const headers = Object.fromEntries(done.seen.find(({ path }) => path === "/private?c")!.headers);
  assertStringIncludes(headers["authorization"]!, "Bearer ");
  assertEquals(headers["cookie"], "theme=dark");
});

Deno.test("steps have timeouts, redirects, pauses and GraphQL bodies of their own", async () => {
  const done = await run(
    `
headers: { X-All: "1" }
cookies: { a: b }
steps:
  - { name: slow, path: /delay/600000, timeout: 100ms }
  - { name: followed, path: /redirect/2, follow_redirects: true, assert_status: 200 }
  - { name: not followed, path: /redirect/2, assert_status: 302, think_time: { min: 20ms, max: 30ms } }
  - { name: query, path: /echo, graphql: { query: "query Q { a }", variables: { n: 1 }, operation_name: Q } }
`,
    ["--iterations", "1", "-c", "1"],
  );
  const { step_stats, error_types } = done.json;
  assertEquals(error_types, { timeout: 1 });
  assert(done.json.duration_sec < 300, "the slow one was not waited for");
  assertEquals([step_stats.followed.errors, step_stats["not followed"].errors], [0, 0]);
  const query = done.seen.find(({ path }) => path === "/echo")!;
  assertEquals([query.method, JSON.parse(query.body!)], [
    "POST",
    { query: "query Q { a }", variables: { n: 1 }, operationName: "Q" },
  ]);
  const headers = Object.fromEntries(query.headers);
  assertEquals([headers["x-all"], headers["cookie"]], ["1", "a=b"]);
});

Deno.test("-n counts requests, whatever loops make of them", async () => {
  const done = await run(`steps: [ { repeat: 7, steps: [ { path: /json } ] } ]`, ["-n", "30", "-c", "2"]);
  assertEquals([done.seen.length, done.json.total_requests], [30, 30]);
});

Deno.test("--check tells steps that were not to be done from those that were not reached", async () => {
  const { code, out } = await run(
    `
steps:
  - { name: one, path: /json, extract: { id: { json: id } } }
  - { if: "\${id} > 100", steps: [ { name: two, path: /json } ] }
`,
    ["--check"],
  );
  assertEquals(code, 0, out);
  assertStringIncludes(out, "2. two  skipped");
  assertStringIncludes(out, "1 of 2 steps passed, 1 skipped");
});

Deno.test("mistakes in blocks are told with file, line and place", async () => {
  const { code, err } = await run(
    `
steps:
  - grop: x
    steps: [ { path: /a } ]
  - while: "\${nope} > 1"
    steps: [ { path: /a } ]
  - if: "1 +"
    steps: [ { path: /a } ]
  - group: g
    steps:
      - { name: inner, path: "/\${nope}", think_time: { mean: 1s } }
`,
    ["--check"],
  );
  assertEquals(code, 1);
  assertStringIncludes(err, 'flow.yaml:3: Step 1: Unknown key "grop": did you mean group?');
});

fleetTest("the same seed gives the same requests over threads and workers", async () => {
  await using temp = await tempDir();
  await using server = startTarget({ port: 0, hostname: "127.0.0.1", keep: 10_000 });
  const path = `${temp.path}/random.yaml`;
  await Deno.writeTextFile(`${temp.path}/names.json`, JSON.stringify([{ n: "a" }, { n: "b" }, { n: "c" }]));
  await Deno.writeTextFile(
    path,
    `
data: { names: { file: names.json, strategy: random } }
flows:
  - name: pick
    weight: 2
    steps:
      - { name: list, path: "/json?\${names.n}", extract: { id: { json: "items[*].id", pick: random } } }
      - repeat: \${randint(1, 3)}
        steps: [ { name: item, path: "/echo?id=\${id}&n=\${randint(1, 1000000)}" } ]
  - name: choose
    steps:
      - choose: [ { name: left, path: "/json?left" }, { name: right, path: "/json?\${uuid()}" } ]
`,
  );
  let before = 0;
  const requests = () => {
    const paths = server.seen.slice(before).map((one) => one.path).sort();
    before = server.seen.length;
    return paths;
  };
  const args = ["--scenario", path, "--seed", "7", "--iterations", "60", "-c", "6", server.url];
  const alone = await program(args);
  assertEquals(alone.code, 0, alone.err);
  const expected = requests();
  assertGreaterOrEqual(expected.length, 60);
  for (const threads of ["2", "3"]) {
    await program([...args, "-t", threads]);
    assertEquals(requests(), expected, `${threads} threads`);
  }
  const port = String(freePort());
  const secret = { BENCH_SECRET: "correct horse battery" };
  const master = watch(["--master", "--port", port, "--expect-workers", "2", ...args], secret);
  const workers = [1, 2].map(() => watch(["--worker", `127.0.0.1:${port}`], secret));
  assertEquals((await master.ended).code, 0);
  for (const worker of workers) await worker.ended;
  assertEquals(requests(), expected, "two workers");
});
