/** `bench curl-import`: its words, its files, and what it says of commands that it cannot use. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  type CurlImportValues,
  importCurl,
  splitCurlArguments,
} from "../../../src/cli/commands/curl_import.ts";
import type { ImportIo } from "../../../src/cli/importing/import_io.ts";
import type { ScenarioFile } from "../../../src/convert/scenario_file.ts";
import { UsageError } from "../../../src/lib/errors.ts";
import { checkScenario } from "../../../src/scenario/scenario_schema.ts";

const R = String.raw;
const FILES: Readonly<Record<string, Uint8Array>> = {
  "cmd.txt": new TextEncoder().encode("\ufeffcurl 'http://a.test/from-file'\n"),
  "-": new TextEncoder().encode("curl http://a.test/from-stdin"),
  "latin1.txt": Uint8Array.of(0x63, 0xff),
  "piped.txt": new TextEncoder().encode("echo x | curl http://a.test/piped\ncat x | jq .\n"),
  "stdin.txt": new TextEncoder().encode("cat x | curl http://a.test -d @-"),
  "large.bin": new Uint8Array(11 * 2 ** 20),
  "bytes.bin": Uint8Array.of(0, 255),
};

async function run(command: readonly string[], values: Partial<CurlImportValues> = {}) {
  const written = { stdout: "", stderr: "" };
  const io: ImportIo = {
    readFile: (path) =>
      FILES[path] === undefined
        ? Promise.reject(new Deno.errors.NotFound("none"))
        : Promise.resolve(FILES[path]),
    writeFile: (_path, text) => Promise.resolve(void (written.stdout += text)),
    printOut: (text) => void (written.stdout += text),
    printError: (text) => void (written.stderr += text),
  };
  await importCurl({
    output: undefined,
    name: undefined,
    preserveHeaders: false,
    format: "scenario",
    ...values,
    command,
  }, io);
  return written;
}

async function scenarioOf(command: string, values: Partial<CurlImportValues> = {}) {
  const { stdout, stderr } = await run([command], values);
  const scenario: ScenarioFile = JSON.parse(stdout);
  assert(!Array.isArray(checkScenario(scenario)), stdout);
  return { scenario, step: scenario.steps[0]!, stderr, stdout };
}

/** As Chrome on Linux copies a request. */
const CHROME = R`curl 'https://api.example.com/v1/cart?token=q-s3cret&x=1' \
  -H 'accept: application/json' \
  -H 'authorization: Bearer t0p' \
  -H 'content-type: application/json' \
  -b 'sid=s3ss' \
  -H 'origin: https://shop.example.com' \
  -H 'x-csrf-token: c5rf' \
  --data-raw $'{"note":"it\'s \u0021 \ud83d\ude00","password":"pw"}' \
  --compressed ;`;

/** The same from Chrome on Windows, for cmd.exe. */
const CHROME_CMD = [
  R`curl ^"https://api.example.com/v1/cart?token=q-s3cret^&x=1^" ^`,
  R`  -H ^"accept: application/json^" ^`,
  R`  -H ^"authorization: Bearer t0p^" ^`,
  R`  -H ^"content-type: application/json^" ^`,
  R`  -b ^"sid=s3ss^" ^`,
  R`  -H ^"origin: https://shop.example.com^" ^`,
  R`  -H ^"x-csrf-token: c5rf^" ^`,
  R`  --data-raw ^"^{^\^"note^\^":^\^"it's ^! 😀^\^",^\^"password^\^":^\^"pw^\^"^}^" ^`,
  R`  --compressed`,
].join("\r\n");

