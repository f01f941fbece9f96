/** The HPACK decoder against the examples of RFC 7541, random blocks and another encoder. */
import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import fc from "fast-check";
import { assert, assertEquals, assertGreater, assertLessOrEqual } from "@std/assert";
import { FLAG, FRAME, PREFACE } from "../../../src/client/http2/frames.ts";
import { HpackDecoder } from "../../../src/client/http2/hpack_decoder.ts";
import { decodeFields, frameBytes } from "../../_support/frame_server.ts";
import { encodeFields, indexed, integer, tableSize, type TestField } from "../../_support/hpack_encoder.ts";
import { fuzzRuns } from "../../_support/fuzz.ts";

/** The response and request sequences of RFC 7541, appendix C: each block builds on those before it. */
const RFC_SEQUENCES: readonly {
  readonly title: string;
  /** The examples with responses suppose a table of 256 bytes. */
  readonly tableBytes?: number;
  readonly blocks: readonly (readonly [hex: string, fields: string, tableBytes: number])[];
}[] = [
  {
    title: "C.2.1 literal with indexing",
    blocks: [["400a637573746f6d2d6b65790d637573746f6d2d686561646572", "custom-key: custom-header", 55]],
  },
  {
    title: "C.2.2 literal without indexing",
    blocks: [["040c2f73616d706c652f70617468", ":path: /sample/path", 0]],
  },
  {
    title: "C.2.3 literal never indexed",
    blocks: [["100870617373776f726406736563726574", "password: secret", 0]],
  },
  { title: "C.2.4 indexed", blocks: [["82", ":method: GET", 0]] },
  {
    title: "C.3 requests without Huffman code",
    blocks: [
      [
        "828684410f7777772e6578616d706c652e636f6d",
        ":method: GET|:scheme: http|:path: /|:authority: www.example.com",
        57,
      ],
      [
        "828684be58086e6f2d6361636865",
        ":method: GET|:scheme: http|:path: /|:authority: www.example.com|cache-control: no-cache",
        110,
      ],
      [
        "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565",
        ":method: GET|:scheme: https|:path: /index.html|:authority: www.example.com|custom-key: custom-value",
        164,
      ],
    ],
  },
  {
    title: "C.4 requests with Huffman code",
    blocks: [
      [
        "828684418cf1e3c2e5f23a6ba0ab90f4ff",
        ":method: GET|:scheme: http|:path: /|:authority: www.example.com",
        57,
      ],
      [
        "828684be5886a8eb10649cbf",
        ":method: GET|:scheme: http|:path: /|:authority: www.example.com|cache-control: no-cache",
        110,
      ],
      [
        "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
        ":method: GET|:scheme: https|:path: /index.html|:authority: www.example.com|custom-key: custom-value",
        164,
      ],
    ],
  },
  {
    title: "C.5 responses without Huffman code",
    tableBytes: 256,
    blocks: [
      [
        "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d54" +
        "6e1768747470733a2f2f7777772e6578616d706c652e636f6d",
        ":status: 302|cache-control: private|date: Mon, 21 Oct 2013 20:13:21 GMT|location: https://www.example.com",
        222,
      ],
      [
        "4803333037c1c0bf",
        ":status: 307|cache-control: private|date: Mon, 21 Oct 2013 20:13:21 GMT|location: https://www.example.com",
        222,
      ],
      [
        "88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48" +
        "514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31",
        ":status: 200|cache-control: private|date: Mon, 21 Oct 2013 20:13:22 GMT|location: https://www.example.com|" +
        "content-encoding: gzip|set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
        215,
      ],
    ],
  },
  {
    title: "C.6 responses with Huffman code",
    tableBytes: 256,
    blocks: [
      [
        "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3",
        ":status: 302|cache-control: private|date: Mon, 21 Oct 2013 20:13:21 GMT|location: https://www.example.com",
        222,
      ],
      [
        "4883640effc1c0bf",
        ":status: 307|cache-control: private|date: Mon, 21 Oct 2013 20:13:21 GMT|location: https://www.example.com",
        222,
      ],
      [
        "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f36" +
        "72c1ab270fb5291f9587316065c003ed4ee5b1063d5007",
        ":status: 200|cache-control: private|date: Mon, 21 Oct 2013 20:13:22 GMT|location: https://www.example.com|" +
        "content-encoding: gzip|set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
        215,
      ],
    ],
  },
];

for (const { title, tableBytes, blocks } of RFC_SEQUENCES) {
  Deno.test(`HpackDecoder reads RFC 7541, ${title}`, () => {
    const decoder = new HpackDecoder();
    if (tableBytes !== undefined) decodeFields(decoder, Uint8Array.from(tableSize(tableBytes)));
    for (const [hex, fields, bytesAfter] of blocks) {
      const read = decodeFields(decoder, Uint8Array.from(hex.match(/../g)!, (byte) => parseInt(byte, 16)));
      assertEquals(read.map(([name, value]) => `${name}: ${value}`).join("|"), fields);
      assertEquals(decoder.tableBytes, bytesAfter);
    }
  });
}

const text = fc.array(fc.nat(255), { maxLength: 60 }).map((bytes) => String.fromCharCode(...bytes));
const anyField = fc.tuple(
  fc.oneof(fc.constantFrom("server", "date", "set-cookie", "x"), text),
  text,
  fc.record({ form: fc.constantFrom("incremental", "plain", "never"), huffman: fc.boolean() }),
) as fc.Arbitrary<TestField>;

