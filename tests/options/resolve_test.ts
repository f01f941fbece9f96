/** Which of command line, environment and file wins, and what is said of wrong values. */
import { assert, assertEquals } from "@std/assert";
import { resolve } from "../../src/options/resolve.ts";
import type { Sources } from "../../src/options/resolve.ts";
import { parsed, sampleOptions } from "./_sample.ts";

function config(values: Record<string, unknown>): Sources {
  return { config: { name: "bench.yaml", values } };
}

function resolved(sources: Sources) {
  return resolve(sampleOptions, sources);
}

Deno.test("resolve() takes defaults where nothing is given", () => {
  const { values, origins, problems, warnings } = resolved({});
  assertEquals(values, {
    connections: 10,
    duration: undefined,
    numRequests: undefined,
    auth: undefined,
    keepalive: true,
    verify: false,
    client: "raw",
    report: undefined,
    tag: [],
    note: [],
  });
  assertEquals([origins.size, problems, warnings], [0, [], []]);
});

Deno.test("resolve() prefers command line to environment to configuration file to default", () => {
  const file = config({ connections: 2 });
  const environment = { BENCH_CONNECTIONS: "3" };
  const { given } = parsed("-c", "4");
  const seen = [{}, file, { ...file, environment }, { ...file, environment, given }].map((sources) => {
    const { values, origins } = resolved(sources);
    return [values.connections, origins.get("connections")?.text];
  });
  assertEquals(seen, [[10, undefined], [2, "bench.yaml: connections"], [3, "BENCH_CONNECTIONS"], [
    4,
    "-c",
  ]]);
});

Deno.test("resolve() lets the last of several values win", () => {
  assertEquals(resolved({ given: parsed("-c", "1", "--connections=2").given }).values.connections, 2);
  assertEquals(resolved({ given: parsed("-c", "0", "--connections=2").given }).problems, []);
  for (
    const [argv, expected] of [
      [["-k", "--no-keepalive"], false],
      [["--no-keepalive", "-k"], true],
      [["--no-keepalive", "--keepalive", "--no-keepalive"], false],
    ] as const
  ) {
    assertEquals(resolved({ given: parsed(...argv).given }).values.keepalive, expected);
  }
});

Deno.test("resolve() collects repeated options, aliases included, in their order", () => {
  const { values } = resolved({ given: parsed("--tag", "a=1", "--label", "b=2", "--tag", "a=3").given });
  assertEquals(values.tag, [["a", "1"], ["b", "2"], ["a", "3"]]);
});

Deno.test("resolve() replaces the whole list of a lower source", () => {
  const environment = { BENCH_TAG: "a=1\nb=2, c=3\r\n\n" };
  assertEquals(resolved({ environment }).values.tag, [["a", "1"], ["b", "2, c=3"]]);
  assertEquals(resolved({ environment, given: parsed("--tag", "z=9").given }).values.tag, [["z", "9"]]);
});

Deno.test("resolve() gives a flag alone its bare value", () => {
  assertEquals(resolved({ given: parsed("--report").given }).values.report, "report.html");
  assertEquals(resolved({ given: parsed("--report=x").given }).values.report, "x");
});

Deno.test("resolve() reads switches and their negations from environment and file", () => {
  const keepalive = (sources: Sources) => resolved(sources).values.keepalive;
  assertEquals(keepalive({ environment: { BENCH_KEEPALIVE: "no" } }), false);
  assertEquals(keepalive({ environment: { BENCH_NO_KEEPALIVE: "1" } }), false);
  assertEquals(keepalive(config({ keepalive: false })), false);
  assertEquals(keepalive(config({ "no-keepalive": true })), false);
  assertEquals(keepalive({ ...config({ keepalive: false }), given: parsed("--keepalive").given }), true);
});

Deno.test("resolve() takes an empty variable for one that is not set", () => {
  const { values, origins } = resolved({ environment: { BENCH_DURATION: "", BENCH_TAG: "" } });
  assertEquals([values.duration, values.tag, origins.size], [undefined, [], 0]);
});

