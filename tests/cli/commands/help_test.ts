/** Help of every command and topic, and what is said when a command is misused. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Command } from "../../../src/cli/command.ts";
import { DOOR } from "../../../src/cli/commands.ts";
import { FOREIGN_FLAGS } from "../../../src/cli/help/foreign_flags.ts";
import { flagsOf } from "../../../src/options/command_line.ts";
import type { OptionTable } from "../../../src/options/option.ts";
import { HELP_TOPICS } from "../../../src/cli/help/topics.ts";
import { splitShellCommands } from "../../../src/convert/curl/shell_words.ts";
import { problemsOf } from "../../run/_settings.ts";
import { PROGRAM, program } from "../../_support/program.ts";
import { startTarget } from "../../../src/target/serve.ts";

Deno.test("every command bears the name that calls it", async () => {
  for (const [name, { spec }] of Object.entries(await loadAll())) assertEquals(spec.name, `bench ${name}`);
});

async function loadAll(): Promise<Record<string, Command>> {
  const loaded = Object.entries(DOOR.commands).map(async ([name, { load }]) => [name, await load()] as const);
  return Object.fromEntries(await Promise.all(loaded));
}

Deno.test("bench help lists topics and commands", async () => {
  const { code, out } = await program(["help"]);
  assertEquals(code, 0);
  assertEquals(out.split("\n").filter((line) => line.length > 100), [], "too wide for a terminal");
  for (const name of [...HELP_TOPICS.map(({ name }) => name), ...Object.keys(DOOR.commands)]) {
    assertStringIncludes(out, `\n  ${name} `);
  }
});

Deno.test("bench -h fits on a screen and names only options that there are", async () => {
  const { code, out } = await program(["-h"]);
  const lines = out.trimEnd().split("\n");
  assertEquals([code, lines.length <= 45, Math.max(...lines.map((line) => line.length)) <= 80], [
    0,
    true,
    true,
  ]);
  const table: OptionTable = DOOR.bench.options;
  const flags = [...flagsOf(table), ...Object.values(table).map(({ short }) => short), "--help"];
  const named = out.match(/(?<=[\s,(])--?[a-z][\w-]*/g) ?? [];
  assertEquals(named.filter((flag) => !flags.includes(flag)), []);
});

Deno.test("bench without a word shows how it is used", async () => {
  const { code, out, err } = await program([]);
  assertEquals([code, out], [1, ""]);
  assertStringIncludes(err, "Usage: bench [OPTIONS] URL");
});

for (
  const [word, ...expected] of [
    ["rate", "--rate RATE", "--rate-ramp", "bench help models"],
    ["autofind", "--autofind", "--autofind-by"],
    ["cookies", "-C, --cookie", "--[no-]session-cookies"],
    ["kubernetes", "bench k8s"],
    ["ramp", "--rate-ramp", "--ramp-up"],
  ] as const
) {
  Deno.test(`bench help ${word} finds what mentions it`, async () => {
    const { code, out } = await program(["help", word]);
    assertEquals(code, 0);
    for (const part of expected) assertStringIncludes(out, part);
  });
}

Deno.test("bench help WORD looks for the beginnings of words", async () => {
  const { out } = await program(["help", "rate"]);
  for (const other of ["--tolerate-lost", "--data-strategy"]) assert(!out.includes(other), out);
});

