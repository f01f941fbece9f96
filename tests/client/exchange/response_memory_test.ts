/** The last response is known again by its bytes, all of them. */
import { assertEquals } from "@std/assert";
import { ResponseMemory } from "../../../src/client/exchange/response_memory.ts";
import { HTTP_1_1 } from "../../../src/metrics/protocols.ts";

const PARSED = {
  status: 201,
  protocol: HTTP_1_1,
  bodyBytes: 3,
  declaredLength: 3,
  setsCookie: false,
  isCoded: false,
  hasOtherCharset: true,
};

/** A read buffer that begins with these bytes, and its words. */
function bufferWith(bytes: Uint8Array): readonly [Int32Array, Uint8Array] {
  const words = new Int32Array(1024);
  const buffer = new Uint8Array(words.buffer).fill(0xff);
  buffer.set(bytes);
  return [words, buffer];
}

Deno.test("ResponseMemory tells every difference of one byte, at every length", () => {
  for (let length = 1; length <= 9; length++) {
    const memory = new ResponseMemory();
    const bytes = Uint8Array.from({ length }, (_, i) => i + 1);
    const [words, buffer] = bufferWith(bytes);
    memory.remember(buffer, length, PARSED);
    assertEquals(memory.matches(words, buffer, length), true, `${length}`);
    assertEquals(memory.matches(words, buffer, length + 1), false, `${length} and one more`);
    for (let i = 0; i < length; i++) {
      const [otherWords, other] = bufferWith(bytes.with(i, 200));
      assertEquals(memory.matches(otherWords, other, length), false, `${length}, byte ${i}`);
    }
  }
});

Deno.test("ResponseMemory knows nothing at first, and does not keep what is too long", () => {
  const memory = new ResponseMemory();
  const [words, buffer] = bufferWith(new Uint8Array(3000));
  assertEquals(memory.matches(words, buffer, 3000), false);
  memory.remember(buffer, 3000, PARSED);
  assertEquals([memory.matches(words, buffer, 3000), memory.status], [false, 0]);
});

Deno.test("ResponseMemory says what the last response meant", () => {
  const memory = new ResponseMemory();
  const [words, long] = bufferWith(Uint8Array.from({ length: 40 }, () => 7));
  memory.remember(long, 40, { ...PARSED, status: 200 });
  const [, short] = bufferWith(Uint8Array.of(1, 2));
  memory.remember(short, 2, PARSED);
  assertEquals(memory.matches(words, long, 40), false);
  const { status, bodyBytes, declaredLength, protocol, setsCookie, isCoded, hasOtherCharset } = memory;
  assertEquals(
    { status, bodyBytes, declaredLength, protocol, setsCookie, isCoded, hasOtherCharset },
    PARSED,
  );
});

Deno.test("ResponseMemory gives up on a server that never says the same, and tries again now and then", () => {
  const memory = new ResponseMemory();
  const kept = new Set<number>();
  for (let i = 0; i < 640; i++) {
    const [words, buffer] = bufferWith(Uint8Array.of(1, i >> 8, i & 255));
    memory.remember(buffer, 3, { ...PARSED, status: i });
    kept.add(memory.status);
    assertEquals(memory.matches(words, bufferWith(Uint8Array.of(2, 2, 2))[1], 3), false);
  }
  assertEquals(kept.size, 8 + 10);
});

Deno.test("ResponseMemory knows a response by its beginning, when more is to come", () => {
  const memory = new ResponseMemory();
  const bytes = Uint8Array.from({ length: 11 }, (_, i) => i + 1);
  const [words, buffer] = bufferWith(bytes);
  assertEquals(memory.isBegun(words, 4), false, "nothing is remembered");
  memory.remember(buffer, 11, PARSED);
  for (let length = 1; length <= 10; length++) {
    assertEquals(memory.isBegun(words, length), true, `${length}`);
    for (let i = 0; i < length >> 2 << 2; i++) {
      const [otherWords] = bufferWith(bytes.with(i, 200));
      assertEquals(memory.isBegun(otherWords, length), false, `${length}, byte ${i}`);
    }
  }
  for (const length of [11, 12, 100]) assertEquals(memory.isBegun(words, length), false, `${length}`);
});
