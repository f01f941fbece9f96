/** `bench har-import`: its options, its files, and what it says of recordings that it cannot use. */
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import {
  harImportCommand,
  harImportOptions,
  type HarImportValues,
  importHar,
} from "../../../src/cli/commands/har_import.ts";
import type { ImportIo } from "../../../src/cli/importing/import_io.ts";
import { RunError, UsageError } from "../../../src/lib/errors.ts";
import { parseCommandLine } from "../../../src/options/command_line.ts";
import { checkScenario } from "../../../src/scenario/scenario_schema.ts";

const DEFAULTS: HarImportValues = {
  file: "shop.har",
  output: undefined,
  name: undefined,
  format: "scenario",
  includeStatic: false,
  domain: [],
  exclude: [],
  include: [],
  preserveHeaders: false,
  noThinkTime: false,
  thinkTimeMultiplier: 1,
  assertStatus: false,
  allowPrivate: false,
};
const SHOP = await Deno.readFile(new URL("../../../fixtures/har/shop.har", import.meta.url));

/** Files and streams in memory. */
function memoryIo(files: Readonly<Record<string, Uint8Array | string>>) {
  const written = { stdout: "", stderr: "", files: new Map<string, string>() };
  const io: ImportIo = {
    readFile(path) {
      const file = files[path];
      if (file === undefined) {
        return Promise.reject(new Deno.errors.NotFound(`No such file (os error 2): ${path}`));
      }
      return Promise.resolve(typeof file === "string" ? new TextEncoder().encode(file) : file);
    },
    writeFile(path, text) {
      if (path.startsWith("/full/")) return Promise.reject(new Error("No space left on device"));
      written.files.set(path, text);
      return Promise.resolve();
    },
    printOut: (text) => void (written.stdout += text),
    printError: (text) => void (written.stderr += text),
  };
  return { io, written };
}

const log = (entries: string) => `{"log":{"entries":${entries}}}`;
const get = (url: string) => `{"request":{"method":"GET","url":${JSON.stringify(url)}}}`;

/** Recordings that cannot be converted, and the whole message of each; `…` stands for the JSON parser's words. */
const WRONG: readonly (readonly [what: string, content: string | Uint8Array, message: string])[] = [
  ["an empty file", "", 'Cannot read recording "shop.har": it is empty'],
  ["blanks", " \n", 'Cannot read recording "shop.har": it is empty'],
  ["no JSON", "<html>", 'Cannot read recording "shop.har": it is not JSON: …'],
  ["cut off", '{"log":{"entries":[{', 'Cannot read recording "shop.har": it is not JSON: …'],
  ["two documents", "{}{}", 'Cannot read recording "shop.har": it is not JSON: …'],
  ["not UTF-8", Uint8Array.of(0x7b, 0xff, 0x7d), 'Cannot read recording "shop.har": it is not UTF-8 text'],
  ["UTF-16", Uint8Array.of(0xff, 0xfe, 0x7b, 0), 'Cannot read recording "shop.har": it is not UTF-8 text'],
  ["null", "null", 'Cannot read recording "shop.har": expected a JSON object, found null'],
  ["a list", "[]", 'Cannot read recording "shop.har": expected a JSON object, found a list'],
  ["a text", '"har"', 'Cannot read recording "shop.har": expected a JSON object, found a string'],
  ["no log", '{"name":"x"}', 'Cannot read recording "shop.har": it has no "log", so it is not a HAR file'],
  [
    "log null",
    '{"log":null}',
    'Cannot read recording "shop.har": expected "log" to be an object, found null',
  ],
  [
    "a list log",
    '{"log":[]}',
    'Cannot read recording "shop.har": expected "log" to be an object, found a list',
  ],
  ["no entries", '{"log":{"pages":[]}}', 'Cannot read recording "shop.har": "log" has no "entries"'],
  [
    "entries object",
    log("{}"),
    'Cannot read recording "shop.har": expected "log.entries" to be a list, found an object',
  ],
  [
    "entries null",
    log("null"),
    'Cannot read recording "shop.har": expected "log.entries" to be a list, found null',
  ],
  [
    "entries text",
    log('"x"'),
    'Cannot read recording "shop.har": expected "log.entries" to be a list, found a string',
  ],
  [
    "nothing recorded",
    log("[]"),
    'Cannot read recording "shop.har": "log.entries" is empty: nothing was recorded',
  ],
  [
    "odd entries only",
    log('[1,null,{},{"request":{}}]'),
    'Cannot convert "shop.har": no request remained of 4 recorded requests (left out 4: 4 without a usable request)',
  ],
  [
    "no HTTP",
    log(`[${get("data:,x")},${get("file:///etc/passwd")}]`),
    'Cannot convert "shop.har": no request remained of 2 recorded requests (left out 2: 2 not HTTP)',
  ],
  [
    "static files only",
    log(`[${get("http://a.test/x.css")}]`),
    'Cannot convert "shop.har": no request remained of 1 recorded request (left out 1: 1 static (--include-static))',
  ],
  [
    "broken base64 only",
    log('[{"request":{"method":"POST","url":"http://a.test/","postData":{"encoding":"base64","text":"%"}}}]'),
    'Cannot convert "shop.har": no request remained of 1 recorded request ' +
    "(left out 1: 1 with broken base64 in the body)",
  ],
];