Deno.test("resolve() reads numbers, lists and mappings of a configuration file", () => {
  const { values, problems } = resolved(config({
    connections: 7,
    duration: "1m",
    label: ["a=1", { b: 2, c: true }],
    note: "one",
  }));
  assertEquals(problems, []);
  assertEquals([values.connections, values.duration], [7, 60_000]);
  assertEquals(values.tag, [["a", "1"], ["b", "2"], ["c", "true"]]);
  assertEquals(values.note, ["one"]);
});

Deno.test("resolve() reports every unreadable value with flag, value, expectation and source", () => {
  const { problems, values } = resolved({
    ...config({ "num-requests": 1.5, client: "h2" }),
    environment: { BENCH_DURATION: "nan" },
    given: parsed("-c", "0", "--tag", "x", "--tag", "a=1", "--tag", "y").given,
  });
  assertEquals(problems, [
    '-c: found "0", expected a whole number of at least 1',
    '--duration: found "nan", expected a duration such as 10s, 500ms or 1m30s (from BENCH_DURATION)',
    '--num-requests: found "1.5", expected a whole number of at least 1 (from bench.yaml: num-requests)',
    '--client: found "h2", expected raw or fetch (from bench.yaml: client)',
    '--tag: found "x", expected key=value',
    '--tag: found "y", expected key=value',
  ]);
  assertEquals([values.connections, values.client, values.tag], [10, "raw", [["a", "1"]]]);
});

Deno.test("resolve() reports what cannot be a value in a configuration file", () => {
  const { problems } = resolved(
    config({ connections: [1], duration: null, note: [{ a: 1 }], tag: [["a=1"]] }),
  );
  assertEquals(problems, [
    "--connections: expected a single value (from bench.yaml: connections)",
    "--duration: expected a single value (from bench.yaml: duration)",
    "--note: expected a value or a list of values (from bench.yaml: note)",
    "--tag: expected a value or a list of values (from bench.yaml: tag)",
  ]);
});

Deno.test("resolve() refuses unknown configuration keys with a suggestion", () => {
  const values = JSON.parse('{"conections": 1, "num_requests": 2, "zzz": 3, "__proto__": 4, "url": 5}');
  const { problems } = resolved({ ...config(values), alsoKnown: ["url"] });
  assertEquals(problems, [
    'bench.yaml: unknown key "conections": did you mean connections?',
    'bench.yaml: unknown key "num_requests": did you mean num-requests?',
    'bench.yaml: unknown key "zzz"',
    'bench.yaml: unknown key "__proto__"',
  ]);
});

Deno.test("resolve() warns of unknown BENCH_ variables and ignores all others", () => {
  const { problems, warnings } = resolved({
    environment: { BENCH_DURATON: "1", BENCH_WHATEVER: "1", BENCH_URL: "x", DURATION: "1", PATH: "/bin" },
    alsoKnown: ["BENCH_URL"],
  });
  assertEquals(problems, []);
  assertEquals(warnings, [
    "Unknown environment variable BENCH_DURATON: did you mean BENCH_DURATION?",
    "Unknown environment variable BENCH_WHATEVER",
  ]);
});

Deno.test("resolve() shows no secret and no control character in a problem", () => {
  const { problems } = resolved({
    environment: { BENCH_AUTH: "hunter2" },
    given: parsed("--tag", "secret hunter2", "--client", "a\u001b[2Jb", "-c", "9".repeat(100)).given,
  });
  assert(!problems.join("\n").includes("hunter2"));
  assertEquals(
    problems[0],
    `-c: found "${"9".repeat(59)}…", expected a whole number of at least 1`,
  );
  assertEquals(problems[1], "--auth: found ***, expected user:password (from BENCH_AUTH)");
  assertEquals(problems[2], '--client: found "a\\x1b[2Jb", expected raw or fetch');
});