Deno.test("HpackDecoder reads any fields in any literal form, and again by their place in the table", () => {
  fc.assert(
    fc.property(fc.array(anyField, { maxLength: 10 }), (fields) => {
      const decoder = new HpackDecoder();
      assertEquals(decodeFields(decoder, encodeFields(fields)), fields.map(([name, value]) => [name, value]));
      const stored = fields.filter(([, , how]) => how!.form === "incremental").toReversed();
      const bytes = Uint8Array.from(stored.flatMap((_, at) => indexed(62 + at)));
      assertEquals(decodeFields(decoder, bytes), stored.map(([name, value]) => [name, value]));
      assertEquals(decoder.isContextFree, stored.length === 0);
    }),
    { numRuns: 300 },
  );
});

Deno.test("HpackDecoder keeps its table within 4096 bytes and drops the oldest first", () => {
  const decoder = new HpackDecoder();
  for (let i = 0; i < 200; i++) {
    decodeFields(decoder, encodeFields([[`x-${i}`, "y".repeat(100), { form: "incremental" }]]));
    assertLessOrEqual(decoder.tableBytes, 4096);
  }
  assertEquals(decodeFields(decoder, Uint8Array.from(indexed(62)))[0]![0], "x-199");
  decodeFields(decoder, encodeFields([["large", "y".repeat(5000), { form: "incremental" }]]));
  assertEquals(decoder.tableBytes, 0);
});

Deno.test("HpackDecoder with a table of size 0 reads fields that want to be indexed, each block on its own", () => {
  const decoder = new HpackDecoder();
  decodeFields(decoder, Uint8Array.from(tableSize(0)));
  assertEquals(decoder.isContextFree, false);
  assertEquals(decodeFields(decoder, encodeFields([["a", "b", { form: "incremental" }]])), [["a", "b"]]);
  assertEquals([decoder.isContextFree, decoder.tableBytes], [true, 0]);
});

Deno.test("HpackDecoder reads integers of every length", () => {
  for (const value of [0, 1, 30, 31, 127, 128, 254, 255, 256, 1337, 16_383, 16_384, 70_000]) {
    const decoder = new HpackDecoder();
    const block = Uint8Array.from([...integer(0, 4, 0), ...integer(1, 7, 0), 97, ...integer(value, 7, 0)]);
    const whole = new Uint8Array(block.length + value).fill(98);
    whole.set(block);
    assertEquals(decodeFields(decoder, whole)[0]![1].length, value);
  }
});

Deno.test("HpackDecoder ends on any bytes, never reads past them and reports what it cannot read", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 }), (blocks) => {
      const decoder = new HpackDecoder();
      for (const block of blocks) {
        const buffer = new Uint8Array(block.length + 50).fill(0x82);
        buffer.set(block, 25);
        decoder.begin(buffer, 25, 25 + block.length);
        let fields = 0;
        while (decoder.next()) {
          fields++;
          assert(
            decoder.nameEnd <= decoder.nameBytes.length && decoder.valueEnd <= decoder.valueBytes.length,
          );
          if (decoder.valueBytes === buffer) assertLessOrEqual(decoder.valueEnd, 25 + block.length);
        }
        assertLessOrEqual(fields, block.length);
        assertLessOrEqual(decoder.tableBytes, 4096);
        assertEquals(decoder.next(), false);
        if (decoder.problem !== "") return;
      }
    }),
    { numRuns: fuzzRuns(5000) },
  );
});

Deno.test("HpackDecoder understands nghttp2's encoder, dynamic table, evictions and Huffman code included", async () => {
  const values = [
    ...Array.from({ length: 60 }, (_, i) => `value ${i} ${"abc?/%".repeat(i)}`),
    // Every character that a field value may have.
    String.fromCharCode(...Array.from({ length: 95 }, (_, i) => 32 + i)).trim(),
    ...Array.from({ length: 128 }, (_, i) => `\xe9${String.fromCharCode(128 + i)}x`),
  ];
  const server = createServer();
  let number = 0;
  server.on("stream", (stream: { respond(headers: object): void; end(): void }) => {
    const value = values[number++ % values.length]!;
    stream.respond({
      ":status": 200 + number % 100,
      "x-turn": value,
      "x-same": "always",
      "content-type": "text/plain",
    });
    stream.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const decoder = new HpackDecoder();
  const seen: string[] = [];
  let arrived: Uint8Array = new Uint8Array(0);
  const { promise: done, resolve } = Promise.withResolvers<void>();
  const request = encodeFields([[":method", "GET"], [":scheme", "http"], [":path", "/"], [
    ":authority",
    "x",
  ]]);
  const ask = (stream: number) =>
    socket.write(frameBytes(FRAME.headers, FLAG.endHeaders | FLAG.endStream, stream, request));
  socket.on("data", (data: Uint8Array) => {
    const all = new Uint8Array(arrived.length + data.length);
    all.set(arrived);
    all.set(data, arrived.length);
    arrived = all;
    while (arrived.length >= 9) {
      const end = 9 + (arrived[0]! << 16 | arrived[1]! << 8 | arrived[2]!);
      if (arrived.length < end) return;
      if (arrived[3] === FRAME.headers) {
        const fields = decodeFields(decoder, arrived.slice(9, end));
        const read = new Map(fields);
        assertEquals(read.get(":status"), String(200 + (seen.length + 1) % 100));
        assertEquals(read.get("x-same"), "always");
        seen.push(read.get("x-turn")!);
        if (seen.length === values.length) resolve();
        else ask(seen.length * 2 + 1);
      }
      arrived = arrived.subarray(end);
    }
  });
  socket.write(PREFACE);
  socket.write(frameBytes(FRAME.settings, 0, 0));
  ask(1);
  await done;
  socket.destroy();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  assertEquals(seen, values);
  assertGreater(decoder.tableBytes, 3000, "the server was to fill its table");
});