Deno.test("importHar() says of each wrong recording what is wrong with it", async () => {
  for (const [what, content, message] of WRONG) {
    const { io, written } = memoryIo({ "shop.har": content });
    const error = await assertRejects(() => importHar(DEFAULTS, io), UsageError);
    if (message.endsWith("…")) {
      assert(error.message.startsWith(message.slice(0, -1)), `${what}: ${error.message}`);
    } else assertEquals(error.message, message, what);
    assertEquals(written.stdout, "", what);
  }
});

Deno.test("importHar() says which options leave nothing or cannot be used", async () => {
  const rows: [Partial<HarImportValues>, string][] = [
    [{ file: "none.har" }, 'Cannot read "none.har": there is no such file'],
    [{ domain: ["x.test"] }, "6 on other hosts (--domain)"],
    [{ include: ["nowhere"] }, "6 not matched by --include"],
    [{ exclude: ["http"] }, "6 matched by --exclude"],
    [{ exclude: ["("] }, 'Cannot use --exclude "(": '],
    [{ include: ["(?=x)"] }, 'Cannot use --include "(?=x)": lookahead and lookbehind are not supported'],
    [{ file: "\u001b[31m.har" }, 'Cannot read "\\x1b[31m.har": there is no such file'],
  ];
  for (const [changes, message] of rows) {
    const { io } = memoryIo({ "shop.har": SHOP });
    await assertRejects(() => importHar({ ...DEFAULTS, ...changes }, io), UsageError, message);
  }
});

Deno.test("importHar() writes the scenario to standard output and its remarks to standard error", async () => {
  const { io, written } = memoryIo({ "dir.v1/shop.v2.har": SHOP });
  await importHar({ ...DEFAULTS, file: "dir.v1/shop.v2.har" }, io);
  const scenario = JSON.parse(written.stdout);
  assertEquals(scenario.name, "shop.v2");
  assert(!Array.isArray(checkScenario(scenario)));
  assertMatch(written.stderr, /^Kept 6 of 14 requests of "dir\.v1\/shop\.v2\.har", left out 8: .*\n/);
  assert(written.stderr.endsWith("\n"));
});

Deno.test("importHar() names the scenario after the file, or as it is told", async () => {
  const rows: [Partial<HarImportValues>, string][] = [
    [{ file: "C:\\x\\shop.har" }, "shop"],
    [{ file: "/a/.har" }, ".har"],
    [{ file: "plain" }, "plain"],
    [{ file: "-" }, "recording"],
    [{ file: "a.har", name: "Shop tour" }, "Shop tour"],
  ];
  for (const [changes, name] of rows) {
    const { io, written } = memoryIo({ [changes.file!]: SHOP });
    await importHar({ ...DEFAULTS, ...changes }, io);
    assertEquals(JSON.parse(written.stdout).name, name);
  }
});

