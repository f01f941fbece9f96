/**
 * The cases that a client meets in the Autobahn test suite, group by group: payloads, pings, reserved bits, opcodes,
 * fragments, UTF-8, closes and limits. Each is told whole and in small pieces.
 */
import { assertEquals } from "@std/assert";
import { WebSocketConnection } from "../../../src/client/websocket/connection.ts";
import { payloadOf } from "../../../src/client/websocket/frames.ts";
import { type FAILURE, FAILURE_KINDS } from "../../../src/metrics/failure.ts";
import { bytesOf, closing, converse, frameBytes, joined, nothingYet, type ServerFrame } from "./_peer.ts";
import { MemorySocket } from "../../_support/memory_socket.ts";
import { until } from "../../_support/wait.ts";

const TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10;
const NORMAL: ServerFrame = { opcode: CLOSE, payload: closing(1000) };

interface Case {
  readonly name: string;
  readonly frames: readonly ServerFrame[];
  /** What the client must send back, in order, before its close frame: echoes and pongs. */
  readonly replies?: readonly (readonly [first: number, payload: string | Uint8Array])[];
  /** The name of a failure; absent: a clean end. */
  readonly failure?: keyof typeof FAILURE;
  /** The code that the client closes with. */
  readonly code?: number;
}

const text = (payload: string | Uint8Array, more: Partial<ServerFrame> = {}): ServerFrame => ({
  opcode: TEXT,
  payload,
  ...more,
});
const rest = (payload: string | Uint8Array, isPart = false): ServerFrame => ({ opcode: 0, payload, isPart });

const sizes = [0, 125, 126, 127, 128, 65_535, 65_536];

const payloads: readonly Case[] = sizes.flatMap((size, i) => [
  {
    name: `1.1.${i + 1} text of ${size} bytes`,
    frames: [text("*".repeat(size)), NORMAL],
    replies: [[0x81, "*".repeat(size)]],
  },
  {
    name: `1.2.${i + 1} binary of ${size} bytes`,
    frames: [{ opcode: BINARY, payload: new Uint8Array(size).fill(0xfe) }, NORMAL],
    replies: [[0x82, new Uint8Array(size).fill(0xfe)]],
  },
]);

const BYTES = new Uint8Array([0, 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0, 0xff]);
const pings: readonly Case[] = [
  { name: "2.1 ping without payload", frames: [{ opcode: PING }, NORMAL], replies: [[0x8a, ""]] },
  {
    name: "2.2 ping with text",
    frames: [{ opcode: PING, payload: "Hello, world!" }, NORMAL],
    replies: [[0x8a, "Hello, world!"]],
  },
  {
    name: "2.3 ping with bytes",
    frames: [{ opcode: PING, payload: BYTES }, NORMAL],
    replies: [[0x8a, BYTES]],
  },
  {
    name: "2.4 ping of 125 bytes",
    frames: [{ opcode: PING, payload: new Uint8Array(125).fill(0xfe) }, NORMAL],
    replies: [[0x8a, new Uint8Array(125).fill(0xfe)]],
  },
  {
    name: "2.5 ping of 126 bytes",
    frames: [{ opcode: PING, payload: new Uint8Array(126) }],
    failure: "ws_protocol",
    code: 1002,
  },
  { name: "2.7 pong that nobody asked for", frames: [{ opcode: PONG }, NORMAL] },
  { name: "2.8 the same with payload", frames: [{ opcode: PONG, payload: "unasked" }, NORMAL] },
  {
    name: "2.9 pong, then ping",
    frames: [{ opcode: PONG, payload: "unasked" }, { opcode: PING, payload: "ping" }, NORMAL],
    replies: [[0x8a, "ping"]],
  },
];

