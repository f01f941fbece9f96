/** Messages between JSON and the wire: against protobufjs, in both directions, and what does not fit is told with its place. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import protobuf from "protobufjs";
import { MessageDecoder } from "../../src/protobuf/decode_message.ts";
import { MessageEncoder } from "../../src/protobuf/encode_message.ts";
import { MessageError } from "../../src/protobuf/message_error.ts";
import { readProtos } from "../../src/protobuf/read_protos.ts";
import { sampleMessage } from "../../src/protobuf/sample_message.ts";
import { MalformedMessageError } from "../../src/protobuf/message_reader.ts";
import { MessageWriter } from "../../src/protobuf/message_writer.ts";

const PROTO = `syntax = "proto3";
package shop;
import "google/protobuf/timestamp.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/wrappers.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/any.proto";
enum Color { NONE = 0; RED = 1; BLUE = 5; OLD = -1; }
message Inner { string name = 1; Inner next = 2; }
message Numbers {
  double a = 1; float b = 2; int32 c = 3; int64 d = 4; uint32 e = 5; uint64 f = 6; sint32 g = 7; sint64 h = 8;
  fixed32 i = 9; fixed64 j = 10; sfixed32 k = 11; sfixed64 l = 12; bool m = 13; string n = 14; bytes o = 15;
  repeated int32 p = 16; repeated string q = 17; map<string, int32> r = 18; map<int64, string> s = 19;
  Inner t = 20; Color u = 21; repeated Color v = 22; optional int32 w = 23; repeated Inner x = 2047;
}
message Known {
  google.protobuf.Timestamp at = 1; google.protobuf.Duration for = 2; google.protobuf.Struct any_object = 3;
  google.protobuf.StringValue text = 4; google.protobuf.Int64Value number = 5; google.protobuf.FieldMask mask = 6;
  google.protobuf.Value value = 7; google.protobuf.Any more = 8; google.protobuf.NullValue nothing = 9;
  repeated google.protobuf.Timestamp times = 10; oneof one { string unit_price = 11; int32 other = 12; }
}
service Shop { rpc Get(Numbers) returns (Known); rpc Watch(stream Inner) returns (stream Inner); }
`;

const schema = await readProtos({
  files: ["shop.proto"],
  folders: [],
  readText: (path) => Promise.resolve(path === "shop.proto" ? PROTO : undefined),
});
const types = schema.typesOf(["shop.Numbers", "shop.Known"]);
const encoder = new MessageEncoder(types);
const decoder = new MessageDecoder(types);

function encode(type: string, value: unknown, isFilled = false): Uint8Array {
  const writer = new MessageWriter();
  writer.begin();
  encoder.encode(type, value, writer, isFilled);
  return writer.written().slice();
}

const root = new protobuf.Root();
for (const name of ["timestamp", "duration", "struct", "wrappers", "field_mask", "any"]) {
  root.addJSON(protobuf.common.get(`google/protobuf/${name}.proto`)!.nested!);
}
protobuf.parse(PROTO, root);
const numbers = root.lookupType("shop.Numbers");

const int = (min: number, max: number) => fc.integer({ min, max });
const big = (min: bigint, max: bigint) => fc.bigInt({ min, max }).map(String);
const text = fc.string({ unit: "grapheme", maxLength: 300 });
const inner = fc.letrec<{ inner: object }>((tie) => ({
  inner: fc.record({ name: text, next: fc.option(tie("inner"), { nil: undefined, maxDepth: 5 }) }),
})).inner;
const color = fc.constantFrom("NONE", "RED", "BLUE", "OLD");
const anyNumbers = fc.record({
  a: fc.double({ noNaN: true }),
  b: fc.float({ noNaN: true, noDefaultInfinity: true }),
  c: int(-(2 ** 31), 2 ** 31 - 1),
  d: big(-(2n ** 63n), 2n ** 63n - 1n),
  e: int(0, 2 ** 32 - 1),
  f: big(0n, 2n ** 64n - 1n),
  g: int(-(2 ** 31), 2 ** 31 - 1),
  h: big(-(2n ** 63n), 2n ** 63n - 1n),
  i: int(0, 2 ** 32 - 1),
  j: big(0n, 2n ** 64n - 1n),
  k: int(-(2 ** 31), 2 ** 31 - 1),
  l: big(-(2n ** 63n), 2n ** 63n - 1n),
  m: fc.boolean(),
  n: text,
  o: fc.uint8Array({ maxLength: 300 }).map((bytes) => bytes.toBase64()),
  p: fc.array(int(-(2 ** 31), 2 ** 31 - 1)),
  q: fc.array(text),
  r: fc.dictionary(fc.string(), int(-5, 5)),
  s: fc.dictionary(big(-(2n ** 63n), 2n ** 63n - 1n), text),
  t: inner,
  u: color,
  v: fc.array(color),
  w: int(-9, 9),
  x: fc.array(inner, { maxLength: 3 }),
}, { requiredKeys: [] });

Deno.test("what is written is what protobufjs reads, and what it writes is read back the same", () => {
  fc.assert(
    fc.property(anyNumbers, (value) => {
      const bytes = encode("shop.Numbers", value);
      const read = numbers.decode(bytes);
      assertEquals(numbers.verify(read), null);
      const plain = decoder.decode("shop.Numbers", bytes);
      // Both ways lead to the same value.
      assertEquals(decoder.decode("shop.Numbers", numbers.encode(read).finish()), plain);
      assertEquals(decoder.decode("shop.Numbers", encode("shop.Numbers", plain)), plain);
      const shown = numbers.toObject(read, { longs: String, enums: String, bytes: String });
      for (const [key, given] of Object.entries(shown)) {
        // Floats are shown as short as they can be.
        if (key === "b") continue;
        const own = (plain as Record<string, unknown>)[key];
        if (key === "a" && !Number.isFinite(given)) assertEquals(own, String(given));
        else if (key !== "t" && key !== "x") assertEquals(own, given, key);
      }
    }),
    { numRuns: 300, endOnFailure: true },
  );
});

Deno.test("a message keeps what it holds wherever the buffer has to grow", () => {
  for (let length = 0; length < 600; length++) {
    const value = { name: "x".repeat(length), next: { name: "ﵸ", next: { name: "" } } };
    assertEquals(decoder.decode("shop.Inner", encode("shop.Inner", value)), value);
  }
});

Deno.test("messages with a JSON form of their own go there and back", () => {
  const value = {
    at: "2026-01-31T12:00:00.120Z",
    for: "-1.500s",
    anyObject: { a: [1, "x", null, { b: true }], c: -0.5 },
    text: "t",
    number: "9007199254740993",
    mask: "name,unitPrice.amount",
    value: [null, false, { deep: [[]] }],
    more: { "@type": "type.googleapis.com/shop.Inner", name: "n" },
    nothing: null,
    times: ["1970-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z", "0001-01-01T00:00:00Z"],
    unitPrice: "1",
  };
  const withInner = { ...schema.typesOf(["shop.Known", "shop.Inner"]) };
  const writer = new MessageWriter();
  writer.begin();
  new MessageEncoder(withInner).encode("shop.Known", value, writer);
  assertEquals(new MessageDecoder(withInner).decode("shop.Known", writer.written()), value);
});

Deno.test("fields go by their name in JSON or as declared; numbers may be texts, bytes in both alphabets", () => {
  assertEquals(encode("shop.Known", { unit_price: "5" }), encode("shop.Known", { unitPrice: "5" }));
  assertEquals(
    encode("shop.Numbers", { c: "-7", d: 5, u: 5 }),
    encode("shop.Numbers", { c: -7, d: "5", u: "BLUE" }),
  );
  assertEquals(encode("shop.Numbers", { o: "-_8=" }), encode("shop.Numbers", { o: "+/8" }));
  assertEquals(encode("shop.Numbers", { n: null, t: null }), new Uint8Array(0));
  assertEquals(encode("shop.Numbers", { n: 5 }, true), encode("shop.Numbers", { n: "5" }));
});

Deno.test("fields that were not sent have their default, those whose presence counts are absent", () => {
  assertEquals(decoder.decode("shop.Known", new Uint8Array(0)), { nothing: null, times: [] });
  const empty = decoder.decode("shop.Numbers", new Uint8Array(0)) as Record<string, unknown>;
  assertEquals([
    empty["c"],
    empty["d"],
    empty["n"],
    empty["u"],
    empty["p"],
    empty["r"],
    "w" in empty,
    "t" in empty,
  ], [
    ...[0, "0", "", "NONE", [], {}, false, false],
  ]);
});

Deno.test("values that do not fit are told with their place, the type and what was found", () => {
  const problems = (type: string, value: unknown) => {
    const error = assertThrows(() => encode(type, value), MessageError);
    return error.describe();
  };
  const cases: readonly (readonly [value: unknown, says: string])[] = [
    [{ c: "abc" }, '$.c: expected a whole number from -2147483648 to 2147483647 (int32), found "abc"'],
    [{ c: 1.5 }, "$.c: expected a whole number from -2147483648 to 2147483647 (int32), found 1.5"],
    [{ e: -1 }, "$.e: expected a whole number from 0 to 4294967295 (uint32), found -1"],
    [
      { d: "9223372036854775808" },
      '$.d: expected a whole number of 64 bits (int64), found "9223372036854775808"',
    ],
    [{ d: 1e20 }, "$.d: expected a whole number of 64 bits (int64), found 100000000000000000000"],
    [{ p: [1, "x"] }, '$.p[1]: expected a whole number from -2147483648 to 2147483647 (int32), found "x"'],
    [{ p: 1 }, "$.p: expected a list (repeated int32), found 1"],
    [{ r: [] }, "$.r: expected an object (map<string, int32>), found a list"],
    [
      { r: { "a b": "x" } },
      '$.r["a b"]: expected a whole number from -2147483648 to 2147483647 (int32), found "x"',
    ],
    [{ u: "REDD" }, '$.u: expected one of NONE, RED, BLUE, OLD (shop.Color), found "REDD"'],
    [{ n: 5 }, "$.n: expected a text (string), found 5"],
    [{ m: "yes" }, '$.m: expected true or false (bool), found "yes"'],
    [{ o: "%" }, '$.o: expected base64 (bytes), found "%"'],
    [{ t: { next: { next: { name: [] } } } }, "$.t.next.next.name: expected a text (string), found a list"],
    [{ t: "x" }, '$.t: expected an object (shop.Inner), found "x"'],
    [{ nn: 1 }, 'shop.Numbers has no field "nn": did you mean n?'],
    [[1], "expected an object (shop.Numbers), found a list"],
  ];
  for (const [value, says] of cases) assertEquals(problems("shop.Numbers", value), says);
  assertEquals(problems("shop.Known", { at: "noon" }).includes('such as "2026-01-31T12:00:00Z"'), true);
  assertEquals(problems("shop.Known", { for: 5 }).includes('such as "1.5s"'), true);
  let deep: object = {};
  for (let i = 0; i < 200; i++) deep = { next: deep };
  assert(problems("shop.Numbers", { t: deep }).endsWith("nested deeper than 100 levels"));
});

Deno.test("a draft may hold placeholders anywhere, and all else must fit", () => {
  const writer = new MessageWriter();
  const check = (value: unknown) => encoder.check("shop.Numbers", value, writer);
  check({ c: "${counter()}", p: ["${a}", 1], r: { "${k}": "${v}" }, t: "${x}", u: "${c}", n: "a ${b}" });
  assertThrows(() => check({ c: "${counter()}", p: ["a"] }), MessageError);
  assertThrows(() => check({ no: "${counter()}" }), MessageError);
});

Deno.test("no bytes do anything but be read or be refused", () => {
  const good = encode("shop.Numbers", { ...sampleMessage(schema, "shop.Numbers") as object, s: { 7: "x" } });
  const tryAll = (bytes: Uint8Array) => {
    for (const type of ["shop.Numbers", "shop.Known", "shop.Inner"]) {
      try {
        decoder.decode(type, bytes);
      } catch (error) {
        assert(error instanceof MalformedMessageError, `${error}`);
      }
    }
  };
  for (let length = 0; length < good.length; length++) tryAll(good.subarray(0, length));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), tryAll), { numRuns: 2000 });
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.nat(255), (at, byte) => {
      const bytes = good.slice();
      bytes[at] = byte;
      tryAll(bytes);
    }),
    { numRuns: 2000 },
  );
  // Groups within groups, and a message within itself.
  tryAll(new Uint8Array(100_000).fill(0x0b));
  let nested = new Uint8Array(0);
  for (let i = 0; i < 150; i++) nested = Uint8Array.from([0x12, ...varint(nested.length), ...nested]);
  assertThrows(() => decoder.decode("shop.Inner", nested), MalformedMessageError, "nested deeper");
});

function varint(value: number): readonly number[] {
  return value < 128 ? [value] : [value & 127 | 128, ...varint(value >> 7)];
}

Deno.test("a map's key cannot reach what objects inherit", () => {
  const value = decoder.decode(
    "shop.Numbers",
    encode("shop.Numbers", JSON.parse('{"r":{"__proto__":1,"constructor":2}}')),
  );
  const map = (value as { r: object }).r;
  assertEquals(Object.keys(map), ["__proto__", "constructor"]);
  assertEquals(Object.getPrototypeOf(map), Object.prototype);
});

Deno.test("days that are none, times out of range, and numbers that a type cannot hold are refused, as protojson does", () => {
  const refused: readonly (readonly [type: string, value: unknown])[] = [
    ["shop.Known", { at: "2026-02-30T00:00:00Z" }],
    ["shop.Known", { at: "2026-01-31T24:00:00Z" }],
    ["shop.Known", { at: "2025-02-29T12:00:00+02:00" }],
    ["shop.Known", { for: "315576000001s" }],
    ["shop.Numbers", { b: 3.5e38 }],
    ["shop.Numbers", { d: 1e19 }],
  ];
  for (const [type, value] of refused) assertThrows(() => encode(type, value), MessageError);
  const kept: readonly (readonly [type: string, value: Record<string, unknown>, read?: unknown])[] = [
    ["shop.Known", { at: "2024-02-29T23:59:59Z" }],
    ["shop.Known", { at: "2024-03-01T00:30:00+01:00" }, "2024-02-29T23:30:00Z"],
    ["shop.Known", { for: "-315576000000s" }],
    ["shop.Known", { mask: "a, b.c" }, "a,b.c"],
    ["shop.Numbers", { d: 1e18 }, "1000000000000000000"],
    ["shop.Numbers", { d: 5n }, "5"],
    ["shop.Numbers", { o: Uint8Array.of(1, 2) }, "AQI="],
    ["shop.Numbers", { b: 3.4028234e38 }, 3.4028235e38],
  ];
  for (const [type, value, read] of kept) {
    const [[key, given]] = Object.entries(value) as [[string, unknown]];
    const decoded = decoder.decode(type, encode(type, value)) as Record<string, unknown>;
    assertEquals(decoded[key], read ?? given);
  }
  const empty = decoder.decode("shop.Known", new Uint8Array(0)) as Record<string, unknown>;
  assertEquals(empty["nothing"], null);
  assertEquals(encode("shop.Known", { more: {} }).toHex(), "4200");
});

Deno.test("two fields of a oneof are refused with their place; samples have one of them", () => {
  const says = (value: object) => assertThrows(() => encode("shop.Known", value), MessageError).describe();
  assertEquals(
    says({ unitPrice: "5", other: 1 }),
    "$.other: only one field of the oneof one can be set, and unitPrice is set already",
  );
  assertEquals(encode("shop.Known", { unitPrice: null, other: 1 }), encode("shop.Known", { other: 1 }));
  const sample = sampleMessage(schema, "shop.Known") as Readonly<Record<string, unknown>>;
  assertEquals([sample["unitPrice"], sample["other"]], ["text", undefined]);
  assert(encode("shop.Known", { ...sample, more: {} }).length > 0);
});

Deno.test("texts of every length and alphabet are read back as they were", () => {
  for (let length = 0; length < 140; length++) {
    for (const at of [-1, 0, 6, 7, 8, 63, 99, 126, 127]) {
      const n = Array.from({ length }, (_, i) => i === at ? "é" : String.fromCharCode(32 + i % 95)).join("");
      const read = decoder.decode("shop.Numbers", encode("shop.Numbers", { n })) as { readonly n: string };
      assertEquals(read.n, n, `${length} characters, another one at ${at}`);
    }
  }
});
