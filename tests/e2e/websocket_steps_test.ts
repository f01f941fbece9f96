/** `ws` steps of scenario files and `ws.connect` of modules, as their users run them. */
import { assert, assertEquals, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { metricsAt } from "../_support/metrics_page.ts";
import { freePort, unixTest } from "../_support/peers.ts";
import { type Ended, program, programUntil } from "../_support/program.ts";
import { tempDir } from "../_support/temp_dir.ts";

/** A server with a behaviour a path. */
function startPeer(): { readonly url: string; readonly cookies: string[]; logins: number } & AsyncDisposable {
  const cookies: string[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const [, what, number = ""] = new URL(request.url).pathname.split("/");
    if (what === "login") {
      peer.logins++;
      return new Response("in", { headers: { "set-cookie": "session=abcd1234; Path=/" } });
    }
    cookies.push(request.headers.get("cookie") ?? "");
    const { socket, response } = Deno.upgradeWebSocket(request);
    const send = (data: string) => socket.readyState === WebSocket.OPEN && socket.send(data);
    socket.onmessage = ({ data }) => {
      if (what === "delay") setTimeout(() => send(data), Number(number));
      else if (what === "close") socket.close(Number(number), "as asked");
      else if (what === "silent") return;
      else {
        send("something else");
        send(data);
      }
    };
    if (what === "push") socket.onopen = () => [1, 2, 3].forEach((i) => send(`push ${i}`));
    return response;
  });
  const peer = {
    url: `http://127.0.0.1:${server.addr.port}`,
    cookies,
    logins: 0,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
  return peer;
}

/** How the program is run. */
type Start = (args: readonly string[], env?: Record<string, string>) => Promise<Ended>;

/** Until as many messages have come, as its page of metrics tells. */
function untilReceived(messages: number): Start {
  const port = freePort();
  const isSeen = async () => (await metricsAt(port)).get("ws_messages_received_total") === messages;
  return (args, env) => programUntil(isSeen, ["--serve-metrics", `${port}`, ...args], env);
}

/** Runs a scenario or module of this text. */
async function ran(
  text: string,
  words: readonly string[],
  env: Record<string, string> = {},
  { name = "s.yaml", start = program }: { readonly name?: string; readonly start?: Start } = {},
) {
  await using temp = await tempDir();
  const [path, json] = [`${temp.path}/${name}`, `${temp.path}/r.json`];
  await Deno.writeTextFile(path, text);
  const isCheck = words.includes("--check");
  const ended = await start(["--scenario", path, ...isCheck ? [] : ["--json", json], ...words], env);
  const result = isCheck ? undefined : JSON.parse(await Deno.readTextFile(json).catch(() => "null"));
  return { ...ended, result };
}

const CHAT = `
name: chat
steps:
  - name: log in
    path: /login
  - name: talk
    ws: /chat
    actions:
      - send: { op: join, nested: { id: "\${counter()}" } }
      - expect_json: { $.op: join, $.nested.id: "> 0" }
        extract: { id: { json: $.nested.id } }
      - send: "hello \${id}"
      - expect: "hello \${id}"
      - send_base64: aGk=
      - expect_regex: ^h.$
`;

Deno.test("a ws step sends, waits for what it expects, and is measured", async () => {
  await using peer = startPeer();
  const { code, result, err } = await ran(CHAT, ["-c", "2", "--iterations", "20", peer.url]);
  assertEquals([code, result.total_requests, result.total_errors], [0, 40, 0], err);
  const { websocket } = result;
  assertEquals([websocket.latency_metric, websocket.primary_metric], ["step", "steps"]);
  assertEquals([websocket.connections.opened, websocket.connections.dropped], [20, 0]);
  assertEquals([websocket.messages.sent, websocket.messages.received, websocket.rtt.count], [60, 120, 60]);
  assertEquals([websocket.messages.unexpected_replies, websocket.close.codes], [60, { 1000: 20 }]);
  // What an earlier step's response set goes along.
  assertEquals(new Set(peer.cookies), new Set(["session=abcd1234"]));
});

Deno.test("bench --check shows every message of a ws step, without secrets, and does not hold", async () => {
  await using peer = startPeer();
  const text = `
name: chat
steps:
  - ws: /chat?token=s3cr3tvalue
    headers: { Authorization: "Bearer \${env(WS_TOKEN)}" }
    actions:
      - send: "my token is \${env(WS_TOKEN)}"
      - expect: "my token"
      - hold: 1h
      - send_base64: AAEC
      - close: 3000
  - name: in vain
    ws: /silent
    timeout: 3s
    actions:
      - send: anyone?
      - expect_json: { $.here: true }
`;
  const { code, out } = await ran(text, ["--check", peer.url], { WS_TOKEN: "verysecretvalue" });
  assertEquals(code, 1, out);
  assertMatch(out, /> GET ws:\/\/127\.0\.0\.1:\d+\/chat\?token=\*\*\*/);
  assertMatch(out, /> \[[\d.]+[mu]s\] my token is \*\*\*\n +< \[[\d.]+[mu]s\] something else\n/);
  assertStringIncludes(out, '+ a message that contains "my token"');
  assertStringIncludes(out, "(a load holds the connection for 1h here)");
  assertStringIncludes(out, "[3 bytes, not text]");
  assertStringIncludes(out, "- a message where JSON $.here is true: found no message");
  assert(!out.includes("secretvalue") && !out.includes("s3cr3tvalue"), out);
});

Deno.test("what does not come, and a server that closes, are failures with a name; a close that is expected is none", async () => {
  await using peer = startPeer();
  const { code, result } = await ran(
    `
steps:
  - name: silent
    ws: /silent
    actions: [{ send: a }, { expect: b, timeout: 50ms }]
  - name: closes
    ws: /close/4001
    actions: [{ send: a }, { expect: a }]
  - name: expected
    ws: /close/4001
    actions: [{ send: a }, { expect_close: 4001 }]
  - name: other code
    ws: /close/4001
    actions: [{ send: a }, { expect_close: 4002, timeout: 5s }]
  - name: forbidden
    ws: /login
  - name: pushed
    ws: /push
    actions: [{ expect: "push 3" }, { expect: "*", timeout: 20ms }]
`,
    ["-c", "1", "--iterations", "1", peer.url],
  );
  assertEquals(code, 0);
  assertEquals(result.error_types, {
    'AssertMessage: none within 50ms that contains "b"': 1,
    ws_closed: 1,
    "AssertClose: no close with 4002 within 5s": 1,
    ws_handshake: 1,
    "AssertMessage: none within 20ms": 1,
  });
  assertEquals(result.found_instead ?? {}, {});
  assertEquals(result.websocket.close.codes, { 1000: 2, 4001: 3 });
  assertEquals(result.websocket.connections.dropped, 1);
  assertEquals(result.websocket.messages.reply_timeouts, 2);
});

unixTest("the end of the load ends what is held, without an error", [], async () => {
  await using peer = startPeer();
  const { code, result, err } = await ran(
    "steps: [{ ws: /push, actions: [{ hold: 1h }] }]",
    ["-u", "3", "-t", "2", "-d", "600", peer.url],
    {},
    { start: untilReceived(9) },
  );
  assertEquals([code, result.total_requests, result.total_errors], [0, 3, 0], err);
  assertEquals(result.websocket.messages.received, 9);
  assertEquals(result.websocket.close.codes, { 1000: 3 });
});

Deno.test("what is wrong with ws steps is told before the load, all at once", async () => {
  const shape = await ran(
    `
steps:
  - ws: /a
    actions:
      - close: 1001
      - sned: a
  - ws: /b
    path: /c
`,
    ["ws://127.0.0.1:9"],
  );
  assertEquals(shape.code, 1);
  for (
    const part of [
      '"close": expected a close code: 1000, or a number from 3000 to 4999, found 1001',
      'Unknown key "sned": did you mean send?',
      'Unknown key "path"',
    ]
  ) assertStringIncludes(shape.err, part);
  const { code, err } = await ran(
    `
base_url: ws://127.0.0.1:9
steps:
  - ws: /a
    actions:
      - send: a
        expect: b
      - hold: 1s
        timeout: 1s
      - {}
      - send: "\${nobody}"
      - expect: a
        extract: { x: { header: Date } }
      - close: 1000
      - send: late
  - ws: ftp://elsewhere/
`,
    ["--ws-message", "a"],
  );
  assertEquals(code, 1);
  assertEquals(err.split("\n").map((line) => line.replace(/^ *(?:bench: )?(?:\/\S+\/)?/, "")), [
    "--ws-message cannot be used with a scenario: its WebSocket steps say what to send",
    's.yaml:4: Step 1: Cannot fill in "${nobody}": no earlier step extracts it',
    's.yaml:6: Step 1: Cannot use both "send" and "expect": expected an action each',
    's.yaml:9: Step 1: Cannot use a timeout with "hold", which waits for nothing',
    "s.yaml:10: Step 1: Expected one of send, send_base64, hold, close, expect_close, expect, expect_regex and expect_json",
    "s.yaml:12: Step 1: Nothing can follow a close: expected it as the last action",
    "s.yaml:13: Step 1: Cannot extract a header from a message: expected json, regex or response: body",
    's.yaml:16: Step 2: Cannot use path "ftp://elsewhere/": expected a ws or wss URL',
    "Try: bench help scenarios",
    "",
  ]);
});

const MODULE = `
export default async function chat({ ws, http, check }) {
  const socket = await ws.connect("/chat", { headers: { "X-Who": "me" } });
  await http.get("/login");
  await socket.send({ op: "hello" });
  const other = await socket.receive();
  const hello = await socket.expect("hello");
  check("greeted", other.text() === "something else" && hello.json().op === "hello");
  await socket.send("bye");
  for await (const message of socket) if (message.text() === "bye") break;
  if (socket.open) await socket.close(3001);
  const gone = await ws.connect("/close/4009", { name: "gone", timeout: "5s" });
  await gone.send("a");
  for await (const _ of gone) check("never", false);
  check("closed with its code", gone.code === 4009 && gone.error === undefined);
}
`;

Deno.test("ws.connect sends, receives, expects and iterates; a connection is one request", async () => {
  await using peer = startPeer();
  const { code, result, err } = await ran(MODULE, ["-c", "2", "--iterations", "10", peer.url], {}, {
    name: "s.ts",
  });
  assertEquals([code, result.total_errors], [0, 0], err);
  assertEquals(result.checks, {
    greeted: { passed: 10, failed: 0 },
    "closed with its code": { passed: 10, failed: 0 },
  });
  const counts = Object.fromEntries(
    Object.entries(result.step_stats).map(([name, of]) => [name, (of as { count: number }).count]),
  );
  assertEquals(counts, { "GET /login": 10, "WS /chat": 10, gone: 10 });
  assertEquals(result.websocket.rtt.count, 20);
  assertEquals(result.websocket.close.codes, { 3001: 10, 4009: 10 });
  const check = await ran(MODULE, ["--check", peer.url], {}, { name: "s.ts" });
  assertEquals(check.code, 0, check.out + check.err);
  assertMatch(check.out, /> \[[\d.]+[mu]?s\] \{"op":"hello"\}\n +< \[[\d.]+[mu]?s\] something else/);
});

unixTest(
  "a module's socket fails without an exception, and ends with its iteration or the load",
  [],
  async () => {
    await using peer = startPeer();
    const { code, result } = await ran(
      `
export default async function ({ ws, check, http }) {
  const refused = await ws.connect("ws://127.0.0.1:9/", { name: "refused" });
  check("says why", refused.error === "connection_refused" && !refused.open);
  await refused.send("lost");
  check("nothing comes", await refused.receive() === undefined);
  const silent = await ws.connect("/silent", { name: "silent" });
  await silent.send("a");
  check("none in time", await silent.expect(/b/, { timeout: "50ms" }) === undefined);
  const forever = await ws.connect("/push", { name: "forever" });
  let pushed = 0;
  for await (const _ of forever) if (++pushed === 3) await http.get("/login");
  check("all came", pushed === 3);
}
`,
      ["-c", "1", "-d", "600", peer.url],
      {},
      { name: "s.js", start: (args, env) => programUntil(() => peer.logins > 0, args, env) },
    );
    assertEquals(code, 0);
    assertEquals(result.checks, {
      "says why": { passed: 1, failed: 0 },
      "nothing comes": { passed: 1, failed: 0 },
      "none in time": { passed: 1, failed: 0 },
      "all came": { passed: 1, failed: 0 },
    });
    assertEquals(result.error_types, {
      connection_refused: 1,
      "AssertMessage: none within 50ms that matches b": 1,
    });
    assertEquals(result.websocket.close.codes, { 1000: 2 });
  },
);

/**
 * Sends every message to all its members after a time, once there are so many of them, and what another machine would have
 * sent besides.
 */
function startRoom(
  count: number,
  delayMs: number,
): { readonly url: string; heldMs: number } & AsyncDisposable {
  const members = new Set<WebSocket>();
  const full = Promise.withResolvers<void>();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onopen = () => members.add(socket).size === count && full.resolve();
    socket.onclose = () => members.delete(socket);
    socket.onmessage = async ({ data }) => {
      const cameMs = performance.now();
      await full.promise;
      setTimeout(() => {
        room.heldMs = Math.min(room.heldMs, performance.now() - cameMs);
        for (const one of members) {
          if (one.readyState !== WebSocket.OPEN) continue;
          one.send(data);
          if (data.includes("foreign")) one.send("bench-stamp.another1clock.u1.zzzzzzzz.");
        }
      }, delayMs);
    };
    return response;
  });
  const room = {
    url: `ws://127.0.0.1:${server.addr.port}/`,
    heldMs: Infinity,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
  return room;
}

