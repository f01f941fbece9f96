/** What a tool sends is what bench sends for its command line: requests counted and read at the server. */
import { assertEquals, assertGreater, assertMatch } from "@std/assert";
import { peerTest } from "../_support/peers.ts";
import { program } from "../_support/program.ts";
import { type RawServer, response, startRawServer } from "../_support/raw_server.ts";
import { run } from "../_support/run.ts";
import { tempDir } from "../_support/temp_dir.ts";

/** Fields in which tools differ by what they are, not by what they were told. */
const OWN_FIELDS = /^(?:user-agent|accept|connection|content-length|accept-encoding)$/;

interface Seen {
  readonly requests: number;
  readonly connections: number;
  /** Of the first request: request line without its protocol, fields, body. */
  readonly first: string;
}

async function seenFrom(start: (server: RawServer) => Promise<unknown>, closes: boolean): Promise<Seen> {
  await using server = await startRawServer((connection) => {
    if (closes) connection.end(response("hello", { headers: ["Connection: close"] }));
    else void connection.send(response("hello", { headers: ["Connection: keep-alive"] }));
  });
  await start(server);
  const { head, body } = server.requests[0]!;
  const [line = "", ...fields] = head.split("\r\n");
  const named = fields.map((field) => field.replace(/^[^:]+/, (name) => name.toLowerCase()))
    .filter((field) => !OWN_FIELDS.test(field.split(":")[0]!))
    .map((field) => field.replace(`127.0.0.1:${server.port}`, "HOST"));
  return {
    requests: server.requests.length,
    connections: server.connections,
    first: [line.replace(/ HTTP\/1\.\d$/, ""), ...named.sort(), new TextDecoder().decode(body)].join("\n"),
  };
}

const CASES: readonly (readonly [tool: string, words: readonly string[], closes: boolean])[] = [
  ["ab", ["-n", "60", "-c", "3", "-k"], false],
  ["ab", ["-n", "30", "-c", "3"], true],
  [
    "ab",
    ["-n", "10", "-k", "-p", "BODY", "-T", "application/json", "-A", "me:pw", "-C", "a=1", "-H", "X-A: 1"],
    false,
  ],
  ["ab", ["-n", "10", "-k", "-m", "DELETE", "-H", "X-A: 1"], false],
  ["hey", ["-n", "100", "-c", "7", "-disable-redirects"], false],
  [
    "hey",
    ["-n", "20", "-c", "4", "-m", "POST", "-d", '{"a":1}', "-T", "application/json"],
    false,
  ],
  ["hey", ["-n", "20", "-c", "2", "-m", "PUT", "-D", "BODY", "-host", "a.test", "-H", "X-A: 1"], false],
  ["hey", ["-n", "12", "-c", "3", "-disable-keepalive"], true],
];

for (const [tool, words, closes] of CASES) {
  peerTest(`${tool} ${words.join(" ")}: bench sends the same`, [tool], async () => {
    await using temp = await tempDir();
    const file = `${temp.path}/body.json`;
    await Deno.writeTextFile(file, '{"b":2}');
    const own = words.map((word) => word === "BODY" ? file : word);
    const theirs = await seenFrom(({ origin }) => run(tool, [...own, `${origin}/x?y=1`]), closes);
    const ours = await seenFrom(({ origin }) => program([tool, ...own, `${origin}/x?y=1`]), closes);
    assertEquals([ours.requests, ours.first], [theirs.requests, theirs.first]);
    // One more is opened to see whether the server is there; the others open some that they do not need.
    if (closes) assertEquals(ours.connections - 1, ours.requests);
    else assertEquals(ours.connections, words.includes("-c") ? Number(words[words.indexOf("-c") + 1]) : 1);
  });
}

peerTest(
  "wrk with a script of a few lines: bench sends the same requests over as many connections",
  ["wrk"],
  async () => {
    await using temp = await tempDir();
    const script = `${temp.path}/post.lua`;
    await Deno.writeTextFile(
      script,
      'wrk.method = "POST"\nwrk.body = "a=1"\nwrk.headers["Content-Type"] = "text/plain"\n',
    );
    const words = ["-t2", "-c7", "-d1s", "-s", script, "-H", "X-A: 1"];
    const theirs = await seenFrom(({ origin }) => run("wrk", [...words, `${origin}/x`]), false);
    const ours = await seenFrom(
      ({ origin }) => program(["wrk", ...words, `${origin}/x`], { BENCH_THREADS: "2" }),
      false,
    );
    assertEquals(ours.first, theirs.first);
    // wrk opens one more, to see whether the server is there.
    assertEquals([ours.connections, theirs.connections], [6, 7]);
  },
);

peerTest(
  "hey with a rate for each worker: bench takes no less time for as many requests",
  ["hey"],
  async () => {
    const words = ["-n", "60", "-c", "4", "-q", "10"];
    const timed = async (start: (server: RawServer) => Promise<unknown>) => {
      await using server = await startRawServer((connection) =>
        connection.send(response("hello", { headers: ["Connection: keep-alive"] }))
      );
      const startMs = performance.now();
      await start(server);
      return { requests: server.requests.length, ms: performance.now() - startMs };
    };
    const theirs = await timed(({ origin }) => run("hey", [...words, origin]));
    let said = "";
    const ours = await timed(async ({ origin }) => said = (await program(["hey", ...words, origin])).err);
    assertMatch(said, /the same as: bench .*--rate 40 /);
    assertEquals([ours.requests, theirs.requests], [60, 60]);
    for (const { ms } of [ours, theirs]) assertGreater(ms, 1400, "forty a second");
  },
);

Deno.test("a dialect tells the equivalent command, and runs it; --explain only tells it", async () => {
  await using server = await startRawServer((connection) => void connection.send(response("hello")));
  const words = ["-n", "10", "-c", "2", "-k", "-A", "me:secret", `${server.origin}/`];
  const told = await program(["ab", "--explain", ...words]);
  assertEquals([told.code, server.requests.length], [0, 0]);
  assertMatch(told.out, /^bench -c 2 -A '\*\*\*' -n 10 http:\/\/127\.0\.0\.1:\d+\/\n$/);
  const { code, out, err } = await program(["ab", ...words]);
  assertEquals([code, server.requests.length], [0, 10]);
  assertMatch(err, /bench: the same as: bench -c 2 -A '\*\*\*' -n 10 http/);
  assertMatch(out, /Total Requests: +10\n/);
  assertEquals(/secret/.test(told.out + told.err + out + err), false);
});

Deno.test("options without an equivalent are refused by name before any load, all of them", async () => {
  await using server = await startRawServer((connection) => void connection.send(response("hello")));
  const { code, err } = await program(["ab", "-n", "5", "-Z", "X", "-b", "1", `${server.origin}/`]);
  assertEquals([code, server.requests.length], [1, 0]);
  assertMatch(err, /bench: ab -Z has no equivalent: .*\n +ab -b has no equivalent: .*\nTry: bench help ab\n/);
});
