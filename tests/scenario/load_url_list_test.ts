/** Lists of URLs. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { UsageError } from "../../src/lib/errors.ts";
import { parseUrlList } from "../../src/scenario/load_url_list.ts";

function problemsOf(text: string): readonly string[] {
  return assertThrows(() => parseUrlList(text, "urls.txt"), UsageError).problems;
}

Deno.test("parseUrlList() reads URLs and methods, skips comments and blank lines, keeps line numbers", () => {
  const text =
    "\ufeff# all of them\r\n\r\n  http://localhost:8080/a?b=c#d  \npost\thttps://x.test/ \n  # more\nHEAD http://[::1]/";
  assertEquals(parseUrlList(text, "urls.txt"), [
    { method: "GET", url: "http://localhost:8080/a?b=c#d", line: 3 },
    { method: "POST", url: "https://x.test/", line: 4 },
    { method: "HEAD", url: "http://[::1]/", line: 6 },
  ]);
});

const REFUSED: readonly [claim: string, line: string, problem: string][] = [
  [
    "a mistyped method",
    "GTE http://localhost/",
    'expected one of the methods GET, POST, PUT, DELETE, PATCH, HEAD, OPTIONS or a URL, found "GTE": did you mean GET?',
  ],
  [
    "a method it does not know",
    "TRACE http://localhost/",
    'expected one of the methods GET, POST, PUT, DELETE, PATCH, HEAD, OPTIONS or a URL, found "TRACE"',
  ],
  ["a method alone", "GET", "expected a URL after GET"],
  [
    "another scheme",
    "ftp://localhost/",
    'expected a URL that begins with http:// or https://, found "ftp://localhost/"',
  ],
  [
    "a URL without a host",
    "http:///x",
    'expected a URL that begins with http:// or https://, found "http:///x"',
  ],
  ["a path", "/api/users", 'expected a URL that begins with http:// or https://, found "/api/users"'],
  [
    "words after the URL",
    "http://localhost/ # home",
    'expected nothing after the URL, found "# home"; write a space in a URL as %20',
  ],
  [
    "a space in the URL",
    "GET http://localhost/a b",
    'expected nothing after the URL, found "b"; write a space in a URL as %20',
  ],
  ["control characters", "GET http://localhost/\x00", "control characters are not allowed"],
  ["a lone carriage return", "GET http://localhost/\rPOST http://x/", "control characters are not allowed"],
];
for (const [claim, line, problem] of REFUSED) {
  Deno.test(`parseUrlList() refuses ${claim}`, () => {
    assertEquals(problemsOf(`http://localhost/\n${line}\n`), [`URL file "urls.txt", line 2: ${problem}`]);
  });
}

Deno.test("parseUrlList() names every bad line, but not endlessly, and shows no secrets", () => {
  assertEquals(problemsOf("a\nhttp://x/\nb").length, 2);
  const problems = problemsOf("nonsense\n".repeat(5000));
  assertEquals(problems.length, 11);
  assertEquals(problems.at(-1), 'URL file "urls.txt": 4990 more lines are wrong');
  assert(!problemsOf("ftp://me:secret@x/")[0]!.includes("secret"));
});

Deno.test("parseUrlList() refuses a file without entries", () => {
  assertEquals(problemsOf("# nothing\n"), [
    'URL file "urls.txt" has no entry: expected URL or METHOD URL on a line',
  ]);
});

Deno.test("parseUrlList() drops nothing: every line that counts becomes an entry or a problem", () => {
  const line = fc.oneof(
    fc.constantFrom("", "# x", "GET http://a/", "http://b/?c", "POST  https://d", "PUT", "http://e/ f"),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(line.map((text) => text.replace(/[\r\n]/g, "")), { maxLength: 9 }), (lines) => {
      const counting = lines.filter((text) => text.trim() !== "" && !text.trim().startsWith("#")).length;
      try {
        assertEquals(parseUrlList(lines.join("\n"), "f").length, counting);
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
      }
    }),
  );
});
