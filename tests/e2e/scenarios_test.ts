/** Several scenarios in one run: each with its load, steps, numbers and thresholds, over threads and workers. */
import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { startTarget, type Target } from "../../src/target/serve.ts";
import { freePort } from "../_support/peers.ts";
import { ended, program, startProgram } from "../_support/program.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { until } from "../_support/wait.ts";
import { fleetTest, watch } from "./_fleet.ts";

/** Everything that makes requests differ, and every kind of load, each of which ends by itself. */
const MIXED = `
name: Mixed
data: { names: { file: names.json, strategy: random }, once: { file: names.json, strategy: unique } }
setup: [ { name: log in, method: POST, path: /login, body: { user: a, password: b }, extract: { token: { json: token } } } ]
scenarios:
  browse:
    connections: 3
    iterations: 24
    flows:
      - name: page
        weight: 2
        steps: [ { name: page, path: "/echo?page=\${randint(1, 1000000)}&\${names.n}" } ]
      - name: item
        steps: [ { repeat: "\${randint(1, 3)}", steps: [ { name: item, path: "/echo?item=\${uuid()}" } ] } ]
  buy:
    rate: 400
    iterations: 20
    start: 100ms
    steps: [ { name: buy, path: "/echo?buy=\${randint(1, 1000000)}&i=\${iteration()}" } ]
  take:
    connections: 1
    num_requests: 3
    steps: [ { name: take, path: "/echo?take=\${once.n}" } ]
teardown: [ { name: bye, path: "/json?bye" } ]
`;

async function writeMixed(folder: string): Promise<string> {
  await Deno.writeTextFile(`${folder}/names.json`, JSON.stringify([{ n: "a" }, { n: "b" }, { n: "c" }]));
  await Deno.writeTextFile(`${folder}/mixed.yaml`, MIXED);
  return `${folder}/mixed.yaml`;
}

function startKeeping(): Target {
  return startTarget({ port: 0, hostname: "127.0.0.1", keep: 100_000 });
}

fleetTest("scenarios send the same requests over threads, clients and workers, after one setup", async () => {
  await using temp = await tempDir();
  await using server = startKeeping();
  let before = 0;
  const requests = () => {
    const paths = server.seen.slice(before).map((one) => one.path).sort();
    before = server.seen.length;
    return paths;
  };
  const args = ["--scenario", await writeMixed(temp.path), "--seed", "7", server.url];
  const alone = await program([...args, "-t", "1"]);
  assertEquals(alone.code, 0, alone.out + alone.err);
  const expected = requests();
  const counted = (start: string) => expected.filter((path) => path.startsWith(start)).length;
  assertEquals(
    ["/login", "/json?bye", "/echo?buy", "/echo?take"].map(counted),
    [1, 1, 20, 3],
    expected.join("\n"),
  );
  const [pages, items] = [counted("/echo?page"), counted("/echo?item")];
  assert(pages > 0 && pages < 24 && items >= 24 - pages, `${pages} pages, ${items} items`);
  const ways = ["-t 2", "-t 3", "-t 2 --client fetch", "-t 1 --sockets platform", "-t 2 --http2 --streams 2"];
  for (const way of ways) {
    const { code, err } = await program([...args, ...way.split(" ")]);
    assertEquals([code, requests()], [0, expected], `${way}: ${err}`);
  }
  const port = String(freePort());
  const secret = { BENCH_SECRET: "correct horse battery" };
  const master = watch(["--master", "--port", port, "--expect-workers", "2", ...args], secret);
  const workers = [1, 2].map(() => watch(["--worker", `127.0.0.1:${port}`], secret));
  const { code, out } = await master.ended;
  assertEquals(code, 0, out);
  for (const worker of workers) await worker.ended;
  assertEquals(requests(), expected, "two workers");
});

const TIMED = `
scenarios:
  browse:
    connections: 2
    duration: 1500ms
    steps: [ { name: home, path: /json }, { name: missing, path: /status/404 } ]
  buy:
    rate: 40
    duration: 1s
    start: 500ms
    think_time: 1ms
    steps: [ { group: order, steps: [ { name: buy, path: /delay/5 } ] } ]
`;

