/** Commands as bash, cmd.exe and PowerShell would split them. */
import fc from "fast-check";
import { assertEquals, assertThrows } from "@std/assert";
import { splitCommands, splitShellCommands } from "../../../src/convert/curl/shell_words.ts";
import { UsageError } from "../../../src/lib/errors.ts";
import { peerTest } from "../../_support/peers.ts";

const R = String.raw;

/** The words of a text's only command, and what is said of it. */
function onlyCommand(list: ReturnType<typeof splitCommands>) {
  assertEquals(list.commands.length, 1);
  return { words: list.commands[0]!.words, remarks: list.remarks };
}

/** Commands and their words, each also split by the real shell below. */
const COMMANDS: readonly (readonly [command: string, ...words: string[]])[] = [
  ["curl a b", "curl", "a", "b"],
  ["  curl\ta   b  ", "curl", "a", "b"],
  ["curl 'a b' \"c d\"", "curl", "a b", "c d"],
  ["curl '' \"\" $''", "curl", "", "", ""],
  ["curl a'b'\"c\"$'d'e", "curl", "abcde"],
  [R`curl 'it'\''s'`, "curl", "it's"],
  [R`curl a\ b \'x\" \\`, "curl", "a b", "'x\"", "\\"],
  [R`curl "a\"b\\c\$d\n\'"`, "curl", R`a"b\c$d\n\'`],
  ["curl 'line 1\nline 2'", "curl", "line 1\nline 2"],
  ["curl \\\n  -H 'a: b' \\\n  x", "curl", "-H", "a: b", "x"],
  ['curl "a\\\nb"', "curl", "ab"],
  ["curl a\\\nb", "curl", "ab"],
  [R`curl $'a\nb\tc\\d\'e\"f'`, "curl", "a\nb\tc\\d'e\"f"],
  [R`curl $'\x41\u00fc\U0001f600\101\e\cA!'`, "curl", "Aü😀A\u001b\u0001!"],
  [R`curl $'\xc3\xbc\303\274'`, "curl", "üü"],
  [R`curl $'\q\?'`, "curl", R`\q?`],
  ["curl a #b c", "curl", "a"],
  ["curl a#b", "curl", "a#b"],
  ["curl ü '😀'", "curl", "ü", "😀"],
];

Deno.test("splitShellCommands() splits and takes quotes away", () => {
  for (const [command, ...words] of COMMANDS) {
    assertEquals(onlyCommand(splitShellCommands(command)), { words, remarks: [] }, command);
  }
});

peerTest("splitShellCommands() agrees with bash", ["bash"], async () => {
  for (const [command, ...words] of COMMANDS) {
    const script = command.replace("curl", "printf '%s\\0'");
    const env = { LC_ALL: "C.UTF-8" };
    const { stdout } = await new Deno.Command("bash", { args: ["-c", script], env }).output();
    const printed = new TextDecoder().decode(stdout).split("\0").slice(0, -1);
    assertEquals(printed, words.slice(1), command);
  }
});

Deno.test("splitShellCommands() goes on after the backtick that ends a line in PowerShell", () => {
  for (const end of ["\n", "\r\n"]) {
    const { words, remarks } = onlyCommand(splitShellCommands(
      ["curl.exe 'http://a/' `", "  -H 'a: `b' `", "  -d x"].join(end),
    ));
    assertEquals([words, remarks], [["curl.exe", "http://a/", "-H", "a: `b", "-d", "x"], []]);
  }
});

Deno.test("splitShellCommands() joins the halves of a character that browsers write as two escapes", () => {
  assertEquals(onlyCommand(splitShellCommands(R`curl $'\ud83d\ude00'`)).words, ["curl", "😀"]);
});

Deno.test("splitShellCommands() expands and runs nothing, and says so", () => {
  const { words, remarks } = onlyCommand(
    splitShellCommands('curl "$A ${B} \\$C" $D \'$E\' `date` "$(id)" 5$'),
  );
  assertEquals(words, ["curl", "$A ${B} $C", "$D", "$E", "`date`", "$(id)", "5$"]);
  assertEquals(remarks, ['Not expanded, kept as written: "$A", "${B}", "$D", "`date`", "$(id)"']);
});

Deno.test("splitShellCommands() splits where a shell begins another command", () => {
  const rows: [text: string, ...commands: string[][]][] = [
    ["curl a | jq .", ["", "curl", "a"], ["|", "jq", "."]],
    ["curl a; rm x", ["", "curl", "a"], [";", "rm", "x"]],
    ["curl a ;\ncurl b ;\r\ncurl c", ["", "curl", "a"], [";", "curl", "b"], [";", "curl", "c"]],
    ["curl a && \n b || c", ["", "curl", "a"], ["&&", "b"], ["||", "c"]],
    ["curl a&b=c", ["", "curl", "a"], ["&", "b=c"]],
    ["\n\n curl a\n\n# note\ncurl b\n", ["", "curl", "a"], ["\n", "curl", "b"]],
  ];
  for (const [text, ...commands] of rows) {
    const split = splitShellCommands(text);
    assertEquals(split.commands.map(({ words, after }) => [after, ...words]), commands, text);
    assertEquals(split.remarks, []);
  }
});

Deno.test("splitShellCommands() leaves redirections out", () => {
  const { words, remarks } = onlyCommand(splitShellCommands("curl a 2>/dev/null b > out.txt c2>x"));
  assertEquals(words, ["curl", "a", "b", "c2"]);
  assertEquals(remarks.length, 3);
});

