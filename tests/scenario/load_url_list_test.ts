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
    // Fields and bodies belong to the entry above them.
    fc.string().filter((text) => !/^\s*(?:@|[^\s:]+:)/.test(text.replace(/[\r\n]/g, ""))),
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

Deno.test("parseUrlList() reads vegeta's targets: header lines and a body's file below a request", () => {
  const text = [
    "GET http://goku:9090/path/to/dragon?item=ball",
    "X-Account-ID: 8675309",
    "X-Empty:",
    "",
    "# the next one",
    "DELETE http://goku:9090/path/to/dragon",
    "Confirmation-Token: 90215",
    "Authorization: Token DEADBEEF",
    "POST http://goku:9090/things",
    "@/path/to/thing.json",
    "http://goku:9090/",
  ].join("\n");
  assertEquals(parseUrlList(text, "t.txt"), [
    {
      method: "GET",
      url: "http://goku:9090/path/to/dragon?item=ball",
      line: 1,
      headers: [["X-Account-ID", "8675309"], ["X-Empty", ""]],
    },
    {
      method: "DELETE",
      url: "http://goku:9090/path/to/dragon",
      line: 6,
      headers: [["Confirmation-Token", "90215"], ["Authorization", "Token DEADBEEF"]],
    },
    {
      method: "POST",
      url: "http://goku:9090/things",
      line: 9,
      body: { kind: "file", path: "/path/to/thing.json" },
    },
    { method: "GET", url: "http://goku:9090/", line: 11 },
  ]);
});

Deno.test("parseUrlList() reads JSON lines, weights, and vegeta's JSON, whose bodies are base64", () => {
  const text = [
    '{"method": "post", "url": "http://a.test/", "headers": {"X-A": "1", "X-B": ["2", "3"]}, "body": "a=1", "weight": 2.5}',
    '{"url": "http://a.test/b", "base64": "AAE="}',
    '{"method":"PUT","url":"http://a.test/c","header":{"Content-Type":["text/plain"]},"body":"aGVsbG8="}',
    '{"url": "http://a.test/d", "body_file": "x.bin"}',
    "http://a.test/e weight=3",
  ].join("\n");
  assertEquals(parseUrlList(text, "t.json"), [
    {
      method: "POST",
      url: "http://a.test/",
      line: 1,
      headers: [["X-A", "1"], ["X-B", "2"], ["X-B", "3"]],
      body: { kind: "text", text: "a=1" },
      weight: 2.5,
    },
    { method: "GET", url: "http://a.test/b", line: 2, body: { kind: "base64", base64: "AAE=" } },
    {
      method: "PUT",
      url: "http://a.test/c",
      line: 3,
      headers: [["Content-Type", "text/plain"]],
      body: { kind: "base64", base64: "aGVsbG8=" },
    },
    { method: "GET", url: "http://a.test/d", line: 4, body: { kind: "file", path: "x.bin" } },
    { method: "GET", url: "http://a.test/e", line: 5, weight: 3 },
  ]);
});

for (
  const [line, problem] of [
    ["{", "it is not a JSON object on one line"],
    ['{"uri": "http://a.test/"}', "did you mean url?"],
    ['{"method": "GET"}', 'it has no "url"'],
    ['{"url": "/a"}', "expected a URL that begins with http:// or https://"],
    ['{"url": "http://a.test/", "headers": ["a"]}', '"headers" is no object of names and values'],
    ['{"url": "http://a.test/", "headers": {"a b": "1"}}', "has a line break, or a name that is none"],
    ['{"url": "http://a.test/", "base64": "%"}', '"base64" is not base64'],
    ['{"url": "http://a.test/", "body": "a", "base64": "YQ=="}', "expected one of body and base64"],
    ['{"url": "http://a.test/", "weight": 0}', '"weight" is no number above 0'],
    ["http://a.test/ weight=-1", "expected a weight above 0"],
  ] as const
) {
  Deno.test(`parseUrlList() refuses ${line}`, () => {
    assert(problemsOf(line)[0]!.includes(problem), problemsOf(line)[0]);
  });
}
