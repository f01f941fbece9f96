/** A log is replayed: its requests arrive at the server in order, at their times, and their statuses are compared. */
import { assertEquals, assertGreaterOrEqual, assertMatch } from "@std/assert";
import { program } from "../_support/program.ts";
import { response, startRawServer } from "../_support/raw_server.ts";
import { tempDir } from "../_support/temp_dir.ts";

const line = (ms: number, request: string, status: number, host = "log.test") =>
  JSON.stringify({ ts: 1_790_000_000 + ms / 1000, request: `${request} HTTP/1.1`, status, host });

Deno.test("--replay sends what a log holds, at its times, and says which statuses differ", async () => {
  await using temp = await tempDir();
  await using server = await startRawServer((connection, { head }) => {
    const status = head.startsWith("GET /gone") ? "404 Not Found" : "200 OK";
    void connection.send(response("hello", { status }));
  });
  const log = `${temp.path}/access.jsonl`;
  await Deno.writeTextFile(
    log,
    [
      line(0, "GET /a?x=1", 200),
      line(300, "POST /b", 304),
      "not a request",
      line(600, "GET /gone", 404),
      line(900, "GET /changed", 302),
      line(1200, "GET //double", 200),
    ].join("\n"),
  );
  const { code, out, err } = await program(
    ["--replay", log, "--json", `${temp.path}/r.json`, "-H", "X-A: 1", "-c", "3", server.origin],
  );
  assertEquals(code, 0, err);
  // On a machine that stood still, some are sent together.
  assertEquals(server.requests.map(({ head }) => head.split(" HTTP")[0]).sort(), [
    "GET //double",
    "GET /a?x=1",
    "GET /changed",
    "GET /gone",
    "POST /b",
  ]);
  assertMatch(server.requests[0]!.head, new RegExp(`\r\nHost: 127.0.0.1:${server.port}\r\n[\\s\\S]*X-A: 1`));
  assertMatch(out, /replay of 'access\.jsonl'/);
  assertMatch(out, /Total Errors: +1\n/);
  assertMatch(out, /GET \/changed: status: 200, recorded 302/);
  assertMatch(out, /1 line of the log could not be read/);
  const result = JSON.parse(await Deno.readTextFile(`${temp.path}/r.json`));
  assertEquals([result.total_requests, result.total_errors, result.target_rps], [5, 1, undefined]);
  assertGreaterOrEqual(result.duration_sec, 1.2);
  const again = await program(["report", `${temp.path}/r.json`]);
  assertMatch(again.out, /replay of 'access\.jsonl'/);
});

Deno.test("--speed, --loop and --keep-hosts", async () => {
  await using temp = await tempDir();
  await using server = await startRawServer((connection) => void connection.send(response("hello")));
  const log = `${temp.path}/access.jsonl`;
  await Deno.writeTextFile(log, [0, 1000, 2000].map((ms) => line(ms, "GET /", 200)).join("\n"));
  const words = [
    "--replay",
    log,
    "--speed",
    "20x",
    "--loop",
    "-n",
    "12",
    "--keep-hosts",
    "-t",
    "2",
    server.origin,
  ];
  const { code, err } = await program(words);
  assertEquals(code, 0, err);
  assertEquals(server.requests.length, 12);
  assertMatch(server.requests[11]!.head, /\r\nHost: log\.test\r\n/);
});

Deno.test("what cannot be replayed is refused before any load", async () => {
  await using temp = await tempDir();
  const log = `${temp.path}/notes.txt`;
  await Deno.writeTextFile(log, "one\ntwo\n");
  const recording = `${temp.path}/rec.har`;
  await Deno.writeTextFile(recording, '\ufeff{ "log": { "entries": [] } }');
  const cases = [
    [["--replay", recording], /it is a recording \(HAR\), which bench har-import reads/],
    [["--replay", log, "--check"], /--replay cannot be given together with --check/],
    [["--replay", log], /no access log that is known; say how it is written with --replay-format/],
    [["--replay", `${temp.path}/none`], /Cannot read --replay .*there is no such file/],
    [["--replay", log, "--rate", "5"], /--replay cannot be given together with --rate/],
    [["--replay", log, "--speed", "fast"], /--speed: found "fast", expected a factor above 0/],
  ] as const;
  for (const [words, expected] of cases) {
    const { code, err } = await program([...words, "http://127.0.0.1:9/"]);
    assertEquals(code, 1);
    assertMatch(err, expected);
  }
});