Deno.test("what is wrong in a scenario file leads to the topic with all keys", async () => {
  const file = await Deno.makeTempFile({ suffix: ".yaml" });
  try {
    await Deno.writeTextFile(file, "base_url: http://a.test\nsteps: [{ path: /, assert_stats: 200 }]\n");
    const [run, topic] = await Promise.all([program(["--scenario", file]), program(["help", "scenarios"])]);
    assertEquals([run.code, run.out], [1, ""]);
    assertStringIncludes(run.err, 'Unknown key "assert_stats": did you mean assert_status?\n');
    assertStringIncludes(run.err, "\nTry: bench help scenarios\n");
    for (const key of ["assert_status", "base_url", "weight", "repeat", "parallel"]) {
      assertMatch(topic.out, new RegExp(`\\n  ${key} +\\S`));
    }
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("bench init writes files that the program takes, and none over another", async () => {
  const folder = await Deno.makeTempDir();
  await using server = startTarget({ port: 0, hostname: "127.0.0.1" });
  const run = (...words: string[]) =>
    new Deno.Command(PROGRAM[0]!, { args: [...PROGRAM.slice(1), ...words], cwd: folder }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  try {
    for (const words of [[], ["scenario"], ["ci"]]) {
      const { code, stdout } = await run("init", ...words);
      assertEquals(code, 0);
      assertStringIncludes(text(stdout), "Next:");
    }
    const again = await run("init");
    assertEquals(again.code, 1);
    assertStringIncludes(text(again.stderr), "it exists already");
    const config = await run("--config", "bench.yaml", "-d", "200ms", "--th", "rps > 0", server.url);
    assertEquals(config.code, 0, text(config.stderr));
    const scenario = await run("--scenario", "scenario.yaml", "--check", server.url);
    assertEquals(scenario.code, 0, text(scenario.stdout));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

for (
  const [word, url] of [["localhost:1/a", "http://localhost:1/a"], ["127.0.0.1:1", "http://127.0.0.1:1"]]
) {
  Deno.test(`bench ${word} says which URL it takes that for`, async () => {
    const { code, err } = await program([word!]);
    assertEquals(code, 1);
    assertStringIncludes(err, `bench: no scheme given: testing ${url}\n`);
    assertStringIncludes(err, "Cannot connect to");
  });
}

Deno.test("bench hints at bodies that may be meant otherwise", async () => {
  const { err } = await program(["-b", "@body.json", "http://127.0.0.1:1/"]);
  assertStringIncludes(err, "-b sends its text as is; -p body.json sends the file\n");
  assertStringIncludes(err, "the body is sent with GET; -m POST sends it with POST\n");
});

Deno.test("every command has help of its own, and says so when it is misused", async () => {
  const words = [["schema", "--help"], ["demo", "-h"], ["serve", "5"], ["help", "xyzzy"], ["sevre"]];
  const [schema, demo, serve, help, unknown] = await Promise.all(words.map((argv) => program(argv)));
  assertStringIncludes(schema!.out, "Usage: bench schema");
  assertStringIncludes(demo!.out, "Usage: bench demo");
  assertEquals(demo!.err, "");
  assertStringIncludes(serve!.err, "Try: bench help serve\n");
  assertStringIncludes(help!.err, "Try: bench help\n");
  assertEquals([unknown!.code, unknown!.err], [
    1,
    'bench: Unknown command "sevre": did you mean bench serve?\nTry: bench --help\n',
  ]);
});

Deno.test("every command tells its version and refuses what it does not know, as its help says", async () => {
  for (const name of Object.keys(DOOR.commands)) {
    const version = await program([name, "-V"]);
    assertEquals([version.code, /^bench.* \d+\.\d+\.\d+\S*\n$/.test(version.out)], [0, true], name);
    if (name === "help") continue;
    const wrong = await program([name, "--frobnicate"]);
    assertEquals(wrong.code, 1, name);
    const problem = name === "wrk" ? "wrk has no option" : "Unknown option";
    assertStringIncludes(wrong.err, `bench: ${problem} --frobnicate`);
  }
});

Deno.test("what stands for a foreign flag is an option, and the flag is none", () => {
  const table: OptionTable = DOOR.bench.options;
  const flags = [...flagsOf(table), ...Object.values(table).map(({ short }) => short)];
  for (const [flag, advice] of Object.entries(FOREIGN_FLAGS)) {
    assert(!flags.includes(flag), flag);
    const named = advice.match(/(?<=^use |, or )--?[\w-]+/g) ?? [];
    assertEquals(named.filter((name) => !flags.includes(name)), [], flag);
  }
});

Deno.test("bench help explains a topic, a command, and suggests the word that was meant", async () => {
  const [topic, command, wrong] = await Promise.all([
    program(["help", "thresholds"]),
    program(["help", "har-import"]),
    program(["help", "treshold"]),
  ]);
  assertStringIncludes(topic.out, "--th 'p95 < 300ms'");
  assertStringIncludes(command.out, "--preserve-headers");
  assertEquals(wrong.code, 1);
  assertStringIncludes(wrong.err, "thresholds");
});

/** Lines of a topic that show the program at work, as its arguments. */
function examplesIn(text: string): readonly (readonly string[])[] {
  return text.split("\n").filter((line) => /^ {2}bench /.test(line))
    .map((line) => splitShellCommands(line.trim().replace(/ {2}.*/, "")).commands[0]!.words.slice(1));
}

/** The lines that are set in between two paragraphs, from the one that begins so. */
function sampleIn(text: string, start: string): string {
  const lines = text.slice(text.indexOf(`  ${start}`)).split("\n");
  const end = lines.findIndex((line) => !line.startsWith("  "));
  return lines.slice(0, end).map((line) => line.slice(2)).join("\n");
}

const TEXTS = Object.fromEntries(HELP_TOPICS.map(({ name, text }) => [name, text]));
const SCENARIO = sampleIn(TEXTS.scenarios!, "name: Login");
const FILES = {
  "login.yaml": SCENARIO,
  "shop.yaml": SCENARIO,
  "bench.yaml": sampleIn(TEXTS.environment!, "num-requests: 100"),
};

for (const { name, text } of HELP_TOPICS) {
  Deno.test(`the examples of bench help ${name} are command lines that the program accepts`, async () => {
    assertEquals(text.split("\n").filter((line) => line.length > 120), [], "too wide for a terminal");
    for (const words of examplesIn(text)) {
      if (Object.hasOwn(DOOR.commands, words[0]!)) continue;
      const argv = words.map((word) => (word === "URL" ? "http://127.0.0.1/" : word));
      const isWhole = argv.some((word) => word.startsWith("http") || word === "--scenario");
      const problems = await problemsOf(isWhole ? argv : [...argv, "http://127.0.0.1/"], { files: FILES });
      assertEquals(problems, [], words.join(" "));
    }
  });
}

Deno.test("every group of the main options is in the manual page", async () => {
  const { out } = await program(["man"]);
  for (const option of Object.values(DOOR.bench.options)) {
    assertStringIncludes(out, option.long.replaceAll("-", "\\-"));
  }
});
