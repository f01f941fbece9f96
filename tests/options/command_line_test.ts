/** Words of a command line become options, and help is made of the same table. */
import { assert, assertEquals } from "@std/assert";
import { helpOf, parseCommandLine } from "../../src/options/command_line.ts";
import { toggle } from "../../src/options/option_types.ts";
import { parsed, sampleCommand, texts } from "./_sample.ts";

const URL_TEXT = "http://x/";

for (
  const [argv, expected] of [
    [["-c", "5"], ["connections=5"]],
    [["-c5"], ["connections=5"]],
    [["--connections", "5"], ["connections=5"]],
    [["--connections=5"], ["connections=5"]],
    [["--duration=a=b"], ["duration=a=b"]],
    [["-c", "-5"], ["connections=-5"]],
    [["--connections="], ["connections="]],
    [["-c", "1", "-c", "2"], ["connections=1", "connections=2"]],
    [["-k"], ["keepalive=true"]],
    [["-kl", "-lc5"], ["keepalive=true", "verify=true", "verify=true", "connections=5"]],
    [["--keepalive", "--no-keepalive"], ["keepalive=true", "keepalive=false"]],
    [["--tag", "a=b", "--label=c=d"], ["tag=a=b", "tag=c=d"]],
    [["--report", "x.html"], ["report"]],
    [["--report=x.html"], ["report=x.html"]],
    [["-r", "-rx.html"], ["report", "report=x.html"]],
    [["--note", ""], ["note="]],
  ] as const
) {
  Deno.test(`parseCommandLine() reads ${argv.join(" ")}`, () => assertEquals(texts(...argv), expected));
}

for (
  const argv of [
    ["-c", "5", "-l", URL_TEXT],
    [URL_TEXT, "-c", "5", "-l"],
    ["-c", "5", URL_TEXT, "-l"],
    ["-c", "5", "-l", "--", URL_TEXT],
  ]
) {
  Deno.test(`parseCommandLine() finds the operand in ${argv.join(" ")}`, () => {
    const { given, operands, problems } = parsed(...argv);
    assertEquals([operands, problems], [[URL_TEXT], []]);
    assertEquals(given.map(({ property }) => property), ["connections", "verify"]);
  });
}

Deno.test("parseCommandLine() leaves the operand after a flag whose value may be left out", () => {
  const { given, operands, problems } = parsed("--report", URL_TEXT);
  assertEquals([operands, problems], [[URL_TEXT], []]);
  assertEquals(given, [{ property: "report", flag: "--report", text: null }]);
});

Deno.test("parseCommandLine() names the flag that was used", () => {
  assertEquals(parsed("--label", "a=b").given[0]?.flag, "--label");
  assertEquals(parsed("-c", "1").given[0]?.flag, "-c");
  assertEquals(parsed("--connections", "1").given[0]?.flag, "--connections");
  assertEquals(parsed("--no-keepalive").given[0]?.flag, "--no-keepalive");
});

for (
  const [argv, expected] of [
    [["--duraton", "5", URL_TEXT], ["Unknown option --duraton: did you mean --duration?"]],
    [["--duraton=5", URL_TEXT], ["Unknown option --duraton: did you mean --duration?"]],
    [["--no-keepaliv", URL_TEXT], ["Unknown option --no-keepaliv: did you mean --no-keepalive?"]],
    [["--vers"], ["Unknown option --vers: did you mean --version?"]],
    [["--frobnicate", URL_TEXT], ["Unknown option --frobnicate"]],
    [["-y"], ["Unknown option -y"]],
    [["-z", "5", URL_TEXT], ["Unknown option -z: use -d"]],
    [["-disable-reports", URL_TEXT], ["Unknown option -disable-reports: there are none"]],
    [["-duration", "5", URL_TEXT], ["Unknown option -duration: did you mean --duration?"]],
    [["--\u001b[2J"], ["Unknown option --\\x1b[2J"]],
    [["--keepalive=no"], ['--keepalive: expected no value, found "no"']],
    [["-c"], ["-c: expected a whole number of at least 1 after it"]],
    [[URL_TEXT, "more"], ['Unexpected "more": expected at most one URL']],
    [[URL_TEXT, "http://me:pw@y/"], ['Unexpected "http://***@y/": expected at most one URL']],
    [["--conections", "5", "--duraton", "6", "-n"], [
      "Unknown option --conections: did you mean --connections?",
      "Unknown option --duraton: did you mean --duration?",
      "-n: expected a whole number of at least 1 after it",
    ]],
  ] as const
) {
  Deno.test(`parseCommandLine() reports ${JSON.stringify(argv)}`, () => {
    assertEquals(parsed(...argv).problems, expected);
  });
}