Deno.test("importCurl() makes one step of what browsers copy, without its credentials", async () => {
  for (const command of [CHROME, CHROME_CMD, `$ ${CHROME}`]) {
    const { scenario, step, stderr, stdout } = await scenarioOf(command);
    assertEquals([scenario.base_url, scenario.steps.length], ["https://api.example.com", 1]);
    assertEquals(step, {
      name: "POST /v1/cart?token=***&x=1",
      path: "/v1/cart?token=q-s3cret&x=1",
      method: "POST",
      headers: {
        accept: "application/json",
        "content-type": "application/json",
        origin: "https://shop.example.com",
        "Accept-Encoding": "deflate, gzip, br",
      },
      body: '{"note":"it\'s ! 😀","password":"pw"}',
    });
    for (const secret of ["t0p", "s3ss", "c5rf"]) {
      assert(!stdout.includes(secret) && !stderr.includes(secret));
    }
    assertStringIncludes(
      stderr,
      "Credentials left out: authorization, x-csrf-token, Cookie; --preserve-headers keeps them",
    );
    assertStringIncludes(stderr, "URL or body hold fields that look like credentials: token, password");
  }
});

Deno.test("importCurl() keeps credentials on request, and warns", async () => {
  const { step, stderr } = await scenarioOf(CHROME, { preserveHeaders: true });
  assertEquals([step.headers?.["authorization"], step.headers?.["Cookie"]], ["Bearer t0p", "sid=s3ss"]);
  assertStringIncludes(
    stderr,
    "Warning: the scenario holds credentials in headers: authorization, x-csrf-token, Cookie",
  );
  const basic = await scenarioOf("curl -u ann:pw http://a.test", { preserveHeaders: true });
  assertEquals(basic.step.headers, { Authorization: "Basic YW5uOnB3" });
  assertEquals((await scenarioOf("curl -u ann:pw http://a.test")).step.headers, undefined);
});

Deno.test("importCurl() drops what belongs to a connection, and says so", async () => {
  const { step, stderr } = await scenarioOf(
    "curl http://a.test -H 'Connection: close' -H 'Content-Length: 9' -H 'Transfer-Encoding: chunked' " +
      "-H 'authority: a.test' -H 'Host: b.test' -H 'TE: trailers'",
  );
  assertEquals(step.headers, { Host: "b.test" });
  assertEquals(
    stderr,
    "Headers left out, as they are a matter of the connection: Connection, Transfer-Encoding, TE\n",
  );
});

Deno.test("importCurl() writes nothing that reads the environment of whoever runs the scenario", async () => {
  const { stdout, stderr } = await scenarioOf(
    R`curl 'http://a.test/${"${env(A)}"}' -H 'x: ${"${env(A)}"}' -d '${"${env(A)}"}' -A '${"${env(A)}"}'`,
  );
  assert(!stdout.includes("${"), stdout);
  assertStringIncludes(stderr, "a header is left out, as a scenario would run a function in it");
});

Deno.test("importCurl() tells what it cannot carry over", async () => {
  const { stderr } = await scenarioOf(
    "curl -sLk -m 5 -o out.html --proxy http://u:s3cret@p http://a.test/$ID | jq .",
  );
  assertStringIncludes(stderr, 'Left out, as it is another command: "jq"');
  assertStringIncludes(stderr, 'Not expanded, kept as written: "$ID"');
  assertStringIncludes(stderr, "-k does not belong in a scenario");
  assertStringIncludes(stderr, "-L does not belong in a scenario");
  assertStringIncludes(stderr, "-m does not belong in a scenario: run it with --timeout");
  assertStringIncludes(stderr, "--proxy does not belong in a scenario: run it with --proxy");
  assertStringIncludes(stderr, "Ignored, as a scenario has no use for it: -s, -o\n");
  assert(!stderr.includes("s3cret"));
});

Deno.test("importCurl() puts files into the scenario and says which", async () => {
  const { step, stderr } = await scenarioOf("curl http://a.test --data-binary @bytes.bin");
  assertEquals(step.body_base64, "AP8=");
  assertStringIncludes(stderr, 'Files read into the scenario: "bytes.bin"');
});