const RESERVED = [0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70];
const reserved: readonly Case[] = RESERVED.flatMap((bits, i) => [
  {
    name: `3.${i + 1} reserved bits ${bits} in a text`,
    frames: [text("Hello", { reserved: bits })],
    failure: "ws_protocol" as const,
    code: 1002,
  },
  {
    name: `3.${i + 1} reserved bits ${bits} after a good message`,
    frames: [text("Hello"), text("Hello", { reserved: bits }), { opcode: PING }],
    replies: [[0x81, "Hello"] as const],
    failure: "ws_protocol" as const,
    code: 1002,
  },
  {
    name: `3.${i + 1} reserved bits ${bits} in a ping`,
    frames: [{ opcode: PING, reserved: bits }],
    failure: "ws_protocol" as const,
    code: 1002,
  },
]);

const opcodes: readonly Case[] = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].flatMap((opcode) => [
  { name: `4 opcode ${opcode}`, frames: [{ opcode }], failure: "ws_protocol" as const, code: 1002 },
  {
    name: `4 opcode ${opcode} with payload`,
    frames: [{ opcode, payload: "reserved" }],
    failure: "ws_protocol" as const,
    code: 1002,
  },
  {
    name: `4 opcode ${opcode} after a good message`,
    frames: [text("Hello"), { opcode }, { opcode: PING }],
    replies: [[0x81, "Hello"] as const],
    failure: "ws_protocol" as const,
    code: 1002,
  },
]);

const BROKEN = { failure: "ws_protocol", code: 1002 } as const;
const fragments: readonly Case[] = [
  {
    name: "5.1 ping in two fragments",
    frames: [{ opcode: PING, payload: "a", isPart: true }, rest("b")],
    ...BROKEN,
  },
  {
    name: "5.2 pong in two fragments",
    frames: [{ opcode: PONG, payload: "a", isPart: true }, rest("b")],
    ...BROKEN,
  },
  {
    name: "5.3 text in two fragments",
    frames: [text("fragment1", { isPart: true }), rest("fragment2"), NORMAL],
    replies: [[0x81, "fragment1fragment2"]],
  },
  {
    name: "5.6 a ping between two fragments",
    frames: [
      text("fragment1", { isPart: true }),
      { opcode: PING, payload: "ping" },
      rest("fragment2"),
      NORMAL,
    ],
    replies: [[0x8a, "ping"], [0x81, "fragment1fragment2"]],
  },
  { name: "5.9 a continuation of nothing", frames: [rest("non-continuation"), text("Hello")], ...BROKEN },
  { name: "5.12 an unfinished continuation of nothing", frames: [rest("x", true), text("Hello")], ...BROKEN },
  {
    name: "5.15 a continuation after the end",
    frames: [
      text("fragment1", { isPart: true }),
      rest("fragment2"),
      rest("fragment3", true),
      text("fragment4"),
    ],
    replies: [[0x81, "fragment1fragment2"]],
    ...BROKEN,
  },
  {
    name: "5.16 continuations of nothing, again and again",
    frames: [rest("fragment1", true), text("fragment2", { isPart: true }), rest("fragment3")],
    ...BROKEN,
  },
  {
    name: "5.18 a text within a text",
    frames: [text("fragment1", { isPart: true }), text("fragment2")],
    ...BROKEN,
  },
  {
    name: "5.19 five fragments with pings between them",
    frames: [
      text("fragment1", { isPart: true }),
      rest("fragment2", true),
      { opcode: PING, payload: "pongme 1!" },
      rest("fragment3", true),
      rest("fragment4", true),
      { opcode: PING, payload: "pongme 2!" },
      rest("fragment5"),
      NORMAL,
    ],
    replies: [
      [0x8a, "pongme 1!"],
      [0x8a, "pongme 2!"],
      [0x81, "fragment1fragment2fragment3fragment4fragment5"],
    ],
  },
  { name: "5.20 a masked frame", frames: [text("Hello", { mask: true })], ...BROKEN },
  {
    name: "5.21 a length of two bytes that one would hold",
    frames: [text("Hello", { lengthBytes: 2 })],
    ...BROKEN,
  },
  {
    name: "5.22 a length of eight bytes that two would hold",
    frames: [text("Hello", { lengthBytes: 8 })],
    ...BROKEN,
  },
];