Deno.test("parseCommandLine() keeps what it understood beside an unknown flag", () => {
  const { given, operands } = parsed("-c", "5", "--duraton", "7", URL_TEXT, "-l");
  assertEquals(given.map(({ property }) => property), ["connections", "verify"]);
  assertEquals(operands, [URL_TEXT]);
});

Deno.test("parseCommandLine() does not take a URL for an unknown flag's argument", () => {
  assertEquals(parsed("--frobnicate", URL_TEXT).operands, [URL_TEXT]);
  assertEquals(parsed("--verfy", "localhost").operands, ["localhost"]);
});

Deno.test("parseCommandLine() answers --help and --version, whatever else is there", () => {
  assertEquals(parseCommandLine(sampleCommand, ["-c", "0", "--version"]), {
    kind: "version",
    text: "sample 1.2.3",
  });
  assertEquals(parseCommandLine(sampleCommand, ["-V"]).kind, "version");
  for (const argv of [["-h"], ["--frobnicate", "--help"], ["--help", "-c"], ["-lh"]]) {
    assertEquals(parseCommandLine(sampleCommand, argv), { kind: "help", text: helpOf(sampleCommand) });
  }
});

Deno.test("parseCommandLine() takes no operand where none is wanted", () => {
  const spec = { ...sampleCommand, operands: { max: 0, label: "word" } };
  const result = parseCommandLine(spec, ["x"]);
  assertEquals(result.kind === "options" && result.problems, [
    'Unexpected "x": expected nothing without a flag',
  ]);
});

Deno.test("parseCommandLine() says what is missing, unless a flag may have taken it", () => {
  const spec = { ...sampleCommand, operands: { max: 2, label: "word", missing: "Expected two words" } };
  const problemsOf = (...argv: string[]) => {
    const result = parseCommandLine(spec, argv);
    return result.kind === "options" ? result.problems : [];
  };
  assertEquals(problemsOf("a", "b"), []);
  assertEquals(problemsOf("a"), ["Expected two words"]);
  assertEquals(problemsOf("--frobnicate", "a", "b"), ["Unknown option --frobnicate"]);
});

Deno.test("helpOf() lists each option once, under its group, with its default", () => {
  assertEquals(
    helpOf(sampleCommand),
    `Usage: sample [OPTIONS] URL

Does nothing.

Load:
  -c, --connections N           Connections (default: 10)
  -d, --duration DURATION       Length (default: 10s)
  -n, --num-requests N          Amount

Request:
      --auth USER:PASS          Credentials

Connection:
  -k, --[no-]keepalive          Keep alive (default: on)
  -l, --verify                  Verify
      --client raw|fetch        Client (default: raw)

Output:
  -r, --report[=FILE]           A | report
      --tag, --label KEY=VALUE  Label (repeatable)
      --note TEXT               Note (repeatable)

General:
  -h, --help                    Show this text
  -V, --version                 Show the version

Examples:
  sample -c 5 URL  five
  sample           nothing`,
  );
});

Deno.test("parseCommandLine() takes no number for an operand where a digit is an option", () => {
  const ipv4 = { short: "-4", long: "--ipv4", type: toggle, group: "Connection", help: "IPv4" } as const;
  const command = { ...sampleCommand, options: { ...sampleCommand.options, ipv4 } };
  const answer = parseCommandLine(command, [URL_TEXT, "-5", "-4"]);
  assert(answer.kind === "options");
  assertEquals([answer.operands, answer.problems], [[URL_TEXT], ["Unknown option -5"]]);
  assertEquals(answer.given, [{ property: "ipv4", flag: "-4", text: "true" }]);
});
