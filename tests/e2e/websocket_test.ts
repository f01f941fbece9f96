/** `bench ws://…`: what the real command measures of servers whose behaviour is known, in every output. */
import { assert, assertEquals, assertGreaterOrEqual, assertMatch, assertStringIncludes } from "@std/assert";
import { acceptFor } from "../../src/client/websocket/handshake.ts";
import { metricsAt } from "../_support/metrics_page.ts";
import { freePort, unixTest } from "../_support/peers.ts";
import { program, programUntil } from "../_support/program.ts";
import { tempDir } from "../_support/temp_dir.ts";

/** A server with a behaviour a path; `origin` begins with `ws:`. */
function startPeer(): { readonly origin: string } & AsyncDisposable {
  let messages = 0;
  let firstMs: number | undefined;
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const [, what, number = ""] = new URL(request.url).pathname.split("/");
    if (request.headers.get("upgrade") !== "websocket" || what === "forbidden") {
      return new Response("no", { status: 403 });
    }
    const { socket, response } = Deno.upgradeWebSocket(request, { protocol: what === "chat" ? "chat" : "" });
    const send = (data: string) => socket.readyState === WebSocket.OPEN && socket.send(data);
    socket.onmessage = ({ data }) => {
      messages++;
      if (what === "delay") setTimeout(() => send(data), Number(number));
      else if (what === "close") socket.close(Number(number), "as asked");
      else if (what === "withhold" && messages % Number(number) === 0) return;
      else if (what === "stall") {
        firstMs ??= performance.now();
        const sinceMs = performance.now() - firstMs;
        if (sinceMs < 500 || sinceMs > 1000) send(data);
        else setTimeout(() => send(data), 1000 - sinceMs);
      } else if (what === "shuffle") setTimeout(() => send(data), Math.random() * 20);
      else send(data);
    };
    if (what === "reject") socket.onopen = () => socket.close(4001, "no token");
    if (what === "push") socket.onopen = () => [1, 2, 3].forEach((i) => send(`push ${i}`));
    return response;
  });
  return {
    origin: `ws://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

const ECHO = ["--ws-message", "hello", "--ws-expect-reply"];

async function measured(words: readonly string[], code = 0, start = program) {
  await using temp = await tempDir();
  const path = `${temp.path}/r.json`;
  const ran = await start(["--json", path, ...words]);
  assertEquals(ran.code, code, ran.out + ran.err);
  const result = JSON.parse(await Deno.readTextFile(path));
  return { ...ran, result };
}

Deno.test("bench ws:// measures round trips, and says so in every output", async () => {
  await using peer = startPeer();
  await using temp = await tempDir();
  const file = (name: string) => `${temp.path}/${name}`;
  const words = ["-c", "3", "-n", "60", "--html-report", file("r.html"), "--junit", file("r.xml")];
  const { result, out } = await measured([
    ...words,
    ...ECHO,
    "--threshold",
    "rtt p95 > 19ms",
    "--threshold",
    "ws_messages_received >= 60",
    `${peer.origin}/delay/20`,
  ]);
  const { websocket } = result;
  assertEquals([websocket.latency_metric, websocket.primary_metric], ["rtt", "messages"]);
  assertEquals(websocket.connections, {
    opened: 3,
    failed: 0,
    dropped: 0,
    reconnects: 0,
    peak_concurrent: 3,
  });
  assertEquals([websocket.messages.sent, websocket.messages.received, websocket.messages.bytes_sent], [
    60,
    60,
    300,
  ]);
  assertEquals(websocket.close, { frames_sent: 3, unacknowledged: 0, codes: { 1000: 3 } });
  assertEquals([result.total_requests, websocket.rtt.count, websocket.handshake.count], [60, 60, 3]);
  assert(result.latency.min >= 0.0195, `${result.latency.min}`);
  assertEquals(websocket.rtt.percentiles.p50, result.percentiles.p50);
  assertMatch(out, /Round Trips: +60/);
  assertMatch(out, /Messages sent: +60, /);
  assertMatch(out, /round trips\/s/);
  assertStringIncludes(await Deno.readTextFile(file("r.html")), "Round trip");
  assertStringIncludes(await Deno.readTextFile(file("r.xml")), "rtt p95");
});

Deno.test("bench report shows a saved run of WebSockets as it was shown", async () => {
  await using peer = startPeer();
  await using temp = await tempDir();
  const path = `${temp.path}/r.json`;
  const words = ["--full", "--json", path, "-c", "2", "-n", "20", ...ECHO, `${peer.origin}/echo`];
  const first = await program(words);
  const again = await program(["report", "--full", path]);
  assertEquals([first.code, again.code], [0, 0]);
  assertEquals(again.out, first.out.split(/\n.*json written/)[0] + "\n");
});

Deno.test("a reply that is withheld is counted as at least what was waited for", async () => {
  await using peer = startPeer();
  const words = ["-c", "1", "-n", "100", ...ECHO, "--ws-reply-timeout", "200ms"];
  const { result } = await measured([...words, `${peer.origin}/withhold/20`]);
  const { websocket } = result;
  // Where the machine stood still, others came too late as well.
  const timeouts: number = websocket.messages.reply_timeouts;
  assertGreaterOrEqual(timeouts, 5);
  assertEquals([result.total_requests, result.total_errors], [100, timeouts]);
  assertEquals(result.error_types, { timeout: timeouts });
  assert(result.percentiles_at_least.includes("p99"), `${result.percentiles_at_least}`);
  assert(result.percentiles.p99 >= 0.2);
});

Deno.test("a schedule of messages cannot be held up by a server that stalls", async () => {
  await using peer = startPeer();
  const words = ["--rate", "300", "-c", "2", "-d", "2s", "--ws-expect-reply", "--ws-message", "tick"];
  const { result } = await measured([...words, "--grace", "60", `${peer.origin}/stall`]);
  assertEquals([result.total_requests, result.websocket.messages.sent, result.total_errors], [600, 600, 0]);
  // A quarter of all messages was due during the stall of 500 ms, and waited for its end from then on.
  assert(result.percentiles.p90 >= 0.27, JSON.stringify(result.percentiles));
  assert(result.percentiles.p99 >= 0.47, JSON.stringify(result.percentiles));
  assertStringIncludes(result.definitions.latency, "due");
});

Deno.test("replies in any order are found by what they share with their messages", async () => {
  await using peer = startPeer();
  const words = ["--rate", "300", "-c", "2", "-n", "200", "--ws-expect-reply", "--ws-correlate", "$.id"];
  const { result } = await measured([
    ...words,
    "--ws-message",
    '{"id":${counter()}}',
    `${peer.origin}/shuffle`,
  ]);
  assertEquals([result.total_requests, result.total_errors, result.websocket.messages.unexpected_replies], [
    200,
    0,
    0,
  ]);
});

Deno.test("a server that closes what it has just accepted is an error of each connection, and of nothing else", async () => {
  await using peer = startPeer();
  const url = `${peer.origin}/reject`;
  for (const words of [ECHO, ["--ws-message", "hello"], [], [...ECHO, "--rate", "50"]]) {
    const { result, out, err } = await measured(
      ["-c", "3", "-d", "20s", ...words, url],
      words.length > 0 ? 1 : 0,
    );
    const { websocket, error_types } = result;
    assertEquals([websocket.connections.opened, websocket.connections.dropped], [3, 3], out + err);
    assertEquals([websocket.close.codes, error_types], [{ "4001": 3 }, { ws_closed: 3 }], out + err);
    assert(!out.includes("was lost"), out);
  }
});

Deno.test("a server that closes is told with its code, and a connection opened again if that was asked for", async () => {
  await using peer = startPeer();
  for (const code of [1000, 1001, 1008, 1011, 3000, 4999]) {
    const { result } = await measured(["-c", "2", "-d", "10s", ...ECHO, `${peer.origin}/close/${code}`], 1);
    assertEquals(result.websocket.close.codes, { [code]: 2 });
    assertEquals([result.error_types, result.websocket.connections.dropped], [{ ws_closed: 2 }, 2]);
  }
  const again = ["-c", "1", "-n", "4", "--ws-reconnect", "--ws-reconnect-delay", "1ms"];
  const { result } = await measured([...again, ...ECHO, `${peer.origin}/close/1001`], 1);
  assertEquals([result.total_errors, result.websocket.connections.reconnects], [4, 3]);
});

unixTest("connections without messages are held, and what comes on them is counted", [], async () => {
  await using peer = startPeer();
  const port = freePort();
  const words = ["-c", "4", "-d", "600", "--ws-ping-interval", "100ms", "--serve-metrics", `${port}`];
  // All has come, and there was time for pings.
  const isSeen = async () => {
    const metrics = await metricsAt(port);
    return metrics.get("ws_messages_received_total") === 12 && metrics.get("duration_sec")! > 1;
  };
  const { result, out } = await measured(
    [...words, `${peer.origin}/push`],
    0,
    (args) => programUntil(isSeen, args),
  );
  const { websocket } = result;
  assertEquals([websocket.latency_metric, websocket.primary_metric], ["handshake", "connections"]);
  assertEquals([result.total_requests, websocket.connections.opened, websocket.messages.received], [
    4,
    4,
    12,
  ]);
  const { min, mean, max } = websocket.handshake;
  assertEquals([result.latency.min, result.latency.mean, result.latency.max], [min, mean, max]);
  assert(websocket.pings.sent > 0, "pings are sent while there is nothing else to say");
  assertMatch(out, /Connections\/sec/);
});

Deno.test("messages that nobody answers are sent, and counted", async () => {
  await using peer = startPeer();
  const words = ["-c", "2", "-n", "500", "--ws-message", "a", "--ws-message", "bcd"];
  const { result } = await measured([...words, `${peer.origin}/echo`]);
  const { websocket } = result;
  assertEquals([result.total_requests, websocket.messages.sent, websocket.messages.bytes_sent], [
    500,
    500,
    1000,
  ]);
  assertEquals([websocket.latency_metric, websocket.primary_metric], ["handshake", "messages"]);
});

Deno.test("a handshake that is refused is an error with its status", async () => {
  await using peer = startPeer();
  const { result } = await measured(["-c", "2", "-d", "5s", ...ECHO, `${peer.origin}/forbidden`], 1);
  assertEquals([result.error_types, result.status_codes], [{ "HTTP 403": 2 }, { 403: 2 }]);
  assertEquals(result.websocket.connections, {
    opened: 0,
    failed: 2,
    dropped: 0,
    reconnects: 0,
    peak_concurrent: 0,
  });
});

Deno.test("a subprotocol that was offered may be chosen", async () => {
  await using peer = startPeer();
  const words = ["-c", "1", "-n", "5", ...ECHO, "--ws-subprotocol", "other", "--ws-subprotocol", "chat"];
  assertEquals((await measured([...words, `${peer.origin}/chat`])).result.total_errors, 0);
});

Deno.test("bench refuses options that do not fit the kind of target, all at once", async () => {
  const http = await program(["--ws-message", "a", "--ws-reconnect", "http://127.0.0.1:9/"]);
  assertEquals(http.code, 1);
  assertStringIncludes(http.err, "--ws-message, --ws-reconnect are for ws:// and wss:// targets alone");
  const ws = await program([
    "-m",
    "POST",
    "--rate",
    "5",
    "--ws-expect-reply",
    "-b",
    "hello",
    "ws://127.0.0.1:9/",
  ]);
  assertEquals(ws.code, 1);
  assertMatch(ws.err, /-b means nothing to a WebSocket: give its messages with --ws-message/);
  for (const flag of ["-m", "--rate", "--ws-expect-reply"]) {
    assertStringIncludes(ws.err, flag);
  }
  const absent = await program(["-d", "1s", ...ECHO, "ws://127.0.0.1:9/"]);
  assertEquals(absent.code, 1);
  assertMatch(absent.err, /127\.0\.0\.1:9: connection refused/i);
});

Deno.test("what a message cannot hold, and options for responses, are told before the load", async () => {
  const target = "ws://127.0.0.1:9/";
  const problems = async (...args: readonly string[]) => {
    const { code, err } = await program([target, "-d", "1s", ...args]);
    assertEquals(code, 1);
    return err.split("\n")[0];
  };
  assertStringIncludes(await problems("--ws-message", "${uuuid()}") ?? "", 'Unknown function "uuuid"');
  assertEquals(
    await problems("--ws-message", "${counter()} ${choice(a, b)} ${token}"),
    'bench: --ws-message: cannot fill in "${token}": only functions have values here',
  );
  assertEquals(
    await problems("--stream", "sse"),
    "bench: --stream means nothing to a WebSocket: leave it out",
  );
});

Deno.test("a run whose connections have all ended is over, and says why; what a handshake got instead is told", async () => {
  // Connections that are reset while messages go out as fast as they can.
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const reset = async (connection: Deno.Conn) => {
    const buffer = new Uint8Array(1024);
    const count = await connection.read(buffer) ?? 0;
    const key = /sec-websocket-key: (\S+)/i.exec(new TextDecoder().decode(buffer.subarray(0, count)))?.[1];
    const head = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"];
    head.push(`Sec-WebSocket-Accept: ${await acceptFor(key ?? "")}`, "", "");
    await connection.write(new TextEncoder().encode(head.join("\r\n")));
    await connection.read(new Uint8Array(1));
    // What was not read makes it a reset.
    connection.close();
  };
  const accepting = (async () => {
    for await (const connection of listener) reset(connection).catch(() => {});
  })();
  const origin = `ws://127.0.0.1:${listener.addr.port}/`;
  const flood = await measured(["-c", "3", "-d", "60s", "--ws-message", "a message of some length", origin]);
  assertEquals(flood.result.websocket.connections.dropped, 3);
  assert(flood.result.duration_sec < 30, `${flood.result.duration_sec}`);
  assertStringIncludes(flood.out.replace(/\s+/g, " "), "The load ended when no connection was left");
  listener.close();
  await accepting;
  const page = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, () => new Response("hi"));
  const refused = await measured(["-c", "2", "-d", "60s", `ws://127.0.0.1:${page.addr.port}/`], 1);
  assert(refused.result.duration_sec < 30, `${refused.result.duration_sec}`);
  assertStringIncludes(
    refused.out,
    "WebSocket handshake refused or malformed, found status 200 in place of 101",
  );
  await page.shutdown();
});