/** Texts of the UTF-8 stress test (Markus Kuhn), and whether they are UTF-8. */
const hex = (digits: string) => Uint8Array.fromHex(digits.replaceAll(" ", ""));
const GOOD: Readonly<Record<string, string>> = {
  "6.1.1 nothing": "",
  "6.2.1 umlauts": "48 65 6c 6c 6f 2d c2 b5 40 c3 9f c3 b6 c3 a4 c3 bc c3 a0 c3 a1 2d 55 54 46 2d 38 21 21",
  "6.5.1 kosme": "ce ba e1 bd b9 cf 83 ce bc ce b5",
  "6.6.2 two": "ce ba e1 bd b9",
  "6.7.1 U+0000": "00",
  "6.7.2 U+0080": "c2 80",
  "6.7.3 U+0800": "e0 a0 80",
  "6.7.4 U+10000": "f0 90 80 80",
  "6.9.1 U+007F": "7f",
  "6.9.2 U+07FF": "df bf",
  "6.9.3 U+FFFF": "ef bf bf",
  "6.9.4 U+10FFFF": "f4 8f bf bf",
  "6.11.1 U+D7FF": "ed 9f bf",
  "6.11.2 U+E000": "ee 80 80",
  "6.11.3 U+FFFD": "ef bf bd",
  "6.11.4 U+10FFFF": "f4 8f bf bf",
  "6.22.1 U+FFFE": "ef bf be",
  "6.22.3 U+1FFFE": "f0 9f bf be",
  "6.22.34 U+10FFFF": "f4 8f bf bf",
};
const BAD: Readonly<Record<string, string>> = {
  "6.3.1 a surrogate amid a text": "ce ba e1 bd b9 cf 83 ce bc ce b5 ed a0 80 65 64 69 74 65 64",
  "6.6.1 half a character": "ce",
  "6.6.3 two of three bytes": "ce ba e1 bd",
  "6.6.5 a cut text": "ce ba e1 bd b9 cf",
  "6.8.1 five bytes": "f8 88 80 80 80",
  "6.8.2 six bytes": "fc 84 80 80 80 80",
  "6.10.1 beyond U+10FFFF": "f7 bf bf bf",
  "6.10.2 five bytes, the last": "fb bf bf bf bf",
  "6.10.3 six bytes, the last": "fd bf bf bf bf bf",
  "6.11.5 U+110000": "f4 90 80 80",
  "6.12.1 a continuation alone": "80",
  "6.12.2 another": "bf",
  "6.12.3 two of them": "80 bf",
  "6.12.6 five of them": "80 bf 80 bf 80",
  "6.13.1 beginnings of two bytes": "c0 20 c1 20 c2 20 c3 20",
  "6.13.2 beginnings of three bytes": "e0 20 e1 20 e2 20",
  "6.13.3 beginnings of four bytes": "f0 20 f1 20 f2 20",
  "6.13.4 beginnings of five bytes": "f8 20 f9 20",
  "6.13.5 beginnings of six bytes": "fc 20 fd 20",
  "6.14.1 a beginning of two": "c0",
  "6.14.2 a beginning of three": "e0 80",
  "6.14.3 a beginning of four": "f0 80 80",
  "6.14.6 the last of two": "df",
  "6.14.7 the last of three": "ef bf",
  "6.14.8 the last of four": "f7 bf bf",
  "6.15.1 all of them": "c0 e0 80 f0 80 80 f8 80 80 80 fc 80 80 80 80 df ef bf f7 bf bf",
  "6.16.1 no byte of UTF-8": "fe",
  "6.16.2 another": "ff",
  "6.16.3 both": "fe fe ff ff",
  "6.17.1 a slash in two bytes": "c0 af",
  "6.17.2 a slash in three": "e0 80 af",
  "6.17.3 a slash in four": "f0 80 80 af",
  "6.18.1 the last in two": "c1 bf",
  "6.18.2 the last in three": "e0 9f bf",
  "6.18.3 the last in four": "f0 8f bf bf",
  "6.19.1 NUL in two": "c0 80",
  "6.19.2 NUL in three": "e0 80 80",
  "6.20.1 U+D800": "ed a0 80",
  "6.20.2 U+DB7F": "ed ad bf",
  "6.20.3 U+DB80": "ed ae 80",
  "6.20.4 U+DBFF": "ed af bf",
  "6.20.5 U+DC00": "ed b0 80",
  "6.20.7 U+DFFF": "ed bf bf",
  "6.21.1 a pair of surrogates": "ed a0 80 ed b0 80",
  "6.21.8 another": "ed af bf ed bf bf",
};
const utf8: readonly Case[] = [
  ...Object.entries(GOOD).flatMap(([name, digits]): Case[] => [
    { name, frames: [text(hex(digits)), NORMAL], replies: [[0x81, hex(digits)]] },
    {
      name: `${name}, a fragment a byte`,
      frames: [
        text("", { isPart: true }),
        ...[...hex(digits)].map((byte) => rest(new Uint8Array([byte]), true)),
        rest(""),
        NORMAL,
      ],
      replies: [[0x81, hex(digits)]],
    },
  ]),
  ...Object.entries(BAD).map(([name, digits]): Case => ({
    name,
    frames: [text(hex(digits))],
    failure: "ws_utf8",
    code: 1007,
  })),
  {
    name: "6.4.1 bad text in the second of three fragments",
    frames: [text(hex("ce ba e1 bd b9 cf 83 ce bc ce b5"), { isPart: true }), rest(hex("f4 90 80 80"), true)],
    failure: "ws_utf8",
    code: 1007,
  },
];