Deno.test("importHar() writes a file and says so in one line", async () => {
  const rows: [Partial<HarImportValues>, string][] = [
    [{ output: "out.json" }, 'Scenario with 6 steps written to "out.json"\n'],
    [{ output: "urls.txt", format: "url-file" }, '6 URLs written to "urls.txt"\n'],
  ];
  for (const [changes, line] of rows) {
    const { io, written } = memoryIo({ "shop.har": SHOP });
    await importHar({ ...DEFAULTS, ...changes }, io);
    assertEquals(written.stdout, line);
    assert(written.files.get(changes.output!)?.includes("https://shop.example.com"));
  }
});

Deno.test("importHar() reports a file that cannot be written", async () => {
  const { io, written } = memoryIo({ "shop.har": SHOP });
  const failing = () => importHar({ ...DEFAULTS, output: "/full/a.json" }, io);
  await assertRejects(failing, RunError, 'Cannot write "/full/a.json": No space left on device');
  assertEquals(written.stdout, "");
});

Deno.test("importHar() shows no control characters of a recording", async () => {
  const evil = "http://a.test/\u001b]0;x\u0007";
  const entries = [
    get("http://ok.test/"),
    get(evil),
    `{"request":{"url":"http://b.test/","headers":[{"name":"x-token\u202e","value":"1"}]}}`,
  ];
  const { io, written } = memoryIo({ "\u001b.har": log(`[${entries.join()}]`) });
  await importHar({ ...DEFAULTS, file: "\u001b.har", preserveHeaders: true }, io);
  // deno-lint-ignore no-control-regex -- these must not be there
  assert(!/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/.test(written.stderr + written.stdout));
  assertStringIncludes(written.stderr, "1 with control characters in URL or method");
});

Deno.test("importHar() reads a recording with a byte order mark", async () => {
  const { io, written } = memoryIo({ "shop.har": `\ufeff${log(`[${get("http://a.test/")}]`)}` });
  await importHar(DEFAULTS, io);
  assertEquals(JSON.parse(written.stdout).base_url, "http://a.test");
});

Deno.test("harImportOptions can be given on a command line", () => {
  const argv = [
    ...[
      "x.har",
      "-o",
      "a.json",
      "--format",
      "url-file",
      "--name",
      "n",
      "--include-static",
      "--domain",
      "a.test",
    ],
    ...["--domain", "b.test", "--exclude", "x", "--include", "y", "--preserve-headers", "--no-think-time"],
    ...["--think-time-multiplier", "0.5", "--assert-status", "--allow-private"],
  ];
  const parsed = parseCommandLine(harImportCommand.spec, argv);
  assert(parsed.kind === "options");
  assertEquals([parsed.problems, parsed.operands], [[], ["x.har"]]);
  assertEquals(parsed.given.find(({ property }) => property === "noThinkTime")?.text, "true");
  assertEquals(parsed.given.length, 13);
});

Deno.test("harImportOptions.domain takes hosts in any usual spelling, and nothing else", () => {
  const { parse } = harImportOptions.domain.type;
  for (const given of ["Example.COM", ".example.com", "*.example.com", "example.com."]) {
    assertEquals(parse(given), "example.com");
  }
  assertEquals(parse("bücher.example"), "xn--bcher-kva.example");
  for (const given of ["", ".", "a b", "http://a.test", "a.test/x", "a.test:80", "u@a.test", "a?b"]) {
    assertEquals(problemOf(() => parse(given)), "expected a host name such as api.example.com", given);
  }
});

Deno.test("harImportOptions.name takes one line", () => {
  const { parse } = harImportOptions.name.type;
  assertEquals(parse("a b"), "a b");
  for (const given of ["", "  ", "a\nb", "\u001b"]) {
    assertEquals(problemOf(() => parse(given)), "expected a name on one line");
  }
});

function problemOf(act: () => unknown): string {
  try {
    act();
    return "none";
  } catch (error) {
    return (error as UsageError).message;
  }
}
