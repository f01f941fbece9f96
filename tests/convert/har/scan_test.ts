/** Large recordings are read entry by entry, as JSON.parse() would read them. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { openRecording } from "../../../src/convert/har/recording.ts";
import { findEntries } from "../../../src/convert/har/scan.ts";
import { UsageError } from "../../../src/lib/errors.ts";

const encoder = new TextEncoder();

/** The entries that are found in a text, parsed. */
function found(text: string): unknown[] | null {
  const bytes = encoder.encode(text);
  const spans = findEntries(bytes);
  return spans &&
    spans.entries.map(([from, to]) => JSON.parse(new TextDecoder().decode(bytes.subarray(from, to))));
}

Deno.test("findEntries() finds what JSON.parse() finds, in whatever document", () => {
  const document = fc.record({
    before: fc.jsonValue(),
    log: fc.record({
      pages: fc.jsonValue(),
      browser: fc.constantFrom("a", '"entries":[', "\\", '\\"', "{[", "ü"),
      entries: fc.array(fc.jsonValue()),
      comment: fc.string(),
    }),
    after: fc.constantFrom({ entries: [1] }, [{ log: { entries: [2] } }], "log"),
  });
  fc.assert(fc.property(document, fc.constantFrom(0, 2), (value, indent) => {
    const text = JSON.stringify(value, null, indent);
    assertEquals(found(text), JSON.parse(text).log.entries);
  }));
});

Deno.test("findEntries() finds nothing where the list is not in its place", () => {
  for (
    const text of [
      "",
      "[]",
      '{"entries":[1]}',
      '{"log":{"entries":{}}}',
      '{"log":[{"entries":[1]}]}',
      '{"log":{"x":{"entries":[1]}}}',
      '{"a":{"entries":[1]}}',
      '{"log":{"entries":[1',
      '{"log":{"entries":["a',
      '{"log":{"entri',
    ]
  ) assertEquals(found(text), null, text);
});

/** A recording that is long enough to be read in pieces. */
function large(entries: string, end = "}}"): Uint8Array {
  const page = JSON.stringify({ request: { url: "http://h/" }, body: 'x"\\ü'.repeat(700_000) });
  return encoder.encode(`{"log":{"entries":[${page}${entries}]${end}`);
}

Deno.test("openRecording() reads a large recording entry by entry, and refuses it as a small one", () => {
  const entries = [...openRecording(large(',1, {"a":[2]}'), "x.har").entries];
  assertEquals(entries.slice(1), [1, { a: [2] }]);
  for (
    const [bytes, message] of [
      [large(",,1"), "it is not JSON"],
      [large(",{a}"), "it is not JSON"],
      [large("", "}"), "it is not JSON"],
      [large("", "}} x"), "it is not JSON"],
      [large("]"), "it is not JSON"],
      [large(',"\xff').map((byte) => byte === 0xc3 ? 0xff : byte), "it is not UTF-8 text"],
    ] as const
  ) {
    const error = assertThrows(() => [...openRecording(bytes, "x.har").entries], UsageError);
    assert(error.message.startsWith(`Cannot read recording "x.har": ${message}`), error.message);
  }
});
