/** What is kept of bodies: the start, up to a limit, from one response to the next. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { BodyBuffer } from "../../../src/client/exchange/body_buffer.ts";

Deno.test("BodyBuffer keeps the first bytes, however they come", () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 9000 }), { maxLength: 8 });
  fc.assert(fc.property(pieces, fc.integer({ min: 0, max: 20_000 }), (parts, max) => {
    const buffer = new BodyBuffer(max);
    // A sink is handed a stretch of a larger buffer.
    for (const part of parts) buffer.append(Uint8Array.from([1, ...part, 2]), 1, part.length + 1);
    const whole = Uint8Array.from(parts.flatMap((part) => [...part]));
    assertEquals(buffer.bytes(), whole.subarray(0, max));
  }));
});

Deno.test("BodyBuffer begins anew for the next body", () => {
  const buffer = new BodyBuffer(4);
  buffer.append(Uint8Array.of(1, 2, 3, 4, 5), 0, 5);
  buffer.clear();
  assertEquals(buffer.bytes().length, 0);
  buffer.append(Uint8Array.of(6), 0, 1);
  assertEquals([...buffer.bytes()], [6]);
});
