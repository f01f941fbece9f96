/** Messages cut in parts, by random and hostile cuts. */
import { MAX_FRAME_CHARS } from "../../../src/lib/size_limits.ts";
import { Buffer } from "node:buffer";
import { assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import type { Writable } from "node:stream";
// @ts-types="@types/ws"
import * as webSockets from "ws";
import { Link } from "../../../src/fleet/transport/link.ts";
import { signatureOf } from "../../../src/fleet/transport/secret.ts";
import { type Transport, TransportEvents } from "../../../src/fleet/transport/transport.ts";
import { MESSAGE_LIMITS } from "../../../src/fleet/transport/websocket_transport.ts";
import { GuardedConnection } from "../../../src/lib/net/guarded_connection.ts";
import { fuzzRuns } from "../../_support/fuzz.ts";

/** The package exports it; its types do not. */
const { Receiver } = webSockets as unknown as { Receiver: new (options: unknown) => Writable };

const RUNS = { numRuns: fuzzRuns(20_000), seed: 1 };

/** A frame of RFC 6455, masked with zeros. */
function frameOf(opcode: number, isFinal: boolean, payload: Uint8Array): Uint8Array {
  const size = payload.length > 125 ? [126, payload.length >> 8, payload.length & 255] : [payload.length];
  const [first, ...rest] = size;
  return Uint8Array.from([(isFinal ? 0x80 : 0) | opcode, 0x80 | first!, ...rest, 0, 0, 0, 0, ...payload]);
}

/** What the reader of a port makes of bytes: messages, and what was wrong with the rest. */
function read(pieces: readonly Uint8Array[]): { readonly messages: string[]; readonly problem?: string } {
  const messages: string[] = [];
  let problem: string | undefined;
  const receiver = new Receiver({
    isServer: true,
    maxPayload: MESSAGE_LIMITS.maxPayload,
    maxFragments: MESSAGE_LIMITS.maxFragments,
    allowSynchronousEvents: true,
  });
  receiver.on("message", (data: Buffer) => messages.push(data.toString()));
  receiver.on("error", (error: Error) => problem = error.message);
  for (const piece of pieces) if (problem === undefined) receiver.write(Buffer.from(piece));
  return { messages, ...(problem !== undefined && { problem }) };
}

const texts = fc.array(fc.string({ maxLength: 5 }), { maxLength: 80 });

Deno.test("fragments make the message that was cut, and too many of them none", () => {
  fc.assert(
    fc.property(texts, fc.nat(200), (parts, cutAt) => {
      const encoder = new TextEncoder();
      const frames = parts.map((part, i) =>
        frameOf(i === 0 ? 1 : 0, i === parts.length - 1, encoder.encode(part))
      );
      const bytes = Uint8Array.from(frames.flatMap((frame) => [...frame]));
      // However the network cuts it.
      const at = Math.min(cutAt, bytes.length);
      const { messages, problem } = read([bytes.subarray(0, at), bytes.subarray(at)]);
      if (parts.length > MESSAGE_LIMITS.maxFragments) {
        assertEquals([messages, typeof problem], [[], "string"]);
      } else assertEquals([messages, problem], [parts.length === 0 ? [] : [parts.join("")], undefined]);
    }),
    RUNS,
  );
});

Deno.test("frames of anything are read as messages or refused, never more than was sent", () => {
  const frames = fc.tuple(fc.nat(15), fc.boolean(), fc.uint8Array({ maxLength: 10, size: "max" })).map((
    given,
  ) => frameOf(...given));
  const noise = fc.uint8Array({ maxLength: 10, size: "max" });
  fc.assert(
    fc.property(fc.array(fc.oneof({ weight: 4, arbitrary: frames }, noise), { maxLength: 5 }), (pieces) => {
      const sent = pieces.reduce((sum, { length }) => sum + length, 0);
      const { messages } = read(pieces);
      assertLessOrEqual(messages.join("").length, sent);
    }),
    RUNS,
  );
});

Deno.test("a stranger's bytes are taken up to the limit, in whatever pieces they come", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(300), { maxLength: 12 }), fc.nat(1500), async (sizes, limit) => {
      const left = [...sizes.filter((size) => size > 0)];
      const connection = new GuardedConnection({
        read: (buffer) => {
          const size = left.shift();
          if (size !== undefined) buffer.fill(1, 0, size);
          return Promise.resolve(size ?? null);
        },
        write: (bytes) => Promise.resolve(bytes.length),
        close: () => {},
      }, limit);
      let taken = 0;
      connection.on("data", (chunk: Uint8Array) => taken += chunk.length);
      await new Promise((resolve) => connection.once("end", resolve).once("close", resolve));
      const sent = sizes.reduce((sum, size) => sum + size, 0);
      assertLessOrEqual(taken, limit);
      if (sent <= limit) assertEquals(taken, sent);
      connection.destroy();
    }),
    RUNS,
  );
});

Deno.test("parts of a link's message make the message, or end the link: none is kept without end", () => {
  const KEY = "key";
  const full = "x".repeat(MAX_FRAME_CHARS);
  const parts = fc.record({
    text: fc.oneof(fc.constant(full), fc.constant(""), fc.string({ maxLength: 5 })),
    isLast: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 6 }), (given) => {
      const events = new TransportEvents();
      const transport: Transport = {
        ...{ peer: "x", isLossy: false, send: () => {}, trust: () => {} },
        ...{ onFrame: events.onFrame, onEnd: events.onEnd, close: events.end },
      };
      const maxChars = 2 * MAX_FRAME_CHARS;
      const link = new Link(transport, { role: "master", key: KEY, timeoutMs: 60_000, maxChars });
      const messages: string[] = [];
      link.onMessage((text) => messages.push(text));
      const expected: string[] = [];
      let open = "";
      let isOver = false;
      given.forEach(({ text, isLast }, i) => {
        const signed = `D ${i + 1} 0 ${isLast ? 0 : 1}\n${text}`;
        events.frame(`${signatureOf(KEY, "node", signed)}\n${signed}`);
        if (isOver) return;
        open += text;
        isOver = open.length > maxChars || (!isLast && text !== full);
        if (!isOver && isLast) {
          expected.push(open);
          open = "";
        }
      });
      assertEquals([messages.length, messages.every((text, i) => text === expected[i])], [
        expected.length,
        true,
      ]);
      assertEquals(events.isOver, isOver);
      link.close("done");
    }),
    // Each part of a full length is signed twice.
    { numRuns: 500, seed: 1 },
  );
});
