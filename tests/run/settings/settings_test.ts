/** Settings from command line, environment and file, and all problems at once. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { DOOR } from "../../../src/cli/commands.ts";
import { readSettings, refuseProblems } from "../../../src/run/settings/settings.ts";
import { UsageError } from "../../../src/lib/errors.ts";
import { helpOf } from "../../../src/options/command_line.ts";
import { assertGolden } from "../../_support/golden.ts";
import { problemsOf, settingsOf } from "../_settings.ts";

const TARGET = "http://x/";
const NOWHERE = { environment: {}, readTextFile: () => Promise.reject(new Deno.errors.NotFound()) };

Deno.test("readSettings() prefers command line to environment to configuration file", async () => {
  const world = {
    files: { "bench.yaml": "connections: 2\nduration: 3\ntimeout: 4s\n" },
    environment: { BENCH_DURATION: "5", BENCH_TIMEOUT: "6", BENCH_CONFIG: "bench.yaml" },
  };
  const { values, origins, problems } = await settingsOf(["--timeout", "7", TARGET], world);
  assertEquals([values.connections, values.duration, values.timeout, problems], [2, 5000, 7000, []]);
  assertEquals(["connections", "duration", "timeout"].map((name) => origins.get(name)?.text), [
    "bench.yaml: connections",
    "BENCH_DURATION",
    "--timeout",
  ]);
});

Deno.test("readSettings() takes the target from environment and file when no word gives it", async () => {
  const files = { "a.json": '{"url": "http://file/"}' };
  const environment = { BENCH_URL: "http://environment/" };
  const operands = async (argv: string[], world = {}) => (await settingsOf(argv, world)).operands;
  assertEquals(await operands(["--config", "a.json"], { files }), ["http://file/"]);
  assertEquals(await operands(["--config", "a.json"], { files, environment }), ["http://environment/"]);
  assertEquals(await operands(["--config", "a.json", TARGET], { files, environment }), [TARGET]);
  assertEquals((await settingsOf([], { environment })).warnings, []);
});

for (
  const [what, path, text, expected] of [
    [
      "a missing file",
      "none.yaml",
      undefined,
      'Cannot read configuration "none.yaml": there is no such file',
    ],
    [
      "an unknown kind",
      "a.toml",
      "x",
      'Cannot read configuration "a.toml": expected a file name that ends in .yaml, .yml or .json',
    ],
    ["a list", "a.yaml", "- 1", 'Cannot read configuration "a.yaml": expected option names and their values'],
    [
      "an unknown key",
      "a.yml",
      "conections: 1",
      'a.yml: unknown key "conections": did you mean connections?',
    ],
    [
      "a configuration in a configuration",
      "a.yaml",
      "config: b",
      "a.yaml: one configuration file cannot name another",
    ],
    ["a target that is no text", "a.yaml", "url: [a]", "a.yaml: expected url to be a text"],
  ] as const
) {
  Deno.test(`readSettings() reports ${what}`, async () => {
    const files = text === undefined ? {} : { [path]: text };
    const { problems } = await settingsOf(["--config", path], { files });
    assertEquals(problems, [expected]);
  });
}

for (const [path, text] of [["a.yaml", "a: [1"], ["a.yaml", "a: 1\na: 2"], ["a.json", "{"]] as const) {
  Deno.test(`readSettings() names the file that is not ${path.slice(2)}: ${JSON.stringify(text)}`, async () => {
    const { problems } = await settingsOf(["--config", path], { files: { [path]: text } });
    assertEquals(problems.length, 1);
    assert(problems[0]!.startsWith(`Cannot read configuration "${path}": `));
  });
}

Deno.test("readSettings() quotes nothing of a file that it cannot read, for it may hold secrets", async () => {
  for (
    const [path, text, reason] of [
      [
        "a.yaml",
        "basic-auth: me:s3cret\nbasic-auth: me:s3cret\n",
        "Map keys must be unique on line 2",
      ],
      ["a.json", '{\n"basic-auth": me:s3cret\n}', "Unexpected token 'm' on line 2"],
      [
        "a.yaml",
        "a: [s3cret\n",
        "Flow sequence in block collection must be sufficiently indented and end with a ] on line 2",
      ],
      [
        "a.yaml",
        "a: b\nsecret: *s3cret",
        "An alias without an anchor, quote text that begins with * on line 2",
      ],
      ["a.yaml", "secret: !s3cret", "Unresolved tag: quote text that begins with ! on line 1"],
      ["a.yaml", "secret: @s3cret", "Plain value cannot start with reserved character @ on line 1"],
      ["a.yaml", "a: 1\n---\nb: s3cret", "Found a second document, expected one on line 2"],
      ["a.yaml", "secret: 's3cret", "Missing closing 'quote on line 1"],
      [
        "a.yaml",
        `a: &a [${"x,".repeat(9)}]\nb: &b [${"*a,".repeat(99)}]\nc: [${"*b,".repeat(99)}]`,
        "It holds too many aliases",
      ],
    ] as const
  ) {
    const { problems } = await settingsOf(["--config", path], { files: { [path]: text } });
    assertEquals(problems, [`Cannot read configuration "${path}": ${reason}`]);
  }
});

Deno.test("readSettings() takes an empty YAML file for no values", async () => {
  assertEquals(
    (await settingsOf(["--config", "a.yaml"], { files: { "a.yaml": "# nothing\n" } })).problems,
    [],
  );
});

Deno.test("readSettings() takes nothing for a value where a YAML file has none", async () => {
  const problemsWith = async (text: string) =>
    (await settingsOf(["--config", "a.yaml"], { files: { "a.yaml": text } })).problems;
  assertEquals(await problemsWith("connections:\n"), [
    "--connections: expected a single value (from a.yaml: connections)",
  ]);
  assertEquals(await problemsWith("header:\n  - A: b\n  -\n"), [
    "--header: expected a value or a list of values (from a.yaml: header)",
  ]);
  assertEquals(await problemsWith("tag: &t { a: b }\nheader: *t\n"), []);
});

Deno.test("readSettings() takes the values of a YAML file as they are written", async () => {
  const text = "tag: { build: 1.10, commit: 123e5, zip: 0123, day: 2024-01-02 }\n" +
    "header: [X-Id: 0x10, X-Flag: True]\nbasic-auth: 12:30\nconnections: 7\nkeepalive: false\n";
  const { values, problems } = await settingsOf(["--config", "a.yaml", TARGET], {
    files: { "a.yaml": text },
  });
  assertEquals(problems, []);
  assertEquals(values.tag, [["build", "1.10"], ["commit", "123e5"], ["zip", "0123"], ["day", "2024-01-02"]]);
  assertEquals(values.header, [["X-Id", "0x10"], ["X-Flag", "True"]]);
  assertEquals([values.basicAuth, values.connections, values.keepalive], ["12:30", 7, false]);
});

Deno.test("readSettings() warns of misspelt variables", async () => {
  const { warnings, problems } = await settingsOf([TARGET], { environment: { BENCH_DURATON: "1" } });
  assertEquals(problems, []);
  assertEquals(warnings, ["Unknown environment variable BENCH_DURATON: did you mean BENCH_DURATION?"]);
});

Deno.test("readSettings() knows the variables of the install scripts", async () => {
  const script = await Deno.readTextFile(new URL("../../../install.sh", import.meta.url));
  const names = [...script.matchAll(/^# {3}(BENCH_\w+)/gm)].map(([, name = ""]) => name);
  assertEquals(names.length, 4);
  const environment = Object.fromEntries(names.map((name) => [name, "x"]));
  assertEquals((await settingsOf([TARGET], { environment })).warnings, []);
});

Deno.test("readSettings() suggests the option that was meant", async () => {
  assertEquals(await problemsOf(["--duraton", "5", TARGET]), [
    "Unknown option --duraton: did you mean --duration?",
  ]);
});

Deno.test("readSettings() and composePlan() report everything at once", async () => {
  assertEquals(await problemsOf(["-c", "0", "-d", "nan", "ftp://x"]), [
    '-c: found "0", expected a whole number from 1 to 1000000',
    '-d: found "nan", expected a duration such as 10s, 500ms or 1m30s',
    'Cannot use target "ftp://x": expected a URL that begins with http:// or https://',
  ]);
  assertEquals(
    await problemsOf([
      "-n",
      "1",
      "--rate-ramp",
      "5",
      "-p",
      "none",
      "--ca-bundle",
      "gone",
      "--insecure",
      "--ssl-verify",
    ]),
    [
      "--rate-ramp needs --rate",
      "--ssl-verify cannot be given together with --insecure",
      "no target: expected a URL, such as http://localhost:8080/",
      'Cannot read --post-file "none": there is no such file',
      'Cannot read --ca-bundle "gone": there is no such file',
    ],
  );
});

Deno.test("readSettings() lets the command line take back what the environment asks for", async () => {
  const environment = { BENCH_SSL_VERIFY: "1" };
  assertEquals(await problemsOf(["--no-ssl-verify", "--insecure", TARGET], { environment }), []);
});

Deno.test("readSettings() answers --version without looking at anything else", async () => {
  const reading = await readSettings(DOOR.bench, ["-c", "0", "--config", "none.yaml", "--version"], NOWHERE);
  assertEquals(reading, { kind: "version", text: `bench ${DOOR.bench.version}` });
});

Deno.test("the help of the main command is the golden one and fits 100 columns", async () => {
  const help = helpOf(DOOR.bench);
  assertEquals(help.split("\n").filter((line) => line.length > 100), []);
  await assertGolden("help.txt", help + "\n");
});

Deno.test("every option has a line of help that ends without a full stop", () => {
  const lines = Object.values(DOOR.bench.options).map(({ help }) => help);
  assertEquals(lines.filter((line) => !/^[A-Z0-9][^\n]*[^.\n]$/.test(line)), []);
});

Deno.test("refuseProblems() throws all problems, or nothing", () => {
  refuseProblems([]);
  assertEquals(assertThrows(() => refuseProblems(["A", "B"]), UsageError).problems, ["A", "B"]);
});
