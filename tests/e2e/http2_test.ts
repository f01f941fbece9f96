/** HTTP/2 by the real command. */
import { assertEquals, assertGreaterOrEqual, assertMatch, assertStringIncludes } from "@std/assert";
import { SETTING } from "../../src/client/http2/frames.ts";
import { certificate, certificatePaths } from "../_support/certificates.ts";
import { startFrameServer } from "../_support/frame_server.ts";
import { respondToAll } from "../_support/http2_case.ts";
import { program } from "../_support/program.ts";
import { response, startRawServer } from "../_support/raw_server.ts";
import { tempDir } from "../_support/temp_dir.ts";

const CA = certificatePaths("server").cert.replace("server.pem", "ca.pem");

/** A server that speaks HTTP/2 to who wants it, counts requests and gives each user a cookie. */
function startServer(): { readonly port: number; readonly cookies: string[] } & AsyncDisposable {
  const cookies: string[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {}, ...certificate("server") },
    (request) => {
      cookies.push(request.headers.get("cookie") ?? "");
      return new Response("hello", { headers: { "set-cookie": "user=42" } });
    },
  );
  return { port: server.addr.port, cookies, [Symbol.asyncDispose]: () => server.shutdown() };
}

/** Whether a note is of the run, rather than of a machine that tests keep busy. */
function isOfTheRun({ text }: { readonly text: string }): boolean {
  return !text.startsWith("The load generator");
}

Deno.test("bench --http2 says what was spoken and how connections were shared", async () => {
  await using server = startServer();
  const words = ["--http2", "--streams", "5", "-c", "2", "-n", "300", "--ssl-verify", "--ca-bundle", CA];
  const url = `https://localhost:${server.port}/`;
  const { code, out } = await program([...words, "--json", "-", url]);
  const result = JSON.parse(out);
  assertEquals([code, result.total_requests, server.cookies.length], [0, 300, 300]);
  assertEquals(result.http_versions, { 2: 300 });
  assertEquals([result.connections, result.streams, result.connections_opened], [2, 5, 2]);
  assertEquals([result.config.connections, result.config.streams, result.config.http2], [2, 5, true]);
  assertEquals(result.notes.filter(isOfTheRun), []);
  const { out: text } = await program(["--full", ...words, url]);
  assertMatch(text, /Connections: +2 × 5 streams\n/);
  assertMatch(text, /Protocol: +HTTP\/2 \(300\)\n/);
});

Deno.test("bench --http2 says when the server allows fewer streams than were asked for", async () => {
  await using server = await startFrameServer((peer) => {
    peer.settings([SETTING.maxConcurrentStreams, 3]);
    return respondToAll(peer);
  });
  const run = async (streams: string) => {
    const words = ["--http2", "--streams", streams, "-c", "2", "-n", "200", "--json", "-"];
    const { out } = await program([...words, server.origin]);
    const { total_errors, stream_waits, stream_limit, notes } = JSON.parse(out);
    return { total_errors, stream_waits, stream_limit, notes: notes.filter(isOfTheRun) };
  };
  const { stream_waits: waits, notes, ...rest } = await run("10");
  assertEquals(rest, { total_errors: 0, stream_limit: 3 });
  // Six are under way; the rest of the twenty users wait, and so does who comes after them.
  assertGreaterOrEqual(waits, 14);
  assertEquals(notes, [{
    level: "warning",
    text: `The server allows 3 streams per connection, --streams asked for 10: ${waits} of 200 requests ` +
      "waited for a stream, which is part of their latency",
  }]);
  assertEquals(await run("3"), { total_errors: 0, stream_waits: 0, stream_limit: undefined, notes: [] });
});

Deno.test("bench --http2 falls back to HTTP/1.1 where the server wants it, and warns", async () => {
  await using server = await startRawServer((connection) => connection.send(response("hi")), {
    tls: certificate("server"),
  });
  const words = [
    "--http2",
    "--streams",
    "3",
    "-c",
    "2",
    "-n",
    "60",
    "-t",
    "1",
    "--ssl-verify",
    "--ca-bundle",
    CA,
  ];
  const { code, out } = await program([...words, "--json", "-", server.origin]);
  const result = JSON.parse(out);
  assertEquals([code, result.total_requests, result.total_errors], [0, 60, 0]);
  assertEquals(result.http_versions, { 1.1: 60 });
  assertStringIncludes(
    result.notes[0].text,
    "HTTP/2 was requested, but the server chose HTTP/1.1 for all 60 responses",
  );
  assertEquals(result.connections_opened, 6);
});

Deno.test("bench --http2 fails where a server without TLS does not speak it", async () => {
  await using server = await startRawServer(() => {}, {
    onConnection: (connection) => connection.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
  });
  const { code, out } = await program([
    "--http2",
    "-n",
    "3",
    "--json",
    "-",
    `http://127.0.0.1:${server.port}/`,
  ]);
  assertEquals([code, JSON.parse(out).error_types], [1, { protocol: 3 }]);
});

Deno.test("bench --http2 --client fetch goes through the platform", async () => {
  await using server = startServer();
  const words = ["--http2", "--client", "fetch", "-c", "2", "-n", "20", "--ssl-verify", "--ca-bundle", CA];
  const { code, out } = await program([...words, "--json", "-", `https://localhost:${server.port}/`]);
  assertEquals([code, JSON.parse(out).http_versions, server.cookies.length], [0, { 2: 20 }, 20]);
});

Deno.test("bench --http2 runs scenarios with cookies, phases and lengths checked", async () => {
  await using server = startServer();
  await using temp = await tempDir();
  const path = `${temp.path}/file.json`;
  const steps = [{ name: "first", path: "/a" }, { name: "second", path: "/b" }];
  await Deno.writeTextFile(path, JSON.stringify({ name: "visit", steps }));
  const { code, out, err } = await program([
    ...["--http2", "--streams", "4", "-c", "1", "--iterations", "12", "--ssl-verify", "--ca-bundle", CA],
    ...[
      "--latency-breakdown",
      "-l",
      "--scenario",
      path,
      "--json",
      "-",
      `https://localhost:${server.port}/`,
    ],
  ]);
  assertEquals(code, 0, err);
  const result = JSON.parse(out);
  assertEquals([result.total_requests, result.http_versions], [24, { 2: 24 }]);
  assertEquals(result.content_length_errors, 0);
  assertGreaterOrEqual(server.cookies.filter((cookie) => cookie === "user=42").length, 12);
  for (const phase of ["connect", "tls"]) assertEquals(result.latency_breakdown[phase].count, 1);
  assertEquals(result.latency_breakdown.ttfb.count, 24);
});

Deno.test("bench says what does not go with --http2", async () => {
  const { code, err } = await program(["--streams", "5", "http://127.0.0.1:9/"]);
  assertEquals(code, 1);
  assertStringIncludes(err, "--http2");
  const fetching = await program(["--http2", "--streams", "5", "--client", "fetch", "http://127.0.0.1:9/"]);
  assertEquals(fetching.code, 1);
  assertStringIncludes(fetching.err, "cannot send several requests at once on one connection");
  const proxied = await program(["--http2", "--proxy", "http://127.0.0.1:9", "http://127.0.0.1:9/"]);
  assertEquals(proxied.code, 1);
  assertStringIncludes(proxied.err, "--http2 cannot go through an HTTP proxy to http: URLs");
});
