/** Frames are read alike however their bytes arrive. */
import fc from "fast-check";
import { assertEquals, assertLessOrEqual } from "@std/assert";
import { FLAG, FRAME } from "../../../src/client/http2/frames.ts";
import { type FrameHandler, FrameReader, MAX_KEPT_BYTES } from "../../../src/client/http2/frame_reader.ts";
import { ReadBuffer } from "../../../src/client/http2/read_buffer.ts";
import { frameBytes } from "../../_support/frame_server.ts";
import { fuzzRuns } from "../../_support/fuzz.ts";

/** Writes down what it is told; bytes of one DATA frame are joined. */
class Scribe implements FrameHandler {
  isClosed = false;
  readonly events: string[] = [];
  #data: number[] = [];

  frame(
    head: { type: number; flags: number; stream: number },
    payload: Parameters<FrameHandler["frame"]>[1],
  ): void {
    const bytes = [...payload.buffer.subarray(payload.from, payload.to)];
    this.events.push(`${head.type} ${head.flags} ${head.stream} [${bytes}]`);
  }
  dataBegins(stream: number, length: number): void {
    this.#data = [];
    this.events.push(`data ${stream} ${length}`);
  }
  dataContinues(buffer: Uint8Array, from: number, to: number): void {
    this.#data.push(...buffer.subarray(from, to));
  }
  dataEnds(isLast: boolean): void {
    this.events.push(`end ${isLast} [${this.#data}]`);
  }
  broken(code: number): void {
    this.isClosed = true;
    this.events.push(`broken ${code}`);
  }
}

/** Reads bytes in pieces of the given sizes, in turn, through a buffer as a connection has it. */
function eventsOf(bytes: Uint8Array, sizes: readonly number[]): readonly string[] {
  const scribe = new Scribe();
  const reader = new FrameReader(scribe);
  const buffer = new ReadBuffer();
  for (let at = 0, turn = 0; at < bytes.length && !scribe.isClosed; turn++) {
    const free = buffer.free();
    const count = Math.min(free.length, bytes.length - at, sizes[turn % sizes.length]!);
    free.set(bytes.subarray(at, at + count));
    at += count;
    const end = buffer.filled(count);
    const used = reader.push(buffer.bytes, end);
    if (!scribe.isClosed) assertLessOrEqual(end - used, MAX_KEPT_BYTES);
    buffer.used(used);
  }
  return scribe.events;
}

const anyFrame = fc.tuple(
  fc.constantFrom(...Object.values(FRAME), 77),
  fc.nat(255),
  fc.nat(9),
  fc.uint8Array({ maxLength: 40 }),
).map(([type, flags, stream, payload]) => frameBytes(type, flags, stream, payload));

const manyBytes = fc.tuple(
  fc.array(anyFrame, { maxLength: 8 }),
  fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 3 }),
).map(([frames, changes]) => {
  const bytes = new Uint8Array(frames.reduce((sum, { length }) => sum + length, 0));
  frames.reduce((at, frame) => {
    bytes.set(frame, at);
    return at + frame.length;
  }, 0);
  for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
  return bytes;
});

Deno.test("FrameReader reads the same from any bytes, however they are cut", () => {
  fc.assert(
    fc.property(
      manyBytes,
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 }),
      (bytes, sizes) => {
        const whole = eventsOf(bytes, [1_000_000]);
        assertEquals(eventsOf(bytes, sizes), whole);
        assertEquals(eventsOf(bytes, [1]), whole);
      },
    ),
    { numRuns: fuzzRuns(3000) },
  );
});

Deno.test("FrameReader hands on frames of every size up to 16 KiB, behind each other", () => {
  const frames: Uint8Array[] = [];
  const expected: string[] = [];
  for (const size of [0, 1, 4087, 4096, 16_383, 16_384, 16_384, 5]) {
    const payload = new Uint8Array(size).fill(size % 251);
    frames.push(frameBytes(FRAME.headers, 4, 1, payload), frameBytes(FRAME.data, FLAG.endStream, 3, payload));
    expected.push(`1 4 1 [${payload}]`, `data 3 ${size}`, `end true [${payload}]`);
  }
  const bytes = new Uint8Array(frames.reduce((sum, { length }) => sum + length, 0));
  frames.reduce((at, frame) => {
    bytes.set(frame, at);
    return at + frame.length;
  }, 0);
  for (const size of [7, 1000, 4096, 1_000_000]) assertEquals(eventsOf(bytes, [size]), expected);
});

Deno.test("FrameReader leaves out padding", () => {
  const padded = frameBytes(FRAME.data, FLAG.padded | FLAG.endStream, 1, [3, 65, 66, 0, 0, 0]);
  for (const size of [1, 2, 100]) assertEquals(eventsOf(padded, [size]), ["data 1 6", "end true [65,66]"]);
  const onlyPadding = frameBytes(FRAME.data, FLAG.padded, 1, [2, 0, 0]);
  assertEquals(eventsOf(onlyPadding, [1]), ["data 1 3", "end false []"]);
});
