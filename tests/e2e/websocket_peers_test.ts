/** WebSocket servers and clients of others: a Go server, Node's, a proxy before a server, a browser that listens along. */
import { assert, assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import { startTarget } from "../../src/target/serve.ts";
import { browserTest } from "../_support/chromium.ts";
import { manyPrograms } from "../_support/many_programs.ts";
import { startNginx } from "../_support/nginx.ts";
import { peerTest } from "../_support/peers.ts";
import { startIfPossible } from "../_support/port_server.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { until } from "../_support/wait.ts";
import { SOCKET_SERVERS, type SocketServerKind } from "../_support/websocket/peers.ts";

/** Runs commands and reads their results; every one must end without errors. */
async function resultsOf(runs: readonly (readonly string[])[]) {
  const ended = await manyPrograms(
    runs.map((words) => ({ args: [...words, "--json", "-", "--no-progress", "-t", "1"] })),
  );
  return ended.map(({ code, out, err }, i) => {
    assertEquals(code, 0, `${runs[i]!.join(" ")}: ${err}${out}`);
    const result = JSON.parse(out);
    assertEquals(result.error_types, {}, runs[i]!.join(" "));
    return result;
  });
}

const REPLY = ["--ws-expect-reply"];
const STAMP = ["--ws-message", '{"at":"${stamp()}"}', "--ws-message-interval", "20ms"];

async function talkTo(kind: SocketServerKind): Promise<void> {
  await using server = await startIfPossible(kind);
  if (server === undefined) return;
  await using temp = await tempDir();
  await Deno.writeTextFile(`${temp.path}/large.txt`, "größer ".repeat(20_000));
  await Deno.writeFile(`${temp.path}/bytes`, new Uint8Array([0xff, 0, 0xfe]));
  const origin = `ws://127.0.0.1:${server.port}`;
  const files = ["--ws-message-file", `${temp.path}/large.txt`, "--ws-message-file", `${temp.path}/bytes`];
  const [echo, plain, deflated, held, shared] = await resultsOf([
    [`${origin}/echo`, "--ws-message", "hello", ...REPLY, "-c", "5", "-n", "500"],
    [`${origin}/echo`, ...files, ...REPLY, "-c", "2", "-n", "20"],
    [`${origin}/echo`, ...files, ...REPLY, "-c", "2", "-n", "20", "--compressed"],
    [`${origin}/echo`, "-c", "3", "-d", "1", "--ws-ping-interval", "50ms"],
    [`${origin}/broadcast`, ...STAMP, "-c", "4", "-d", "1"],
  ]);
  assertEquals([echo.total_requests, echo.websocket.rtt.count], [500, 500]);
  assertEquals(echo.websocket.close.codes, { "1000": 5 });
  assertEquals(plain.websocket.messages.bytes_received, 10 * (180_000 + 3));
  assertEquals(deflated.websocket.messages.bytes_received, 10 * (180_000 + 3));
  assertGreater(held.websocket.pings.answered, 0);
  assertEquals(held.websocket.connections, { ...held.websocket.connections, opened: 3, dropped: 0 });
  // Everybody gets every message, the sender's own copy too, but for those that are under way at the end.
  const { fanout, messages } = shared.websocket;
  assertGreater(fanout.delay.count, 0);
  assert(messages.received <= 4 * messages.sent, JSON.stringify(messages));
}

for (const kind of SOCKET_SERVERS) {
  peerTest(
    `${kind.name}: round trips, large and binary messages, compression, pings, fan-out`,
    [kind.program],
    () => talkTo(kind),
  );
}

const PROXY = `
location / { return 204; }
location /ws/ {
  proxy_pass http://127.0.0.1:TARGET;
  proxy_http_version 1.1;
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection upgrade;
}`;

peerTest("nginx before a WebSocket server, plain and over TLS", ["nginx"], async () => {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  await using nginx = await startNginx(PROXY.replace("TARGET", new URL(target.url).port));
  const plain = nginx.origin.replace("http", "ws");
  const secure = nginx.tlsOrigin.replace("http", "wss").replace("wsss", "wss");
  const words = ["--ws-message", "hello", ...REPLY, "-c", "3", "-n", "90"];
  const [over, overTls, shared] = await resultsOf([
    [`${plain}/ws/echo`, ...words],
    [`${secure}/ws/echo`, ...words, "--insecure"],
    [`${plain}/ws/broadcast`, ...STAMP, "-c", "3", "-d", "1"],
  ]);
  for (const { websocket } of [over, overTls]) {
    assertEquals([websocket.rtt.count, websocket.close.codes], [90, { "1000": 3 }]);
  }
  assertGreater(shared.websocket.fanout.delay.count, 0);
  const [refused] = await manyPrograms([{ args: [`${plain}/nothing`, "-c", "1", "-d", "1", "-t", "1"] }]);
  assertEquals(refused!.code, 1);
  assertStringIncludes((refused!.out + refused!.err).replaceAll(/\s+/g, " "), "status 204 in place of 101");
});

browserTest("a browser hears what bench says to all, and is heard", async ({ browser }) => {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  const url = `${target.url.replace("http", "ws")}/ws/broadcast`;
  const page = await browser.newPage();
  await page.goto(target.url);
  await page.evaluate(`
    window.heard = [];
    const socket = new WebSocket(${JSON.stringify(url)});
    socket.onmessage = ({ data }) => window.heard.push(data);
    socket.onopen = () => setInterval(() => socket.send("from the browser"), 20);
  `);
  // It hears its own words.
  await until(() => page.evaluate("window.heard.length > 0"));
  const [listening, speaking] = await resultsOf([
    [url, "-c", "3", "-d", "1"],
    [url, "-c", "3", "-d", "1", "--ws-message", "from bench", "--ws-message-interval", "20ms"],
  ]);
  assertEquals(listening.websocket.messages.sent, 0);
  assertGreater(listening.websocket.messages.received, 0);
  assertGreater(speaking.websocket.messages.received, speaking.websocket.messages.sent);
  await until(() => page.evaluate('window.heard.includes("from bench")'));
  await page.close();
});