Deno.test("importCurl() takes the command as a text, in words, from a file or standard input", async () => {
  const rows: [string[], string][] = [
    [["curl http://a.test/text"], "/text"],
    [["  /usr/bin/curl.exe\thttp://a.test/path"], "/path"],
    [["curl", "-X", "PUT", "http://a.test/words"], "/words"],
    [["cmd.txt"], "/from-file"],
    [["-"], "/from-stdin"],
    [["piped.txt"], "/piped"],
  ];
  for (const [command, path] of rows) {
    assertEquals(JSON.parse((await run(command)).stdout).steps[0].path, path);
  }
});

Deno.test("importCurl() makes a step of each request of several commands", async () => {
  const { scenario, stderr } = await scenarioOf([
    "$ curl -c jar -d u=1 'http://a.test/login' ;",
    "curl -b jar 'http://a.test/{x,y}' && curl 'https://b.test/z?q=1' | jq .",
    "sleep 1",
    "curl http://a.test/next",
    "  -H 'x: y'",
    "false || curl http://a.test/never",
  ].join("\n"));
  assertEquals(
    [scenario.name, scenario.base_url, scenario.steps.map(({ name, path }) => `${name} | ${path}`)],
    ["a.test", "http://a.test", [
      "POST /login | /login",
      "GET /x | /x",
      "GET /y | /y",
      "GET b.test/z?q=1 | https://b.test/z?q=1",
      "GET /next | /next",
    ]],
  );
  assertEquals(stderr.split("\n"), [
    'Left out, as it is another command: "jq"',
    'Left out, as it is another command: "sleep"',
    'A line that begins with "-H" is left out: a command goes on in the next line after a \\ at the end',
    'Left out, as it is another command: "false"',
    'What follows "||" is left out: it is sent only when the command before fails',
    "Ignored, as a scenario has no use for it: -c",
    'In place of the cookies in "jar", a user sends those that servers set',
    "",
  ]);
});

Deno.test("importCurl() says when a scenario is too large to run", async () => {
  const { stderr } = await scenarioOf("curl http://a.test -T large.bin");
  assertStringIncludes(stderr, "Warning: the scenario is larger than what a run reads");
});

Deno.test("importCurl() names the scenario as it is told, and otherwise after its step", async () => {
  assertEquals((await scenarioOf("curl http://a.test/x")).scenario.name, "GET /x");
  assertEquals((await scenarioOf("curl http://a.test/x", { name: "mine" })).scenario.name, "mine");
});

