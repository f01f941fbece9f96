/** Access logs of many makers are understood from their first lines, or as their own format strings say. */
import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../src/lib/errors.ts";
import { detectLogFormat, parseLogFormat } from "../../../src/steps/replay/log_format.ts";
import { lineReader } from "../../../src/steps/replay/log_line.ts";
import { logTimeOf } from "../../../src/steps/replay/log_time.ts";
import { brokenRules } from "../../../src/steps/replay/replay_user.ts";

const AT = Date.UTC(2026, 9, 10, 13, 55, 36);

/** What each line says: method, target, status, host, and when. */
const KNOWN: readonly (readonly [maker: string, lines: readonly string[], expected: readonly unknown[]])[] = [
  ["nginx combined", [
    '10.0.0.1 - - [10/Oct/2026:13:55:36 +0000] "GET /a?b=1 HTTP/1.1" 200 2326 "-" "Mozilla/5.0 (X11)"',
  ], ["GET", "/a?b=1", 200, "", AT]],
  ["Apache common", ['::1 ident frank smith [10/Oct/2026:15:55:36 +0200] "POST /x HTTP/1.0" 404 -'], [
    "POST",
    "/x",
    404,
    "",
    AT,
  ]],
  ["what nginx and Apache escape", [
    String
      .raw`10.0.0.1 - - [10/Oct/2026:13:55:36 +0000] "GET /caf\xc3\xa9?a=\"b\"&c=\\d&e=\q HTTP/1.1" 200 1 "-" "x"`,
  ], ["GET", "/caf%C3%A9?a=%22b%22&c=%5Cd&e=%5Cq", 200, "", AT]],
  ["a virtual host in front", [
    'a.test:80 10.0.0.1 - - [10/Oct/2026:13:55:36 +0000] "GET / HTTP/2.0" 301 0 "-" "x"',
  ], [
    "GET",
    "/",
    301,
    "",
    AT,
  ]],
  ["nginx JSON", [
    '{"time_iso8601":"2026-10-10T13:55:36+00:00","request_method":"PUT","request_uri":"/p","status":201,"http_host":"h.test"}',
  ], ["PUT", "/p", 201, "h.test", AT]],
  ["Caddy", [
    '{"level":"info","ts":1791640536.25,"request":{"method":"GET","host":"c.test","uri":"/c?d"},"status":200}',
  ], ["GET", "/c?d", 200, "c.test", AT + 250]],
  ["Traefik", [
    '{"StartUTC":"2026-10-10T13:55:36Z","RequestMethod":"GET","RequestPath":"/t","DownstreamStatus":502,"RequestHost":"t.test"}',
  ], ["GET", "/t", 502, "t.test", AT]],
  ["JSON with a backslash in its path", [
    String.raw`{"time_local":"10/Oct/2026:13:55:36 +0000","request":"GET /a\\x41 HTTP/1.1","status":"200"}`,
  ], ["GET", "/a%5Cx41", 200, "", AT]],
  ["JSON with a request line", [
    '{"time_local":"10/Oct/2026:13:55:36 +0000","request":"GET /r HTTP/1.1","status":"200"}',
  ], [
    "GET",
    "/r",
    200,
    "",
    AT,
  ]],
  ["CSV", ["timestamp,method,url,status", '1791640536,GET,"/a,b",204'], ["GET", "/a,b", 204, "", AT]],
];

for (const [maker, lines, expected] of KNOWN) {
  Deno.test(`detectLogFormat() understands ${maker}`, () => {
    const read = lineReader(detectLogFormat(lines)!);
    const { method, target, status, host, timeMs } = read(lines.at(-1)!)!;
    assertEquals([method, target, status, host, timeMs], expected);
  });
}

Deno.test("detectLogFormat() knows no log in what is none", () => {
  for (
    const line of ["", "# Title", "GET / HTTP/1.1", '{"a": 1}', "a,b,c", "2026-10-10 13:55:36 INFO started"]
  ) {
    assertEquals(detectLogFormat([line]), undefined);
  }
});

const SAID: readonly (readonly [format: string, line: string, expected: readonly unknown[]])[] = [
  [
    '$remote_addr [$time_local] $host "$request" $status $request_time',
    '1.2.3.4 [10/Oct/2026:13:55:36 +0000] h.test "GET /n HTTP/1.1" 200 0.004',
    ["GET", "/n", 200, "h.test"],
  ],
  ["$msec\t$request_method\t$request_uri\t$status", "1791640536.000\tHEAD\t/m\t304", ["HEAD", "/m", 304, ""]],
  ['%h %l %u %t \\"%r\\" %>s %b', '1.2.3.4 - - [10/Oct/2026:13:55:36 +0000] "GET /p HTTP/1.1" 200 5', [
    "GET",
    "/p",
    200,
    "",
  ]],
  ["%{sec}t %m %U %s %{Host}i", "1791640536 GET /u 500 v.test", ["GET", "/u", 500, "v.test"]],
  ["time=ts,method=verb,url=path,status=code", '{"ts":1791640536,"verb":"get","path":"/j","code":200}', [
    "GET",
    "/j",
    200,
    "",
  ]],
];

for (const [format, line, expected] of SAID) {
  Deno.test(`--replay-format ${format}`, () => {
    const { method, target, status, host, timeMs } = lineReader(parseLogFormat(format, line))(line)!;
    assertEquals([method, target, status, host, timeMs], [...expected, AT]);
  });
}

for (const format of ["combined", "$remote_addr $status", "%t %s", "method=verb", "time=ts,colour=red"]) {
  Deno.test(`--replay-format ${format} is refused`, () => {
    assertThrows(() => parseLogFormat(format, "{}"), UsageError, "--replay-format: found");
  });
}

Deno.test("requests that cannot be sent are none", () => {
  const read = lineReader(detectLogFormat([KNOWN[0]![1][0]!])!);
  const line = (request: string) => `1.2.3.4 - - [10/Oct/2026:13:55:36 +0000] "${request}" 400 0 "-" "-"`;
  for (
    const request of ["\\x16\\x03\\x01", "-", "", "CONNECT a.test:443 HTTP/1.1", "GET", "OPTIONS * HTTP/1.1"]
  ) {
    assertEquals(read(line(request)), undefined, request);
  }
  assertEquals(read(line("GET http://a.test/x HTTP/1.1"))!.target, "http://a.test/x");
});

Deno.test("logTimeOf() reads what logs have", () => {
  const same = [
    "10/Oct/2026:13:55:36 +0000",
    "[10/Oct/2026:06:55:36 -0700]",
    "2026-10-10T13:55:36Z",
    "2026-10-10T15:55:36+02:00",
    "2026-10-10 13:55:36Z",
    "1791640536",
    "1791640536000",
    "1791640536000000",
    "1791640536000000000",
  ];
  for (const text of same) assertEquals(logTimeOf(text), AT, text);
  assertEquals(logTimeOf("10/Oct/2026:13:55:36.125 +0000"), AT + 125);
  for (const text of ["", "-", "yesterday", "10/Okt/2026:13:55:36 +0000"]) {
    assertEquals(logTimeOf(text), undefined, text);
  }
});

Deno.test("a status is compared with the recorded one; what a cache did is no difference", () => {
  assertEquals(brokenRules(0, 500), null);
  assertEquals(brokenRules(404, 404), []);
  assertEquals(brokenRules(304, 200), []);
  assertEquals(brokenRules(200, 503), ["status: 503, recorded 200"]);
});
