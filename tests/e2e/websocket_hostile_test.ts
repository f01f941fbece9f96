/** Servers that break the rules of WebSocket, against the real command over both kinds of sockets: each failure has its name. */
import { assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { deflateRawSync } from "node:zlib";
import { acceptFor } from "../../src/client/websocket/handshake.ts";
import { closing, frameBytes, joined, type ServerFrame } from "../client/websocket/_peer.ts";
import { manyPrograms } from "../_support/many_programs.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { type RawConnection, startRawServer } from "../_support/raw_server.ts";

/** What a server does when it has been asked to switch; `accept` is what fits the key. */
type Behaviour = (connection: RawConnection, accept: string) => void | Promise<void>;

/** A behaviour, what it is called in the result, and what the command is told besides. */
type Case = readonly [
  what: string,
  behave: Behaviour,
  /** Errors of one connection by name; none: all is well. */
  error: string | undefined,
  words?: readonly string[],
];

/** A response that switches, with lines changed or added. */
function switching(accept: string, lines: Readonly<Record<string, string | null>> = {}): string {
  const all = { Upgrade: "websocket", Connection: "Upgrade", "Sec-WebSocket-Accept": accept, ...lines };
  const fields = Object.entries(all).flatMap(([name, value]) =>
    value === null ? [] : [`${name}: ${value}\r\n`]
  );
  return `HTTP/1.1 101 Switching Protocols\r\n${fields.join("")}\r\n`;
}

/** Switches as it should, then sends frames or bytes. */
function says(...parts: readonly (ServerFrame | Uint8Array)[]): Behaviour {
  return async (connection, accept) => {
    await connection.send(switching(accept));
    await connection.send(joined(parts.map((part) => part instanceof Uint8Array ? part : frameBytes(part))));
  };
}

/** The same, and then the connection ends. */
function saysAndEnds(...parts: readonly ServerFrame[]): Behaviour {
  return async (connection, accept) => {
    await says(...parts)(connection, accept);
    connection.end();
  };
}

const shakesWrong = (lines: Readonly<Record<string, string | null>>): Behaviour => (connection, accept) =>
  connection.send(switching(accept, lines));
const answers = (text: string): Behaviour => (connection) => connection.send(text);

const HELLO: ServerFrame = { opcode: 1, payload: "hello" };
const SHORT = ["--timeout", "300ms"] as const;
const REPLY = ["--ws-reply-timeout", "300ms"] as const;
const DEFLATE = ["--compressed"] as const;
const zipped = deflateRawSync(new Uint8Array(8_000_000), { finishFlush: 2 }).subarray(0, -4);
const inflating = (...frames: readonly ServerFrame[]): Behaviour => async (connection, accept) => {
  await connection.send(switching(accept, { "Sec-WebSocket-Extensions": "permessage-deflate" }));
  await connection.send(joined(frames.map(frameBytes)));
};

const CASES: readonly Case[] = [
  [
    "a page in place of a handshake",
    answers("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"),
    "ws_handshake",
  ],
  ["a refusal", answers("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"), "HTTP 403"],
  ["a redirect", answers("HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n"), "ws_handshake"],
  ["no Upgrade", shakesWrong({ Upgrade: null }), "ws_handshake"],
  ["another protocol", shakesWrong({ Upgrade: "h2c" }), "ws_handshake"],
  ["no Connection", shakesWrong({ Connection: null }), "ws_handshake"],
  ["an Accept of another key", shakesWrong({ "Sec-WebSocket-Accept": "AAAA" }), "ws_handshake"],
  ["no Accept", shakesWrong({ "Sec-WebSocket-Accept": null }), "ws_handshake"],
  ["a subprotocol that was not offered", shakesWrong({ "Sec-WebSocket-Protocol": "x" }), "ws_handshake"],
  [
    "an extension that was not offered",
    shakesWrong({ "Sec-WebSocket-Extensions": "permessage-deflate" }),
    "ws_handshake",
  ],
  ["an end before the handshake", (connection) => connection.end(), "no_response"],
  [
    "an end amid the handshake",
    (connection) => connection.end("HTTP/1.1 101 Switching\r\nUpgr"),
    "truncated",
  ],
  ["a reset in the handshake", (connection) => connection.reset(), "connection_reset"],
  ["silence in the handshake", () => {}, "connect_timeout", SHORT],
  ["another language", answers("220 mail.test ESMTP\r\n\r\n"), "not_http"],
  [
    "a head without end",
    (connection) => connection.send(`HTTP/1.1 101 X\r\nA: ${"x".repeat(300_000)}`),
    "head_too_large",
  ],
  ["a masked frame", says({ ...HELLO, mask: true }), "ws_protocol"],
  ["a reserved bit", says({ ...HELLO, reserved: 0x20 }), "ws_protocol"],
  ["compression that was not agreed on", says({ ...HELLO, reserved: 0x40 }), "ws_protocol"],
  ["an unknown opcode", says({ opcode: 3 }), "ws_protocol"],
  ["an unknown control opcode", says({ opcode: 11 }), "ws_protocol"],
  ["a fragmented ping", says({ opcode: 9, isPart: true }), "ws_protocol"],
  ["a ping of 126 bytes", says({ opcode: 9, payload: "x".repeat(126) }), "ws_protocol"],
  ["a continuation of nothing", says({ opcode: 0, payload: "x" }), "ws_protocol"],
  ["a message within a message", says({ ...HELLO, isPart: true }, HELLO), "ws_protocol"],
  ["a length in two bytes too many", says({ ...HELLO, lengthBytes: 2 }), "ws_protocol"],
  ["a length in eight bytes too many", says({ ...HELLO, lengthBytes: 8 }), "ws_protocol"],
  ["a negative length", says(new Uint8Array([0x82, 127, 0xff, 0, 0, 0, 0, 0, 0, 0])), "ws_protocol"],
  ["a close code that nobody may send", says({ opcode: 8, payload: closing(1005) }), "ws_protocol"],
  ["a close code of one byte", says({ opcode: 8, payload: "x" }), "ws_protocol"],
  ["a terabyte", says(new Uint8Array([0x82, 127, 0, 0, 1, 0, 0, 0, 0, 0])), "ws_too_large"],
  [
    "fragments without end",
    async (connection, accept) => {
      await connection.send(switching(accept));
      let isOpen = true;
      connection.closed.then(() => isOpen = false);
      const part = frameBytes({ opcode: 0, payload: new Uint8Array(500_000), isPart: true });
      await connection.send(frameBytes({ opcode: 2, payload: "x", isPart: true }));
      for (let i = 0; isOpen && i < 1000; i++) await connection.send(part);
    },
    "ws_too_large",
  ],
  ["a text that is not UTF-8", says({ opcode: 1, payload: new Uint8Array([0xc0, 0xaf]) }), "ws_utf8"],
  [
    "a text that ends amid a character",
    says({ opcode: 1, payload: new Uint8Array([0xe2, 0x82]) }),
    "ws_utf8",
  ],
  [
    "a character that its fragments break",
    says({ opcode: 1, payload: new Uint8Array([0xe2]), isPart: true }, { opcode: 0, payload: "xx" }),
    "ws_utf8",
  ],
  [
    "a reason that is not UTF-8",
    says({ opcode: 8, payload: closing(1000, new Uint8Array([0xff])) }),
    "ws_utf8",
  ],
  ["a flood of pings", says(...new Array<ServerFrame>(10_100).fill({ opcode: 9, payload: "x" })), "ws_flood"],
  [
    "a flood of empty fragments",
    says({ opcode: 1, isPart: true }, ...new Array<ServerFrame>(1100).fill({ opcode: 0, isPart: true })),
    "ws_flood",
  ],
  ["an end amid a frame", async (connection, accept) => {
    await connection.send(switching(accept));
    connection.end(frameBytes(HELLO).subarray(0, 4));
  }, "ws_cut"],
  ["an end without a close frame", saysAndEnds(), "ws_cut"],
  ["a reset", async (connection, accept) => {
    await connection.send(switching(accept));
    connection.reset();
  }, "connection_reset"],
  ["a close", saysAndEnds({ opcode: 8, payload: closing(1011, "no") }), "ws_closed"],
  ["a close without a code", saysAndEnds({ opcode: 8 }), "ws_closed"],
  ["no reply", says(), "timeout", REPLY],
  ["half a reply", says(frameBytes(HELLO).subarray(0, 4)), "timeout", REPLY],
  ["pings in place of a reply", says({ opcode: 9 }, { opcode: 9, payload: "x" }), "timeout", REPLY],
  ["what does not inflate", inflating({ ...HELLO, reserved: 0x40 }), "ws_deflate", DEFLATE],
  [
    "what inflates to too much",
    inflating({ opcode: 2, payload: zipped, reserved: 0x40 }),
    "ws_too_large",
    DEFLATE,
  ],
  ["a reply in bytes", async (connection, accept) => {
    await connection.sendInPieces(switching(accept));
    await connection.sendInPieces(frameBytes(HELLO));
  }, undefined],
];

/** Cases whose server never closes: a step would wait for that. */
const TARGET_ALONE: ReadonlySet<string> = new Set([
  "half a reply",
  "pings in place of a reply",
]);

/** Cases that are tried with a `ws://` target, too: there, another part of the program is in charge. */
const AS_TARGET: ReadonlySet<string> = new Set([
  "a page in place of a handshake",
  "a refusal",
  "a reset in the handshake",
  "a masked frame",
  "a terabyte",
  "a text that is not UTF-8",
  "a flood of pings",
  "an end amid a frame",
  "a close",
  "no reply",
  "what inflates to too much",
  ...TARGET_ALONE,
]);

function startHostile() {
  return startRawServer(async (connection, { head }) => {
    const number = Number(/^GET \/(\d+)/.exec(head)?.[1]);
    const key = /^sec-websocket-key: *(\S+)/im.exec(head)?.[1] ?? "";
    await CASES[number]?.[1](connection, await acceptFor(key));
  });
}

Deno.test("steps name what breaks the rules of WebSocket, over both kinds of sockets, and keep none of it", async () => {
  await using server = await startHostile();
  await using temp = await tempDir();
  const cases = CASES.filter(([what]) => !TARGET_ALONE.has(what));
  const steps = cases.map(([what, , , words = []]) => ({
    name: what,
    ws: `/${CASES.findIndex(([other]) => other === what)}`,
    timeout: words === SHORT ? "300ms" : "60s",
    compressed: words === DEFLATE,
    actions: [{ send: "hi" }, { expect: "*", timeout: words === REPLY ? "300ms" : "60s" }],
  }));
  const path = `${temp.path}/hostile.json`;
  const file = { name: "Hostile", base_url: `ws://127.0.0.1:${server.port}`, steps };
  await Deno.writeTextFile(path, JSON.stringify(file));
  const ended = await manyPrograms(["native", "platform"].map((sockets) => ({
    args: [
      ...["--scenario", path, "-c", "1", "--iterations", "1", "-t", "1", "--sockets", sockets],
      ...["--json", "-", "--no-progress"],
    ],
  })));
  const expected = cases.map(([what, , error]) => [what, error === undefined ? [] : [error]]);
  for (const { out, err } of ended) {
    assertStringIncludes(err, "a refusal: HTTP 403");
    const { series, step_stats: steps, client_health: health } = JSON.parse(out);
    assertEquals(Object.values(steps as Record<string, { count: number }>).length, cases.length);
    const found: readonly { readonly step: string; readonly error: string }[] = series.error_periods;
    const named = cases.map(([what]) => {
      const errors = found.filter(({ step }) => step === what).map(({ error }) => error);
      // A step says which of its messages did not come.
      // A reset that comes before the end of the handshake was read looks like an end.
      return [
        what,
        errors.map((error) =>
          error.startsWith("AssertMessage")
            ? "timeout"
            : what === "a reset" && error === "ws_cut"
            ? "connection_reset"
            : error
        ),
      ];
    });
    assertEquals(named, expected);
    // The step before it waited five seconds for its server to close: they are not this one's.
    assertLess(steps["what does not inflate"].max, 5);
    // Half a gigabyte was offered, and a terabyte announced.
    assertLess(health.peak_memory_bytes, 600_000_000);
  }
});

Deno.test("a run against a server that breaks the rules of WebSocket names what it did", async () => {
  await using server = await startHostile();
  const chosen = CASES.flatMap((one, number) => AS_TARGET.has(one[0]) ? [{ one, number }] : []);
  const ended = await manyPrograms(chosen.map(({ one, number }) => ({
    args: [
      ...[`ws://127.0.0.1:${server.port}/${number}`, "--ws-message", "hi", "--ws-expect-reply"],
      ...["-c", "1", "-n", "1", "-t", "1", "--json", "-", "--no-progress"],
      ...["--ws-close-timeout", "50ms", "--grace", "0s", ...one[3] ?? []],
    ],
  })));
  assertEquals(
    ended.map((
      { out, err },
      i,
    ) => [chosen[i]!.one[0], out === "" ? err : Object.keys(JSON.parse(out).error_types)]),
    chosen.map(({ one: [what, , error] }) => [what, error === undefined ? [] : [error]]),
  );
  assertEquals(ended.map(({ code }) => code), chosen.map(({ one }) => one[2] === undefined ? 0 : 1));
});
