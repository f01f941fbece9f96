/** `--no-read-body`: what is timed, what becomes of connections, and what does not go with it. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { program } from "../_support/program.ts";
import { response, startRawServer } from "../_support/raw_server.ts";
import { tempDir } from "../_support/temp_dir.ts";

const HEAD = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";

Deno.test("bench --no-read-body times heads, and closes connections on which a body is left", async () => {
  // The body never comes.
  await using server = await startRawServer((connection) => connection.send(HEAD));
  await using temp = await tempDir();
  const dir = temp.path;
  const words = [
    "-n",
    "6",
    "-c",
    "2",
    "--timeout",
    "60s",
    "--no-read-body",
    "--full",
    "--json",
    `${dir}/r.json`,
  ];
  const { code, out } = await program([...words, server.origin]);
  const result = JSON.parse(await Deno.readTextFile(`${dir}/r.json`));
  assertEquals([code, result.total_requests, result.total_errors], [0, 6, 0]);
  assertEquals([result.status_codes, result.config.read_body], [{ 200: 6 }, false]);
  assertEquals(server.connections, 6);
  const latency = "from the start of a request to the end of its response's head";
  assertStringIncludes(out.replace(/\s+/g, " "), latency);
  const again = await program(["report", "--full", `${dir}/r.json`]);
  assertStringIncludes(again.out.replace(/\s+/g, " "), latency);
});

Deno.test("bench --no-read-body keeps a connection when the whole response came at once", async () => {
  await using server = await startRawServer((connection) => connection.send(response("small")));
  const { code } = await program(["-n", "20", "-c", "1", "--no-read-body", server.origin]);
  assertEquals([code, server.connections], [0, 1]);
});

Deno.test("bench --no-read-body refuses what needs bodies, and clients that read them", async () => {
  await using temp = await tempDir();
  const path = `${temp.path}/file.yaml`;
  await Deno.writeTextFile(path, "steps: [{ path: http://127.0.0.1:9/, name: look, assert_json: { a: 1 } }]");
  for (
    const [words, message] of [
      [["--scenario", path], /--no-read-body leaves nothing to look at for step "look"/],
      [["--http2", "http://127.0.0.1:9/"], /--no-read-body needs HTTP\/1\.1/],
      [["--client", "fetch", "http://127.0.0.1:9/"], /--client fetch cannot leave bodies unread/],
      [["-l", "http://127.0.0.1:9/"], /-l needs the bodies that --no-read-body leaves/],
    ] as const
  ) {
    const { code, err } = await program(["-n", "1", "--no-read-body", ...words]);
    assertEquals(code, 1);
    assertMatch(err, message);
  }
});