const CODES = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
const REFUSED = [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535];
const closes: readonly Case[] = [
  {
    name: "7.1.1 a message, then a close",
    frames: [text("Hello"), NORMAL],
    replies: [[0x81, "Hello"]],
    code: 1000,
  },
  { name: "7.1.2 two closes", frames: [NORMAL, NORMAL], code: 1000 },
  { name: "7.1.3 a ping after the close", frames: [NORMAL, { opcode: PING }], code: 1000 },
  { name: "7.1.4 a message after the close", frames: [NORMAL, text("Hello")], code: 1000 },
  {
    name: "7.1.5 a close between two fragments",
    frames: [text("fragment1", { isPart: true }), NORMAL, rest("fragment2")],
    code: 1000,
  },
  { name: "7.3.1 a close without payload", frames: [{ opcode: CLOSE }] },
  { name: "7.3.2 a close of one byte", frames: [{ opcode: CLOSE, payload: "a" }], ...BROKEN },
  {
    name: "7.3.4 a close with a reason",
    frames: [{ opcode: CLOSE, payload: closing(1000, "Hello") }],
    code: 1000,
  },
  {
    name: "7.3.5 a close with a reason of 123 bytes",
    frames: [{ opcode: CLOSE, payload: closing(1000, "*".repeat(123)) }],
    code: 1000,
  },
  {
    name: "7.3.6 a close of 126 bytes",
    frames: [{ opcode: CLOSE, payload: closing(1000, "*".repeat(124)) }],
    ...BROKEN,
  },
  {
    name: "7.5.1 a reason that is not UTF-8",
    frames: [{ opcode: CLOSE, payload: closing(1000, hex("ce ba e1 bd b9 cf 83 ce bc ce b5 ed a0 80")) }],
    failure: "ws_utf8",
    code: 1007,
  },
  ...CODES.map((code): Case => ({
    name: `7.7 close code ${code}`,
    frames: [{ opcode: CLOSE, payload: closing(code) }],
    code,
  })),
  ...REFUSED.map((code): Case => ({
    name: `7.9 close code ${code}`,
    frames: [{ opcode: CLOSE, payload: closing(code) }],
    ...BROKEN,
  })),
];

