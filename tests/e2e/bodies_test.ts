/** Bodies of all sizes, sent and received, as the real command counts and holds them. */
import { assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { gzipSync } from "node:zlib";
import { startTarget } from "../../src/target/serve.ts";
import { program } from "../_support/program.ts";
import { response, startRawServer } from "../_support/raw_server.ts";
import { tempDir } from "../_support/temp_dir.ts";

function target(): ReturnType<typeof startTarget> {
  return startTarget({ port: 0, hostname: "127.0.0.1" });
}

/** The JSON result of a run, and its exit code. */
// deno-lint-ignore no-explicit-any -- read as its users read it
async function resultOf(args: readonly string[]): Promise<any> {
  const { code, out, err } = await program([...args, "--json", "-"]);
  if (out === "") throw new Error(err);
  return { ...JSON.parse(out), code };
}

/** Runs with a scenario of one step on a server. */
async function withScenario(step: string, run: (path: string) => Promise<void>): Promise<void> {
  await using temp = await tempDir();
  const file = `${temp.path}/file.yaml`;
  await Deno.writeTextFile(file, `steps:\n  - ${step}\n`);
  await run(file);
}

Deno.test("bench --compressed counts the bytes that travelled, and checks see the text", async () => {
  await using server = target();
  await withScenario("{ path: /gzip/100000, assert_body_contains: lazy dog }", async (file) => {
    const plain = await resultOf(["--scenario", file, "--iterations", "5", server.url]);
    const coded = await resultOf(["--scenario", file, "--iterations", "5", "--compressed", server.url]);
    assertEquals([plain.total_errors, coded.total_errors, coded.code], [0, 0, 0]);
    assertEquals(plain.total_bytes, 500_000);
    assertLess(coded.total_bytes, 50_000);
  });
});

for (
  const [given, expected] of [
    [["--compressed"], "gzip, deflate, br"],
    [["--compressed", "-H", "accept-encoding: zstd"], "zstd"],
    [[], undefined],
  ] as const
) {
  Deno.test(`bench ${given.join(" ")} asks for the codings ${expected}`, async () => {
    await using server = await startRawServer((connection) => connection.send(response("x")));
    await resultOf(["-n", "1", ...given, server.origin]);
    const { head } = server.requests[0]!;
    assertEquals(/^accept-encoding: (.*)$/im.exec(head)?.[1], expected);
  });
}

Deno.test("a broken gzip body is a failure where it is looked at, and nowhere else", async () => {
  const broken = gzipSync("all is well ".repeat(50)).subarray(0, 30);
  await using server = await startRawServer(async (connection) => {
    await connection.send(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 30\r\n\r\n`);
    await connection.send(new Uint8Array(broken));
  });
  const unseen = await resultOf(["-n", "2", "--compressed", server.origin]);
  assertEquals([unseen.total_errors, unseen.total_bytes], [0, 60]);
  await withScenario("{ path: /, assert_body_contains: well }", async (file) => {
    const seen = await resultOf(["--scenario", file, "--iterations", "2", "--compressed", server.origin]);
    assertEquals(seen.error_types, { bad_content_coding: 2 });
    assertEquals([seen.status_codes, seen.total_bytes], [{ 200: 2 }, 60]);
  });
});

Deno.test("bench refuses --compressed where the bytes that travelled cannot be counted", async () => {
  const { code, err } = await program(["--compressed", "--client", "fetch", "http://127.0.0.1:9/"]);
  assertEquals(code, 1);
  assertStringIncludes(err, "--client fetch cannot be used with --compressed");
});

/** Runs with `-l`: what the server answers to request k, and how many of them differ. */
interface LengthCase {
  readonly title: string;
  readonly args?: readonly string[];
  readonly responses: readonly string[];
  readonly errors: number;
}

const LENGTH_CASES: readonly LengthCase[] = [
  { title: "none when all are alike", responses: [response("abc"), response("xyz")], errors: 0 },
  {
    title: "those that differ from the first",
    responses: [response("abc"), response("abcd"), response("ab")],
    errors: 2,
  },
  {
    title: "none without a declared length",
    responses: [
      response("abc"),
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n",
    ],
    errors: 0,
  },
  {
    title: "the lengths that HEAD declares",
    args: ["-m", "HEAD"],
    responses: [9, 9, 10].map((length) => `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`),
    errors: 1,
  },
  {
    title: "none for coded bodies that are alike",
    args: ["--compressed"],
    responses: [1, 2].map(() => response("coded", { headers: ["Content-Encoding: gzip"] })),
    errors: 0,
  },
];

for (const { title, args = [], responses, errors } of LENGTH_CASES) {
  Deno.test(`bench -l counts ${title}`, async () => {
    await using server = await startRawServer((connection, { number }) =>
      connection.send(responses[number - 1]!)
    );
    const result = await resultOf(["-l", "-c", "1", "-n", String(responses.length), ...args, server.origin]);
    assertEquals([result.content_length_errors, result.total_errors], [errors, 0]);
  });
}

Deno.test("bench -l compares each URL of a list with its own first answer, and the ends of redirects", async () => {
  await using server = target();
  await using temp = await tempDir();
  const list = `${temp.path}/file`;
  await Deno.writeTextFile(
    list,
    `${server.url}/bytes/10\n${server.url}/bytes/20\n${server.url}/redirect/2\n`,
  );
  const result = await resultOf(["-l", "-n", "12", "-c", "1", "--url-file", list, "--follow-redirects"]);
  assertEquals([result.content_length_errors, result.total_requests], [0, 12]);
});

for (const client of ["raw", "fetch"] as const) {
  Deno.test(`bench -p sends a large file from disk in flat memory with --client ${client}`, async () => {
    const size = 256 * 1024 ** 2;
    let received = 0;
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      async (request) => {
        for await (const piece of request.body ?? []) received += piece.length;
        return new Response("got it");
      },
    );
    await using temp = await tempDir();
    const file = `${temp.path}/file`;
    (await Deno.create(file)).close();
    await Deno.truncate(file, size);
    const url = `http://127.0.0.1:${server.addr.port}/`;
    const words = ["-m", "POST", "-p", file, "-n", "1", "-c", "1", "--timeout", "10m", "--client", client];
    const result = await resultOf([...words, url]);
    assertEquals([result.status_codes, received], [{ 200: 1 }, size]);
    assertLess(result.client_health.peak_memory_bytes, size);
  });
}
