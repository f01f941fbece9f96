/** WebSocket over HTTP/2 (RFC 8441), by haproxy before a server that knows only HTTP/1.1. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { startTarget } from "../../src/target/serve.ts";
import { certificatePaths } from "../_support/certificates.ts";
import { manyPrograms } from "../_support/many_programs.ts";
import { startNginx } from "../_support/nginx.ts";
import { freePort, peerTest, startPeer } from "../_support/peers.ts";
import { tempDir } from "../_support/temp_dir.ts";

peerTest("--http2 opens WebSockets as streams of shared connections", ["haproxy"], async () => {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  await using temp = await tempDir();
  const { cert, key } = certificatePaths("server");
  const pem = (await Deno.readTextFile(cert)) + (await Deno.readTextFile(key));
  await Deno.writeTextFile(`${temp.path}/both.pem`, pem);
  const [port, readyPort] = [freePort(), freePort()];
  await Deno.writeTextFile(
    `${temp.path}/haproxy.cfg`,
    `defaults
  mode http
  timeout client 60s
  timeout server 60s
  timeout connect 10s
frontend tls
  bind 127.0.0.1:${port} ssl crt ${temp.path}/both.pem alpn h2,http/1.1
  default_backend target
frontend ready
  bind 127.0.0.1:${readyPort}
  http-request return status 200
backend target
  server one 127.0.0.1:${new URL(target.url).port}
`,
  );
  const haproxy = await startPeer("haproxy", {
    args: ["-f", `${temp.path}/haproxy.cfg`, "-db"],
    readyUrl: `http://127.0.0.1:${readyPort}/`,
  });
  try {
    const url = `wss://localhost:${port}`;
    const h2 = ["--http2", "--insecure", "-t", "1", "--json", "-", "--no-progress"];
    const echo = [`${url}/ws/echo`, "--ws-message", "hello", "--ws-expect-reply", ...h2];
    const large = `${temp.path}/large.txt`;
    await Deno.writeTextFile(large, "x".repeat(200_000));
    const words = [
      [...echo, "-c", "2", "-n", "200", "--streams", "5"],
      [`${url}/ws/echo`, "--ws-message-file", large, "--ws-expect-reply", "-n", "10", "-c", "2", ...h2],
      [`${url}/ws/close/4001`, "--ws-message", "bye", "--ws-expect-reply", "-n", "1", "-c", "1", ...h2],
      [`${url}/nothing`, "--ws-message", "x", "--ws-expect-reply", "-n", "1", "-c", "1", ...h2],
    ];
    const [shared, much, closed, refused] = await manyPrograms(words.map((args) => ({ args })));
    const result = JSON.parse(shared!.out);
    assertEquals([result.total_requests, result.error_types], [200, {}], shared!.err);
    // Five streams on each of two connections.
    assertEquals([result.websocket.connections.opened, result.connections_opened], [10, 2]);
    assertEquals(result.websocket.close.codes, { "1000": 10 });
    assertEquals(Object.keys(result.http_versions), ["2"]);
    const large200 = JSON.parse(much!.out);
    assertEquals([large200.error_types, large200.websocket.messages.bytes_received], [{}, 2_000_000]);
    assertEquals(JSON.parse(closed!.out).error_types, { ws_closed: 1 });
    assertEquals(JSON.parse(refused!.out).error_types, { "HTTP 404": 1 });
  } finally {
    await haproxy.stop();
  }
});

peerTest("--http2 says so where a server takes no WebSockets over HTTP/2", ["nginx"], async () => {
  await using nginx = await startNginx("location / { return 200; }", {}, { tlsWords: "http2" });
  const url = nginx.tlsOrigin.replace("https", "wss");
  const words = ["--ws-message", "x", "--ws-expect-reply", "-n", "1", "-c", "1", "-t", "1", "--insecure"];
  const [ended] = await manyPrograms([{ args: [`${url}/`, "--http2", ...words] }]);
  assertEquals(ended!.code, 1);
  assertStringIncludes(
    (ended!.out + ended!.err).replaceAll(/\s+/g, " "),
    "a server that takes no WebSockets over HTTP/2 (RFC 8441)",
  );
});
