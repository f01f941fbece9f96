/** Real command lines of other tools become the command lines in `fixtures/dialects`, which bench itself accepts. */
import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import { splitShellCommands } from "../../src/convert/curl/shell_words.ts";
import { translate } from "../../src/dialects/dialect.ts";
import { dialectOf } from "../../src/dialects/registry.ts";
import { UsageError } from "../../src/lib/errors.ts";
import { mainOptions } from "../../src/run/settings/settings.ts";
import { readSettings } from "../../src/run/settings/settings.ts";
import { DOOR } from "../../src/cli/commands.ts";

const TOOLS = ["wrk", "wrk2", "ab", "hey", "oha", "vegeta", "bombardier", "autocannon", "pywrkr"];

const FILES: Readonly<Record<string, string>> = {
  "post.lua":
    'wrk.method = "POST"\nwrk.body = "a=1"\nwrk.headers["Content-Type"] = "application/x-www-form-urlencoded"\n',
  "scripts/path.lua": '-- another page\nwrk.path = "/other"\n',
  "counter.lua": "counter = 0\nrequest = function()\n  counter = counter + 1\nend\n",
  "quotes.lua":
    `wrk.method = 'PUT' -- said twice\nwrk.headers.Accept = "a\\tb\\"c"\nwrk.body = [[\n{"a": 1}]]\n`,
};

const wordsOf = (line: string) => splitShellCommands(line).commands[0]!.words;

function translated(line: string) {
  const [tool = "", ...words] = wordsOf(line);
  return translate(dialectOf(tool, mainOptions)!, words, {
    readText(path) {
      const text = FILES[path];
      if (text === undefined) throw new UsageError(`Cannot read "${path}": there is no such file`);
      return text;
    },
  });
}

for (const tool of TOOLS) {
  const text = await Deno.readTextFile(new URL(`../../fixtures/dialects/${tool}.txt`, import.meta.url));
  const cases = text.split(/\n(?=\S)/).map((block) => block.trimEnd().split("\n").map((line) => line.trim()));

  Deno.test(`${tool} has a table of at least 12 command lines`, () => {
    assertGreaterOrEqual(cases.length, 12);
  });

  for (const [line = "", ...expected] of cases) {
    Deno.test(line, async () => {
      const { words, notes, problems } = translated(line);
      const refused = problems.map((problem) => `refused: ${problem}`);
      if (refused.length > 0) return assertEquals(refused, expected);
      const [command = "", ...others] = expected;
      assertEquals(["bench", ...words], wordsOf(command));
      assertEquals(notes.map((note) => `note: ${note}`), others);
      const reading = await readSettings(DOOR.bench, words, {
        environment: {},
        readTextFile: () => Promise.resolve(""),
      });
      assertEquals(reading.kind === "settings" && reading.settings.problems, []);
    });
  }
}

Deno.test("a Lua script that computes is refused, and nothing of it is run", () => {
  const { problems } = translated("wrk -s counter.lua http://localhost/");
  assertEquals(problems, [
    'wrk -s counter.lua runs Lua ("counter = 0"), which has no equivalent: ' +
    "write the steps as a scenario (bench init scenario), or use -m, -b and -H",
  ]);
  assertEquals(translated("wrk -s none.lua http://localhost/").problems, [
    'Cannot read "none.lua": there is no such file',
  ]);
});

Deno.test("a Lua script's strings are read as Lua reads them", () => {
  const { words } = translated("wrk -s quotes.lua http://localhost/");
  assertEquals(words.slice(0, 6), ["-m", "PUT", "-H", 'Accept: a\tb"c', "-b", '{"a": 1}']);
});