unixTest(
  "the way of a stamped message from one user to all others is timed, over threads; clocks of others are not",
  [],
  async () => {
    await using room = startRoom(6, 50);
    await using temp = await tempDir();
    const json = `${temp.path}/r.json`;
    const words = ["--ws-message-interval", "600s", "-d", "600", "-t", "2"];
    const startMs = performance.now();
    const { code, out, err } = await untilReceived(36)([
      ...["-c", "6", "--ws-message", '{"at":"${stamp()}"}', "--threshold", "fanout p50 > 49ms", ...words],
      ...["--json", json, room.url],
    ]);
    assertEquals(code, 0, err);
    const { fanout } = JSON.parse(await Deno.readTextFile(json)).websocket;
    // Six messages, each to five others; the sender's own copy is none.
    assertEquals([fanout.messages_stamped, fanout.delay.count, fanout.receivers_per_message], [6, 30, 5]);
    const bound = room.heldMs / 1000 - 0.001;
    assert(fanout.delay.min >= bound, `${fanout.delay.min} of ${bound}`);
    assertLess(fanout.delay.max, (performance.now() - startMs) / 1000);
    assertMatch(out, /Deliveries: +30 of 6 stamped messages, 5\.0 receivers each/);
    await using pair = startRoom(2, 0);
    const foreign = await untilReceived(8)([
      ...["-c", "2", "--ws-message", "foreign ${stamp()}", ...words, pair.url],
    ]);
    assertMatch(foreign.out, /Not timed: +4 deliveries from other machines, whose clocks differ/);
    assertStringIncludes(foreign.out, "Deliveries:        2\n");
  },
);

Deno.test("a module's stamps are timed", async () => {
  await using room = startRoom(2, 0);
  const module = `
export default async function ({ ws }) {
  const socket = await ws.connect("/");
  await socket.send({ at: ws.stamp() });
  for (const _ of ["its own", "the other's"]) await socket.receive();
}`;
  const { result } = await ran(module, ["-c", "2", "--iterations", "2", room.url], {}, { name: "s.ts" });
  const { messages_stamped: stamped, delay } = result.websocket.fanout;
  assertEquals([stamped, delay.count], [2, 2]);
});