const ALL = { payloads, pings, reserved, opcodes, fragments, utf8, closes };

for (const [group, cases] of Object.entries(ALL)) {
  Deno.test(`a WebSocket client does what the protocol says: ${group} (${cases.length} cases)`, async () => {
    for (const { name, frames, replies = [], failure = "none", code } of cases) {
      const bytes = joined(frames.map(frameBytes));
      for (const pieces of bytes.length > 1000 ? [Infinity, 997] : [Infinity, 1, 3]) {
        const { sent, end } = await converse(bytes, { pieces });
        const where = `${name}, pieces of ${pieces}`;
        assertEquals(FAILURE_KINDS[end.failure]!.name, failure, where);
        const said = sent.filter(({ first }) => first !== 0x88).map(({ first, payload }) => [first, payload]);
        assertEquals(said, replies.map(([first, payload]) => [first, bytesOf(payload)]), where);
        const closed = sent.filter(({ first }) => first === 0x88);
        assertEquals(closed.length, 1, where);
        const { payload } = closed[0]!;
        if (code !== undefined) assertEquals(payload[0]! * 256 + payload[1]!, code, where);
        else if (replies.length === 0 && failure === "none" && name.startsWith("7.3.1")) {
          assertEquals(payload.length, 0, where);
        }
      }
    }
  });
}

Deno.test("the protocol's cases are as many as promised", () => {
  assertEquals(Object.values(ALL).flat().length >= 120, true);
});

Deno.test("9: messages of 1 MiB in fragments of 64 bytes are put together, whoever looks at them", async () => {
  const whole = "x".repeat(1_048_576);
  const frames: Uint8Array[] = [];
  for (let at = 0; at < whole.length; at += 64) {
    frames.push(frameBytes({
      opcode: at === 0 ? TEXT : 0,
      payload: whole.slice(at, at + 64),
      isPart: at + 64 < whole.length,
    }));
  }
  const bytes = joined([...frames, frameBytes(NORMAL)]);
  const kept = await converse(bytes, { pieces: 30_000 });
  assertEquals(new TextDecoder().decode(kept.messages[0]!.bytes), whole);
  const counted = await converse(bytes, { pieces: 30_000, keeps: false });
  assertEquals(counted.messages[0]!.bytes.length, whole.length);
});

Deno.test("the client says that its reader serves others", async () => {
  assertEquals((await converse(frameBytes(NORMAL))).isShared, true);
  assertEquals((await converse(frameBytes(NORMAL), { isAlone: true })).isShared, false);
});

for (
  const [who, hops, order] of [
    ["goes on within some microtasks", 5, ["read", "taken", "sent", "read"]],
    ["does not go on", Infinity, ["read", "taken", "read"]],
  ] as const
) {
  Deno.test(`a connection of one user is read again when that user has gone on, or does not: ${who}`, async () => {
    const socket = new MemorySocket();
    const seen: string[] = [];
    const read = socket.read.bind(socket);
    socket.read = (buffer) => {
      seen.push("read");
      return read(buffer);
    };
    const connection = new WebSocketConnection(socket, { deflate: null, ...nothingYet() }, {
      maxMessageBytes: 1000,
      keepsMessages: false,
      isAlone: true,
      closeTimeoutMs: 1000,
      user: {
        takeMessage() {
          seen.push("taken");
          void (async () => {
            if (hops === Infinity) return;
            for (let i = 0; i < hops; i++) await undefined;
            seen.push("sent");
            connection.send(true, payloadOf(new Uint8Array(1)));
          })();
          return true;
        },
        takePong() {},
        ended() {},
      },
    });
    const done = connection.run();
    socket.give(frameBytes({ opcode: 1, payload: "hi" }));
    await until(() => seen.length >= order.length);
    assertEquals(seen, [...order]);
    socket.give(null);
    await done;
  });
}
