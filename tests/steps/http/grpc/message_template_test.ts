/** Messages put together from pieces are, byte by byte, those that are read and written anew for each request. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { ProtoField, ProtoTypes } from "../../../../src/plan/grpc/proto_types.ts";
import { MessageError } from "../../../../src/protobuf/message_error.ts";
import { MessageWriter } from "../../../../src/protobuf/message_writer.ts";
import { CallForm } from "../../../../src/steps/http/grpc/call_form.ts";
import { renderParts } from "../../../../src/template/template.ts";

const field = (name: string, number: number, type: string, more: Partial<ProtoField> = {}): ProtoField => ({
  ...{ name, json: name, number, type, kind: "scalar" },
  ...more,
});
const message = (type: string) => ({ kind: "message" as const, type });

const TYPES: ProtoTypes = {
  messages: [
    {
      name: "a.M",
      fields: [
        field("t", 1, "string"),
        field("i", 2, "int32"),
        field("l", 3, "int64"),
        field("b", 4, "bytes"),
        field("m", 5, "", message("a.M")),
        field("ms", 6, "", { ...message("a.M"), repeated: true }),
        field("ns", 7, "int32", { repeated: true, packed: true }),
        field("ts", 8, "string", { repeated: true }),
        field("map", 9, "string", { mapKey: "string" }),
        field("e", 10, "a.E", { kind: "enum" }),
        field("at", 11, "", message("google.protobuf.Timestamp")),
        field("any", 12, "", message("google.protobuf.Value")),
        field("d", 13, "double"),
      ],
    },
    { name: "google.protobuf.Timestamp", fields: [] },
    { name: "google.protobuf.Value", fields: [] },
  ],
  enums: [{ name: "a.E", values: [["ZERO", 0], ["ONE", 1]] }],
};

const call = new CallForm({ request: "a.M", response: "a.M", types: TYPES, maxMessageBytes: 1e6 }, {
  ...{ keptBytes: 0, stream: null, statuses: null },
});

/** A message's JSON in parts: a number in it is a value, whole; within a string it is the string's. */
type Parts = readonly (string | number)[];

/** What came of both ways: bytes in hexadecimal, or that the message does not fit. */
function bothWays(parts: Parts, values: readonly string[]): readonly [pieces: string, anew: string] {
  const compiled = call.compile(parts);
  assert(compiled !== null, JSON.stringify(parts));
  const outcome = (make: () => Uint8Array) => {
    try {
      return make().toHex();
    } catch (error) {
      if (error instanceof MessageError || error instanceof SyntaxError) return "does not fit";
      throw error;
    }
  };
  const writer = new MessageWriter();
  // What a message before it left behind does no harm.
  outcome(() => compiled(values.map(() => "7"), writer));
  return [
    outcome(() => compiled(values, writer)),
    outcome(() => call.encode(renderParts(parts, values), true)),
  ];
}

const PLACES: readonly Parts[] = [
  ['{"t":', 0, "}"],
  ['{"i":1,"t":"#', 0, " and ", 1, '","l":"5"}'],
  ['{"t":"\\"\\u00e9\\\\', 0, '\\n"}'],
  ['{"i":', 0, ',"l":', 1, ',"d":', 0, "}"],
  ['{"e":', 0, ',"b":', 1, "}"],
  ['{"m":{"m":{"m":{"t":', 0, '},"i":3},"t":"after"},"ms":[{"t":"a"},{"t":"x', 1, '"},{"i":4}]}'],
  ['{"m":', 0, ',"ms":[', 1, ',{"t":"b"}]}'],
  ['{"ns":[1,', 0, ',300],"ts":["a",', 1, ',"c', 0, '"]}'],
  ['{"ns":', 0, ',"ts":', 1, "}"],
  ['{"map":{"a":', 0, ',"b":"x","c":"', 1, '"}}'],
  ['{"map":', 0, ',"at":', 1, ',"any":', 0, "}"],
  ['{"m":{"t":"', "y".repeat(120), '","m":{"t":"', 0, '"}},"t":"end"}'],
];

const wholes = fc.oneof(
  fc.json(),
  fc.string({ unit: "grapheme" }).map((text) => JSON.stringify(text)),
  fc.integer().map(String),
  fc.constantFrom(
    "null",
    "true",
    '"ONE"',
    '"2026-01-31T12:00:00Z"',
    "12345678901234567",
    "[]",
    '{"t":"x"}',
    "1.5",
    '""',
  ),
  fc.nat(40_000).map((length) => JSON.stringify("é".repeat(length))),
);
const insides = fc.string({ unit: "grapheme" }).map((text) => JSON.stringify(text).slice(1, -1));

for (const parts of PLACES) {
  Deno.test(`CallForm.compile() of ${JSON.stringify(parts).slice(0, 60)}`, () => {
    // Values within strings are the inside of one: every place has only one kind of value.
    let isInString = false;
    const kinds = new Map<number, Set<boolean>>();
    for (const part of parts) {
      if (typeof part === "number") kinds.set(part, (kinds.get(part) ?? new Set()).add(isInString));
      else for (const [found] of part.matchAll(/\\.|"/gs)) if (found === '"') isInString = !isInString;
    }
    const valueOf = (at: number) => {
      const [isInside, other] = [...kinds.get(at) ?? [true]];
      if (other !== undefined) return fc.integer().map(String);
      return isInside ? insides : wholes;
    };
    fc.assert(
      fc.property(valueOf(0), valueOf(1), (first, second) => {
        const [pieces, anew] = bothWays(parts, [first, second]);
        assertEquals(pieces, anew);
      }),
      { numRuns: 150 },
    );
  });
}

Deno.test("CallForm.compile() leaves to the general way what has no pieces", () => {
  for (
    const parts of [
      [0],
      ['{"', 0, '":1}'],
      ['{"map":{"', 0, '":"x"}}'],
      ['{"any":{"a":', 0, "}}"],
      ['{"any":[', 0, "]}"],
      ['{"i":"no number","t":', 0, "}"],
      ['{"unknown":', 0, "}"],
      ['{"t":', 0],
    ]
  ) assertEquals(call.compile(parts), null, JSON.stringify(parts));
});