fleetTest("users in stages come and go the same over threads and workers", async () => {
  await using temp = await tempDir();
  await using server = startKeeping();
  const file = `${temp.path}/stages.yaml`;
  await Deno.writeTextFile(file, `steps: [ { path: "/echo?\${user()}", think_time: 50ms } ]\n`);
  // Users 1 and 2 from the beginning, 3 to 6 in the course of a second, and all of them leave in the last one.
  const args = ["--scenario", file, "--stages", "0s@2,1s@6,500ms@6,1s@0", "--json", "-", server.url];
  const port = String(freePort());
  const secret = { BENCH_SECRET: "correct horse battery" };
  const runs = [
    () => program([...args, "-t", "1"]),
    () => program([...args, "-t", "3"]),
    async () => {
      const master = watch(["--master", "--port", port, "--expect-workers", "2", ...args], secret);
      const workers = [1, 2].map(() => watch(["--worker", `127.0.0.1:${port}`], secret));
      const ended = await master.ended;
      for (const worker of workers) await worker.ended;
      return ended;
    },
  ];
  let before = 0;
  for (const [i, start] of runs.entries()) {
    const { code, out, err } = await start();
    assertEquals(code, 0, err);
    const counts = Map.groupBy(server.seen.slice(before), ({ path }) => path);
    before = server.seen.length;
    const of = (user: number) => counts.get(`/echo?${user}`)?.length ?? 0;
    // The first is there for over 2 s, the last one for about 0.7 s, or not at all if the machine stands still then.
    const seen = [1, 2, 3, 4, 5, 6].map(of);
    assert(of(1) > of(6) && of(2) > of(6), `run ${i}: ${seen}`);
    assertEquals(counts.values().reduce((sum, { length }) => sum + length, 0), seen.reduce((a, b) => a + b));
    const result = JSON.parse(out);
    assert(result.duration_sec >= 2.4, String(result.duration_sec));
    assertEquals(result.timeline.at(-1).users, 0);
  }
});

Deno.test("every report has each scenario's own numbers, which thresholds and comparisons can name", async () => {
  await using temp = await tempDir();
  await using server = startKeeping();
  const at = (name: string) => `${temp.path}/${name}`;
  await Deno.writeTextFile(at("timed.yaml"), TIMED);
  const outputs = [["--json", "a.json"], ["--junit", "a.xml"], ["--csv", "a.csv"], [
    "--html-report",
    "a.html",
  ]].flatMap(([flag, name]) => [flag!, at(name!)]);
  const thresholds = [
    "scenario:buy error_rate < 1%",
    "scenario:browse error_rate < 1%",
    "scenario:buy dropped < 1",
  ]
    .flatMap((threshold) => ["--threshold", threshold]);
  let exported = "";
  await using receiver = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      exported += await request.text();
      return new Response(null, { status: 204 });
    },
  );
  const { code, out } = await program([
    ...["--influx", `http://127.0.0.1:${receiver.addr.port}`, "--tag", "group=nightly"],
    ...["--scenario", at("timed.yaml"), "-t", "2", "--warmup", "100ms", "--grace", "20s", "--full"],
    ...outputs,
    ...thresholds,
    server.url,
  ]);
  assertEquals(code, 2, out);
  const json = JSON.parse(await Deno.readTextFile(at("a.json")));
  const { browse, buy } = json.scenario_stats;
  assertEquals(Object.keys(json.scenario_stats), ["browse", "buy"]);
  assertEquals([browse.latency_from, buy.latency_from], ["sent", "due"]);
  assertEquals([browse.load, buy.load], [
    "2 connections, 1.5s duration",
    "40/s, 1.0s duration, open loop, from 500ms",
  ]);
  assertEquals([buy.count, buy.errors, buy.dropped, browse.dropped], [40, 0, 0, undefined]);
  assertEquals(browse.count + buy.count, json.total_requests);
  assertEquals(browse.errors, json.step_stats.missing.count);
  assertEquals(browse.status_codes["404"], browse.errors);
  // Rates are over a scenario's own time.
  assertAlmostEquals(buy.requests_per_sec, buy.count / buy.duration_sec, 0.01);
  assert(buy.duration_sec >= 0.9, `${buy.duration_sec}`);
  assertEquals(
    json.thresholds.map((
      { expression, passed }: { expression: string; passed: boolean },
    ) => [expression, passed]),
    [
      ["scenario:buy error_rate < 1%", true],
      ["scenario:browse error_rate < 1%", false],
      ["scenario:buy dropped < 1", true],
    ],
  );
  for (const shown of ["SCENARIOS", "browse", "browse: 2 connections", "buy: 40/s"]) {
    assertStringIncludes(out, shown);
  }
  assertStringIncludes(
    out.replace(/\s+/g, " "),
    "of a scenario without a rate from the start of the request",
  );
  const read = (name: string) => Deno.readTextFile(at(name));
  assertStringIncludes((await program(["summary", at("a.json")])).out, "| Scenario | Load ");
  assertStringIncludes(await read("a.xml"), 'name="scenario:buy count" value="40"');
  assertStringIncludes(await read("a.xml"), 'name="group:order count" value="40"');
  assertEquals((await read("a.csv")).split("\r\n")[0], "Percentage,Time (ms),browse (ms),buy (ms)");
  assertStringIncludes(await read("a.html"), '"Scenario","Load"');
  // A tag of the same name goes before the label.
  const lines = exported.trimEnd().split("\n").map((line) => line.replace(/=[^,=]*(?:,[^ ]*)? \d+$/, ""));
  assertEquals(lines, [
    "bench,group=nightly requests_total",
    "bench,group=nightly,scenario=browse scenario_requests_total",
    "bench,group=nightly,scenario=buy scenario_requests_total",
    ...["home", "missing", "buy"].map((step) => `bench,group=nightly,step=${step} step_requests_total`),
    "bench,flow=browse,group=nightly iteration_total",
    "bench,flow=buy,group=nightly iteration_total",
    "bench,group=nightly,group_name=order group_total",
    ...["200", "404"].map((status) => `bench,group=nightly,status=${status} responses_total`),
  ]);
  // What was saved says the same, and can be compared.
  const again = await program(["report", at("a.json"), "--json", at("b.json")]);
  assertStringIncludes(again.out, "browse: 2 connections");
  assertEquals(JSON.parse(await read("b.json")).scenario_stats, json.scenario_stats);
  const compared = await program([
    ...["compare", at("a.json"), at("a.json"), "--fail-on", "scenario:buy.p95 > +10%"],
  ]);
  assertEquals(compared.code, 0, compared.out + compared.err);
  assertStringIncludes(compared.out, "scenario:browse.error_rate");
});