/** Commands that cannot be imported, and the whole message of each. */
const WRONG: readonly (readonly [command: string, message: string])[] = [
  ["", 'Nothing to import: expected a curl command, a file that holds one, or "-" for standard input'],
  ["none.txt", 'Cannot read "none.txt": there is no such file'],
  ["latin1.txt", 'Cannot read "latin1.txt": it is not UTF-8 text'],
  ["curl", "Cannot import the command: it has no URL"],
  ["curl -X POST", "Cannot import the command: it has no URL"],
  ["curl ftp://a.test/", 'Cannot import the command: expected an http or https URL, found "ftp:"'],
  ["curl file:///etc/passwd", 'Cannot import the command: expected an http or https URL, found "file:"'],
  ["curl 'http://a b/'", 'Cannot import the command: "http://a b/" is not a URL'],
  [
    "curl -g 'http://${env(A)}.a.test/'",
    'Cannot import the command: "http://${env(A)}.a.test/" is not a URL',
  ],
  ["curl 'http://u:s3cret@a:b/'", 'Cannot import the command: "http://***@a:b/" is not a URL'],
  [R`curl $'http://a.test/\nx'`, "Cannot import the command: its URL holds control characters"],
  ["curl 'http://a.test", "Cannot read the command: a quotation that begins with ' is not closed"],
  ["curl -H", "Cannot read curl's -H: it has no value"],
  ["curl http://a.test --data", "Cannot read curl's --data: it has no value"],
  ["curl --frobnicate http://a.test", 'Unknown curl option "--frobnicate"'],
  ["curl --compresed http://a.test", 'Unknown curl option "--compresed": did you mean --compressed?'],
  ["curl -s~ --nope http://a.test", 'Unknown curl option "-~"\nUnknown curl option "--nope"'],
  ["curl http://a.test --next -d x", "Cannot import the command: it has no URL"],
  ["curl -0 http://a.test", "Cannot import curl's -0: requests are sent over HTTP/1.1 or HTTP/2"],
  [
    "curl --request-target '*' -X OPTIONS http://a.test",
    "Cannot import curl's --request-target: the target is the path and query of the URL",
  ],
  [
    "curl --expand-data x --digest -u a:b http://a.test",
    "Cannot import curl's --expand-data: variables of curl are not supported; write the values into the command\n" +
    "Cannot import curl's --digest: only Basic credentials can be replayed; without the option, -u means those",
  ],
  [
    "curl -b jar.txt http://a.test",
    `Cannot import curl's -b "jar.txt": cookies in a file are not read; write -b 'name=value'`,
  ],
  [
    "curl -C - http://a.test",
    `Cannot import curl's -C "-": expected the offset of a download; what is there already is not known`,
  ],
  [
    "curl -I -d x http://a.test",
    "Cannot import the command: it has both -I and data (-d); curl refuses that, too",
  ],
  ["curl -T a.txt a.test b.test", "Cannot import curl's -T for several URLs: write a command for each"],
  [
    "curl a.test -F 'a=@b.txt,c.txt'",
    `Cannot import curl's -F with several files in one field ("b.txt,c.txt"): name them in fields of their own`,
  ],
  [
    "curl a.test -F 'a=b;encoder=base64'",
    "Cannot import curl's -F with ;encoder=: parts have only a type and a file name",
  ],
  [
    "curl -K options.txt http://a.test",
    "Cannot import curl's -K: options in a file are not read; write them into the command",
  ],
  ["curl -X 'GET /x' http://a.test", 'Cannot import method "GET /x": expected a word such as GET or POST'],
  [
    "curl http://a.test -H plain",
    `Cannot import curl's -H: expected "Name: value", found a line that begins "plain"`,
  ],
  [
    R`curl http://a.test -H $'A: 1\nB: 2'`,
    'Cannot import header "A": it holds characters that no header can',
  ],
  ["curl http://a.test -H 'ü: 1'", 'Cannot import header "ü": it holds characters that no header can'],
  [
    "curl http://a.test -H @lines.txt",
    `Cannot import curl's -H "@lines.txt": headers in a file are not read`,
  ],
  [
    "curl http://a.test -d x -F a=b",
    "Cannot import the command: it has both data (-d) and form fields (-F); expected one kind",
  ],
  ["curl http://a.test -F nothing", `Cannot import curl's -F: expected name=value, found "nothing"`],
  ["curl http://a.test -d @none.bin", 'Cannot read "none.bin": there is no such file'],
  ["curl http://a.test -d @-", "Cannot import a body from standard input: name a file, not -"],
  ["stdin.txt", "Cannot import a body from standard input: name a file, not -"],
  ["curl http://a.test -T -", "Cannot import a body from standard input: name a file, not -"],
];

Deno.test("importCurl() says of each wrong command what is wrong with it", async () => {
  for (const [command, message] of WRONG) {
    const error = await assertRejects(() => run(command === "" ? [] : [command]), UsageError);
    assertEquals(error.message, message, command);
  }
  await assertRejects(() => run(["wget", "x"]), UsageError, 'expected it to begin with curl, found "wget"');
});

Deno.test("splitCurlArguments() finds where the pasted command begins", () => {
  const rows: [string[], string[], string[]][] = [
    [["-o", "a.json", "curl", "-o", "b"], ["-o", "a.json"], ["curl", "-o", "b"]],
    [["--", "curl", "x"], [], ["curl", "x"]],
    [["--name", "curl", "cmd.txt"], ["--name", "curl", "cmd.txt"], []],
    [["/usr/bin/curl", "x"], [], ["/usr/bin/curl", "x"]],
    [["cmd.txt"], ["cmd.txt"], []],
  ];
  for (const [argv, own, command] of rows) assertEquals(splitCurlArguments(argv), { own, command });
});
