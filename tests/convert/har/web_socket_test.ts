/** A talk on a WebSocket, as Chrome records it, becomes a step that has it again. */
import { assertEquals, assertMatch } from "@std/assert";
import { convertHar } from "../../../src/convert/har/convert_har.ts";
import { actionsOf, readMessages } from "../../../src/convert/har/web_socket.ts";

const MESSAGES = [
  { type: "receive", time: 1_790_000_000, opcode: 1, data: "welcome" },
  { type: "send", time: 1_790_000_000.5, opcode: 1, data: "hello ${x}" },
  { type: "receive", time: 1_790_000_000.6, opcode: 1, data: "one" },
  { type: "receive", time: 1_790_000_000.7, opcode: 1, data: "two" },
  { type: "send", time: 1_790_000_000.8, opcode: 2, data: "AAE=" },
  { type: "send", time: 1_790_000_002.8, opcode: 1, data: "" },
  { type: "error", time: 1_790_000_003, opcode: -1, data: "closed" },
];

Deno.test("what was sent is sent, and waited for where the server had spoken", () => {
  const messages = readMessages(MESSAGES)!;
  const actions = [
    { expect: "*" },
    { send: "hello ${concat('$')}{x}" },
    { expect: "*" },
    { send_base64: "AAE=" },
    { send: "" },
  ];
  assertEquals(actionsOf(messages), actions);
  assertEquals(
    actionsOf(messages, 2).filter((action) => "hold" in action).map(({ hold }) => hold),
    ["1000ms", "200ms", "4000ms"],
  );
  assertEquals(readMessages(undefined), undefined);
  assertEquals(readMessages([{ type: "send" }, 7]), []);
});

function recordingWith(messages: unknown): Uint8Array {
  const entry = (url: string, more: object = {}) => ({
    startedDateTime: "2026-11-01T10:00:00Z",
    time: 10,
    request: { method: "GET", url, headers: [{ name: "Sec-WebSocket-Protocol", value: "chat, v2" }] },
    response: { status: 200 },
    ...more,
  });
  const socket = { _resourceType: "websocket", response: { status: 101 }, _webSocketMessages: messages };
  const entries = [
    entry("http://a.test/"),
    entry("ws://a.test/feed?x=1", socket),
    entry("wss://b.test/", socket),
  ];
  return new TextEncoder().encode(JSON.stringify({ log: { entries } }));
}

const OPTIONS = {
  name: "talk",
  label: "talk.har",
  includeStatic: false,
  domains: [],
  exclude: [],
  include: [],
  allowPrivate: false,
  preserveHeaders: false,
  assertStatus: true,
} as const;

Deno.test("a scenario has a step for each; other formats, and recordings without messages, say that they have none", () => {
  const { text, remarks } = convertHar(recordingWith(MESSAGES), { ...OPTIONS, format: "scenario" });
  const { steps } = JSON.parse(text);
  assertEquals(steps.map(({ ws }: { ws?: string }) => ws), [undefined, "/feed?x=1", "wss://b.test/"]);
  assertEquals([steps[1].subprotocols, steps[1].headers, steps[1].actions.length], [
    ["chat", "v2"],
    undefined,
    5,
  ]);
  assertMatch(remarks.join("\n"), /2 WebSocket connections: each is a step/);
  for (
    const [messages, format] of [[MESSAGES, "url-file"], [MESSAGES, "script"], [
      undefined,
      "scenario",
    ]] as const
  ) {
    const { count, remarks } = convertHar(recordingWith(messages), { ...OPTIONS, format });
    assertEquals(count, 1);
    assertMatch(remarks.join("\n"), /left out 2: 2 WebSocket/);
  }
});