Deno.test(
  "a run of several scenarios ends with Ctrl-C or a threshold, whatever has not begun yet",
  { ignore: Deno.build.os === "windows" },
  async () => {
    await using temp = await tempDir();
    await using server = startKeeping();
    const file = `${temp.path}/long.yaml`;
    await Deno.writeTextFile(
      file,
      `
scenarios:
  now: { users: 2, duration: 10m, think_time: 5ms, steps: [ { path: /status/500 } ] }
  later: { rate: 5, duration: 10m, start: 5m, steps: [ { path: "/json?later" } ] }
`,
    );
    const child = startProgram(["--scenario", file, "--json", `${temp.path}/cut.json`, server.url]);
    await until(() => server.seen.length > 5);
    child.kill("SIGINT");
    const { out } = await ended(child);
    assertStringIncludes(out, "interrupted");
    const { scenario_stats } = JSON.parse(await Deno.readTextFile(`${temp.path}/cut.json`));
    assert(scenario_stats.now.count > 0);
    assertEquals([scenario_stats.later.count, scenario_stats.later.duration_sec], [0, 0]);
    const aborted = await program([
      ...[
        "--scenario",
        file,
        "--threshold",
        "scenario:now error_rate < 1%",
        "--abort-on-fail=1s",
        server.url,
      ],
    ]);
    assertEquals(aborted.code, 2, aborted.out + aborted.err);
    assertStringIncludes(aborted.out, "aborted");
  },
);

Deno.test("loads beside scenarios, and mistakes in them, are one message each", async () => {
  await using temp = await tempDir();
  const file = `${temp.path}/bad.yaml`;
  await Deno.writeTextFile(file, TIMED);
  const beside = await program(["--scenario", file, "-c", "5", "-d", "3", "http://127.0.0.1:1/"]);
  assertEquals([beside.code, beside.out], [1, ""]);
  assertStringIncludes(beside.err, `${file} has scenarios with their own loads: leave out`);
  assertStringIncludes(beside.err, "leave out -c, -d");
  const users = await program(["--scenario", file, "-u", "5", "http://127.0.0.1:1/"]);
  assertEquals(users.err.trim().split("\n").length, 2, users.err);
  await Deno.writeTextFile(
    file,
    `
scenarios:
  one:
    rate: fast
    steps: [ { path: /a, nmae: x } ]
  two:
    users: 5
    rate_ramp: 10
    steps: [ { path: /a } ]
`,
  );
  await using server = startKeeping();
  const mixed = await program(["--scenario", await writeMixed(temp.path), "--check", server.url]);
  assertStringIncludes(mixed.out, "Scenario browse, flow page  (3 connections, 24 iterations)");
  assertStringIncludes(mixed.out, "Scenario buy  (400/s, 20 arrivals, open loop, from 100ms)");
  const { code, err } = await program(["--scenario", file, "http://127.0.0.1:1/"]);
  assertEquals(code, 1);
  assertStringIncludes(err, 'bad.yaml:5: Scenario "one", step 1: Unknown key "nmae": did you mean name?');
  await Deno.writeTextFile(file, (await Deno.readTextFile(file)).replace(", nmae: x", ""));
  const loads = await program(["--scenario", file, "http://127.0.0.1:1/"]);
  assertStringIncludes(loads.err, 'bad.yaml:4: Scenario "one": "rate": ');
  assertStringIncludes(loads.err, 'bad.yaml:8: Scenario "two": "rate_ramp" needs "rate"');
});