Deno.test("splitCommands() refuses what it cannot read", () => {
  const rows: [string, string][] = [
    ["curl 'a", "a quotation that begins with ' is not closed"],
    ['curl "a', 'a quotation that begins with " is not closed'],
    ["curl $'a\\'", "a quotation that begins with $' is not closed"],
    [R`curl $'\xff'`, "not UTF-8 text"],
    [R`curl $'\U00110000'`, "names no Unicode character"],
    ['curl ^"a', "is not closed"],
  ];
  for (const [command, message] of rows) assertThrows(() => splitCommands(command), UsageError, message);
});

Deno.test("splitCommands() reads commands for cmd.exe as browsers write them", () => {
  const rows: [string, string[]][] = [
    [R`curl ^"http://a/?x=1^&y=2^"`, ["curl", "http://a/?x=1&y=2"]],
    ['curl ^"http://a/^" ^\r\n  -H ^"a: b^" ^\r\n  --compressed', [
      "curl",
      "http://a/",
      "-H",
      "a: b",
      "--compressed",
    ]],
    [R`curl ^"a^" --data-raw ^"^{^\^"k^\^":^\^"100^%^^^\^"^}^"`, [
      "curl",
      "a",
      "--data-raw",
      '{"k":"100%^"}',
    ]],
    ['curl ^"a^" -d ^"x^\n\ny^"', ["curl", "a", "-d", "x\ny"]],
    ['curl "http://a/?x=1&y=2" ^\n  -H "a: b^c"', ["curl", "http://a/?x=1&y=2", "-H", "a: b^c"]],
    ['curl "a" ^\n -d "{""k"":1}"', ["curl", "a", "-d", '{"k":1}']],
    [R`curl ^"C:\dir\\^" ^"a\\^\^"b^"`, ["curl", "C:\\dir\\", R`a\"b`]],
    // Chrome before 2024 put plain quotes around what it had escaped for outside of quotes.
    [R`curl "http://a/?x=1^&y=^%^2C&z=2" -H "q: ^\^"C^\^";v=^\^"8^\^"" --data-raw "^{^\^"k^\^":^[^]^}"`, [
      ...["curl", "http://a/?x=1&y=%2C&z=2", "-H", 'q: "C";v="8"', "--data-raw", '{"k":[]}'],
    ]],
    ['curl "a" -d "x ^^ y"', ["curl", "a", "-d", "x ^ y"]],
    // Not that: another character stands there without its caret.
    ['curl "http://a/?x=^&y=%20" ^\n -I', ["curl", "http://a/?x=^&y=%20", "-I"]],
  ];
  for (const [command, words] of rows) {
    assertEquals(onlyCommand(splitCommands(command)), { words, remarks: [] }, command);
  }
  assertEquals(onlyCommand(splitCommands("curl 'x^\ny'")).words, ["curl", "x^\ny"]);
  assertEquals(splitCommands('curl ^"a^" ^\r\n -I &\r\ncurl ^"b^&c^"\r\nDEL x').commands, [
    { words: ["curl", "a", "-I"], after: "" },
    { words: ["curl", "b&c"], after: "\n" },
    { words: ["DEL", "x"], after: "\n" },
  ]);
});

Deno.test("splitCommands() reads doubled quotes as cmd.exe does, and says so", () => {
  const remarks = ['Read as cmd.exe reads it: "" within quotes is one quote'];
  const rows: [string, string[]][] = [
    [R`curl "http://a/" -d "{""id"":""xx"",""n"":0}"`, ["curl", "http://a/", "-d", '{"id":"xx","n":0}']],
    [R`curl "a" -H "If-None-Match: ""e""" -I`, ["curl", "a", "-H", 'If-None-Match: "e"', "-I"]],
    [R`curl "a" -d "{""p"":""C:\\""}"`, ["curl", "a", "-d", R`{"p":"C:\"}`]],
  ];
  for (const [command, words] of rows) {
    assertEquals(onlyCommand(splitCommands(command)), { words, remarks }, command);
  }
  // A POSIX shell joins these.
  for (
    const command of ['curl \'a\' -d "b""c"', 'curl "" -d "x" ""', 'curl "$A""b"', 'curl "a" \\\n -d "b""c"']
  ) {
    assertEquals(splitCommands(command).commands, splitShellCommands(command).commands, command);
  }
});

/** Ways in which browsers write a word for cmd.exe; backslashes aside, which they double and Windows keeps doubled. */
const BROWSERS: Readonly<Record<string, (text: string) => string>> = {
  "Chrome and Firefox": (text) => `^"${withCarets(text)}^"`,
  "Chrome before 2024": (text) => `"${withCarets(text)}"`,
  "Chrome before 2023": (text) => `"${withCarets(text).replaceAll("^&", "&")}"`,
  "Firefox before 2020": (text) => `"${text.replaceAll('"', '""').replaceAll("%", '"%"')}"`,
};

function withCarets(text: string): string {
  return text.replaceAll('"', '\\"').replace(/[^a-zA-Z0-9\s_\-:=+~'/.',?;()*`]/g, "^$&")
    .replace(/%(?=[a-zA-Z0-9_])/g, "%^");
}

for (const [browser, write] of Object.entries(BROWSERS)) {
  Deno.test(`splitCommands() reads what ${browser} wrote for cmd.exe`, () => {
    const character = fc.oneof(
      fc.constantFrom(...`{}[]":,&|<>%^!@#$\`'();=+~*?/. aZ09_-ü😀`),
      fc.constantFrom('"', "^", "%2"),
    );
    const anyText = fc.array(character, { maxLength: 12 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1, maxLength: 4 }), (texts) => {
        // The braces tell whether carets stand within quotes.
        const command = `curl ${["http://a.test/?x=1&y=2", "{}", ...texts].map(write).join(" ^\r\n  ")}`;
        assertEquals(splitCommands(command).commands[0]!.words.slice(3), texts);
      }),
      { numRuns: 500 },
    );
  });
}
