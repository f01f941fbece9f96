/** Servers that mean ill: each is a failure with a name, and none of them makes the client keep more than it may. */
import { assert, assertEquals, assertLess } from "@std/assert";
import { deflateRawSync } from "node:zlib";
import { FAILURE_KINDS } from "../../../src/metrics/failure.ts";
import { WebSocketConnection } from "../../../src/client/websocket/connection.ts";
import { MemorySocket } from "../../_support/memory_socket.ts";
import { closing, converse, frameBytes, joined, nothingYet } from "./_peer.ts";

const TERMS = { serverForgets: false };

function nameOf(failure: number): string {
  return FAILURE_KINDS[failure]!.name;
}

Deno.test("a message that is announced as too large fails before it comes", async () => {
  const head = frameBytes({ opcode: 2, payload: new Uint8Array(2000) }).subarray(0, 4);
  const { end, sent } = await converse(head, { maxMessageBytes: 1000 });
  assertEquals(nameOf(end.failure), "ws_too_large");
  assertEquals([...sent.at(-1)!.payload], [...closing(1009)]);
});

Deno.test("a message whose fragments add up to too much fails", async () => {
  const part = frameBytes({ opcode: 0, payload: new Uint8Array(600), isPart: true });
  const bytes = joined([frameBytes({ opcode: 2, payload: new Uint8Array(600), isPart: true }), part, part]);
  assertEquals(nameOf((await converse(bytes, { maxMessageBytes: 1000 })).end.failure), "ws_too_large");
});

for (
  const [what, frame, failure] of [
    ["a masked frame", { opcode: 1, payload: "hello", mask: true }, "ws_protocol"],
    ["a close code that nobody may send", { opcode: 8, payload: closing(1005) }, "ws_protocol"],
    ["a close code of one byte", { opcode: 8, payload: "x" }, "ws_protocol"],
    ["a reason that is not UTF-8", { opcode: 8, payload: closing(1000, new Uint8Array([0xff])) }, "ws_utf8"],
  ] as const
) {
  Deno.test(`after ${what} the client lets go of a connection that the server keeps open`, async () => {
    const { end } = await converse(frameBytes(frame), { staysOpen: true });
    assertEquals(nameOf(end.failure), failure);
  });
}

Deno.test("a length of more than 2^63 bytes fails", async () => {
  const bytes = new Uint8Array([0x82, 127, 0xff, 0, 0, 0, 0, 0, 0, 1]);
  assertEquals(nameOf((await converse(bytes)).end.failure), "ws_protocol");
});

Deno.test("endless fragments without content fail", async () => {
  const part = frameBytes({ opcode: 0, isPart: true });
  const bytes = joined([frameBytes({ opcode: 1, isPart: true }), ...new Array(1200).fill(part)]);
  assertEquals(nameOf((await converse(bytes)).end.failure), "ws_flood");
});

Deno.test("endless pings fail", async () => {
  const bytes = joined(new Array(10_100).fill(frameBytes({ opcode: 9, payload: "ping" })));
  assertEquals(nameOf((await converse(bytes)).end.failure), "ws_flood");
});

Deno.test("of pings that come while nothing can be written, few are answered", async () => {
  const socket = new MemorySocket();
  const unblock = Promise.withResolvers<void>();
  socket.blocked = unblock.promise;
  const connection = new WebSocketConnection(socket, { deflate: null, ...nothingYet() }, {
    maxMessageBytes: 1000,
    keepsMessages: false,
    isAlone: false,
    closeTimeoutMs: 1000,
    user: { takeMessage: () => false, takePong() {}, ended() {} },
  });
  for (let i = 0; i < 1000; i++) socket.give(frameBytes({ opcode: 9, payload: `${i}` }));
  const done = connection.run();
  // All of them are read before anything more can be written.
  while (connection.bytesReceived < 4890) await new Promise((resolve) => setTimeout(resolve, 1));
  socket.blocked = null;
  unblock.resolve();
  await new Promise((resolve) => setTimeout(resolve, 5));
  socket.give(null);
  await done;
  assertLess(socket.writes.length, 20);
});

Deno.test("an end without a close frame is told from one with it", async () => {
  const { end } = await converse(frameBytes({ opcode: 1, payload: "Hello" }));
  assertEquals([nameOf(end.failure), end.code], ["ws_cut", 1006]);
  const amid = await converse(frameBytes({ opcode: 1, payload: "Hello" }).subarray(0, 4));
  assertEquals(nameOf(amid.end.failure), "ws_cut");
});

Deno.test("compressed messages are undone, with what they refer to in earlier ones", async () => {
  const one = "hello hello hello world ".repeat(20);
  const compressed = (text: string) => {
    const flushed = deflateRawSync(new TextEncoder().encode(text), { finishFlush: 2 });
    return flushed.subarray(0, flushed.length - 4);
  };
  const bytes = joined([
    frameBytes({ opcode: 1, payload: compressed(one), reserved: 0x40 }),
    frameBytes({ opcode: 1, payload: "plain" }),
    frameBytes({ opcode: 1, payload: compressed("another"), reserved: 0x40 }),
    frameBytes({ opcode: 8, payload: closing(1000) }),
  ]);
  const { messages, end } = await converse(bytes, { deflate: TERMS });
  assertEquals(nameOf(end.failure), "none");
  assertEquals(messages.map(({ bytes }) => new TextDecoder().decode(bytes)), [one, "plain", "another"]);
});

Deno.test("a message that is not what its compression says fails, and so does a bomb", async () => {
  const rubbish = frameBytes({ opcode: 1, payload: new Uint8Array([7, 7, 7, 7]), reserved: 0x40 });
  assertEquals(nameOf((await converse(rubbish, { deflate: TERMS })).end.failure), "ws_deflate");
  const flushed = deflateRawSync(new Uint8Array(10_000_000), { finishFlush: 2 });
  assert(flushed.length < 20_000);
  const bomb = frameBytes({ opcode: 2, payload: flushed.subarray(0, flushed.length - 4), reserved: 0x40 });
  const { end } = await converse(bomb, { deflate: TERMS, maxMessageBytes: 1_000_000 });
  assertEquals(nameOf(end.failure), "ws_too_large");
});

Deno.test("a server that never answers a close frame is waited for no longer than allowed", async () => {
  const socket = new MemorySocket();
  const ends: number[] = [];
  const connection = new WebSocketConnection(socket, { deflate: null, ...nothingYet() }, {
    maxMessageBytes: 1000,
    keepsMessages: false,
    isAlone: false,
    closeTimeoutMs: 30,
    user: { takeMessage: () => false, takePong() {}, ended: ({ code }) => ends.push(code) },
  });
  const running = connection.run();
  await connection.close();
  await running;
  assertEquals([ends, socket.isClosed], [[1006], true]);
});
