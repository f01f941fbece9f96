/** Lists of requests: each is sent with its own method, headers and body, as often as its weight says; from a pipe, too. */
import { assertAlmostEquals, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { PROGRAM, program } from "../_support/program.ts";
import { type RawRequest, response, startRawServer } from "../_support/raw_server.ts";
import { tempDir } from "../_support/temp_dir.ts";

const lineOf = ({ head }: RawRequest) => head.split("\r\n")[0]!.replace(" HTTP/1.1", "");
const fieldOf = ({ head }: RawRequest, name: string) =>
  head.split("\r\n").filter((line) => line.toLowerCase().startsWith(`${name}:`)).map((line) =>
    line.slice(name.length + 1).trim()
  );
const textOf = ({ body }: RawRequest) => new TextDecoder().decode(body);

Deno.test("--url-file sends targets with their headers and bodies; -H and -b are for those that have none", async () => {
  await using temp = await tempDir();
  await using server = await startRawServer((connection) => void connection.send(response("hello")));
  await Deno.writeTextFile(`${temp.path}/body.json`, '{"b":2}');
  await Deno.writeTextFile(
    `${temp.path}/targets.txt`,
    `GET ${server.origin}/a
X-A: own

POST ${server.origin}/b
Content-Type: application/json
@${temp.path}/body.json
{"method":"PUT","url":"${server.origin}/c","base64":"AAEC"}
`,
  );
  const { code, err } = await program(
    ["-n", "30", "-c", "3", "-H", "X-A: all", "-H", "X-C: 1", "--url-file", `${temp.path}/targets.txt`],
  );
  assertEquals(code, 0, err);
  const groups = Map.groupBy(server.requests, lineOf);
  assertEquals([...groups].map(([line, { length }]) => [line, length]).sort(), [
    ["GET /a", 10],
    ["POST /b", 10],
    ["PUT /c", 10],
  ]);
  const [a, b, c] = ["GET /a", "POST /b", "PUT /c"].map((line) => groups.get(line)![0]!);
  assertEquals([fieldOf(a!, "x-a"), fieldOf(a!, "x-c"), textOf(a!)], [["own"], ["1"], ""]);
  assertEquals([fieldOf(b!, "x-a"), fieldOf(b!, "content-type"), textOf(b!)], [
    ["all"],
    ["application/json"],
    '{"b":2}',
  ]);
  assertEquals([...c!.body], [0, 1, 2]);
});

Deno.test("weights decide how often a request of a list is sent, the same with the same seed and any threads", async () => {
  await using temp = await tempDir();
  const counts: (readonly [string, number])[][] = [];
  for (const threads of ["1", "3"]) {
    await using server = await startRawServer((connection) => void connection.send(response("hello")));
    const list = `${temp.path}/urls.txt`;
    await Deno.writeTextFile(list, `${server.origin}/rare\n${server.origin}/often weight=9\n`);
    const { code, err } = await program(
      ["-n", "2000", "-c", "6", "-t", threads, "--seed", "4", "--rate", "20000", "--url-file", list],
    );
    assertEquals(code, 0, err);
    const groups = Map.groupBy(server.requests, lineOf);
    counts.push([...groups].map(([line, { length }]) => [line, length] as const).sort());
  }
  assertEquals(counts[0], counts[1]);
  assertAlmostEquals(counts[0]![0]![1], 1800, 60);
});

Deno.test("--url-file - reads the list from standard input, and so does vegeta's command line", async () => {
  await using server = await startRawServer((connection) => void connection.send(response("hello")));
  const [command, ...words] = PROGRAM;
  for (const own of [["-n", "5", "--url-file", "-"], ["vegeta", "attack", "-rate=50", "-duration=100ms"]]) {
    const child = new Deno.Command(command!, {
      args: [...words, ...own],
      stdin: "piped",
      stdout: "null",
      stderr: "null",
      env: { BENCH_THREADS: "1" },
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(`GET ${server.origin}/piped\nX-A: 1\n`));
    await writer.close();
    assertEquals((await child.status).code, 0);
  }
  assertEquals(
    server.requests.map((request) => [lineOf(request), fieldOf(request, "x-a")[0]]),
    Array(10).fill(["GET /piped", "1"]),
  );
});

Deno.test("--rand-regex-url requests another match each time, and repeats them with the seed", async () => {
  const runs: string[][] = [];
  for (let i = 0; i < 2; i++) {
    await using server = await startRawServer((connection) => void connection.send(response("hello")));
    const words = ["-n", "20", "-c", "1", "--seed", "3", "--rand-regex-url"];
    const { code, out, err } = await program([...words, `${server.origin}/[a-z]{6}\\?n=\\d+`]);
    assertEquals(code, 0, err);
    assertStringIncludes(out, `GET ${server.origin}/[a-z]{6}\\?n=\\d+\n`);
    runs.push(server.requests.map(lineOf));
  }
  for (const line of runs[0]!) assertMatch(line, /^GET \/[a-z]{6}\?n=\d{1,5}$/);
  assertEquals(new Set(runs[0]).size, 20);
  assertEquals(runs[0], runs[1]);
  const { code, err } = await program(["-n", "1", "--rand-regex-url", "http://127.0.0.1/(?=a)"]);
  assertEquals(code, 1);
  assertMatch(err, /Cannot use pattern .* expected a regular expression of literals/);
});
