import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { splitCommand, splitShellWords } from "../../../src/convert/curl/shell_words.ts";
import { UsageError } from "../../../src/lib/errors.ts";
import { peerTest } from "../../_support/peers.ts";

const R = String.raw;

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

Deno.test("splitShellWords() splits and takes quotes away", () => {
  for (const [command, ...words] of COMMANDS) {
    assertEquals(splitShellWords(command), { words, remarks: [] }, command);
  }
});

peerTest("splitShellWords() agrees with bash", ["bash"], async () => {
  for (const [command, ...words] of COMMANDS) {
    const script = command.replace("curl", "printf '%s\\0'");
    const env = { LC_ALL: "C.UTF-8" };
    const { stdout } = await new Deno.Command("bash", { args: ["-c", script], env }).output();
    const printed = new TextDecoder().decode(stdout).split("\0").slice(0, -1);
    assertEquals(printed, words.slice(1), command);
  }
});

Deno.test("splitShellWords() goes on after the backtick that ends a line in PowerShell", () => {
  for (const end of ["\n", "\r\n"]) {
    const { words, remarks } = splitShellWords(
      ["curl.exe 'http://a/' `", "  -H 'a: `b' `", "  -d x"].join(end),
    );
    assertEquals([words, remarks], [["curl.exe", "http://a/", "-H", "a: `b", "-d", "x"], []]);
  }
});

Deno.test("splitShellWords() joins the halves of a character that browsers write as two escapes", () => {
  assertEquals(splitShellWords(R`curl $'\ud83d\ude00'`).words, ["curl", "😀"]);
});

Deno.test("splitShellWords() expands and runs nothing, and says so", () => {
  const { words, remarks } = splitShellWords('curl "$A ${B} \\$C" $D \'$E\' `date` "$(id)" 5$');
  assertEquals(words, ["curl", "$A ${B} $C", "$D", "$E", "`date`", "$(id)", "5$"]);
  assertEquals(remarks, ['Not expanded, kept as written: "$A", "${B}", "$D", "`date`", "$(id)"']);
});

Deno.test("splitShellWords() stops where a shell begins another command", () => {
  const rows: [string, string][] = [
    ["curl a | jq .", 'What follows "|"'],
    ["curl a; rm x", 'What follows ";"'],
    ["curl a && b", 'What follows "&"'],
    ["curl a&b=c", "a URL with & must be quoted"],
    ["curl a\nrm x", "Only the first line is read"],
  ];
  for (const [command, remark] of rows) {
    const split = splitShellWords(command);
    assertEquals(split.words, ["curl", "a"], command);
    assertStringIncludes(split.remarks.join("\n"), remark);
  }
  assertEquals(splitShellWords("\n\n curl a\n\n").remarks, []);
});

Deno.test("splitShellWords() leaves redirections out", () => {
  const { words, remarks } = splitShellWords("curl a 2>/dev/null b > out.txt c2>x");
  assertEquals(words, ["curl", "a", "b", "c2"]);
  assertEquals(remarks.length, 3);
});

Deno.test("splitCommand() refuses what it cannot read", () => {
  const rows: [string, string][] = [
    ["curl 'a", "a quotation that begins with ' is not closed"],
    ['curl "a', 'a quotation that begins with " is not closed'],
    ["curl $'a\\'", "a quotation that begins with $' is not closed"],
    [R`curl $'\xff'`, "not UTF-8 text"],
    [R`curl $'\U00110000'`, "names no Unicode character"],
    ['curl ^"a', "is not closed"],
  ];
  for (const [command, message] of rows) assertThrows(() => splitCommand(command), UsageError, message);
});

Deno.test("splitCommand() reads commands for cmd.exe as browsers write them", () => {
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
    ['curl ^"a^"\nDEL x', ["curl", "a"]],
  ];
  for (const [command, words] of rows) assertEquals(splitCommand(command), { words, remarks: [] }, command);
  assertEquals(splitCommand("curl 'x^\ny'").words, ["curl", "x^\ny"]);
});
