/**
 * A message with something in every field, to begin with.
 *
 * @module
 */
import type { ProtoField, ScalarType } from "../plan/grpc/proto_types.ts";
import type { ProtoSchema } from "./schema.ts";

const SCALARS: Readonly<Record<ScalarType, unknown>> = {
  double: 1.5,
  float: 1.5,
  int32: 1,
  int64: "1",
  uint32: 1,
  uint64: "1",
  sint32: 1,
  sint64: "1",
  fixed32: 1,
  fixed64: "1",
  sfixed32: 1,
  sfixed64: "1",
  bool: true,
  string: "text",
  bytes: "Ynl0ZXM=",
};

const KNOWN: Readonly<Record<string, unknown>> = {
  "google.protobuf.Timestamp": "2026-01-31T12:00:00Z",
  "google.protobuf.Duration": "1.5s",
  "google.protobuf.FieldMask": "name",
  "google.protobuf.Struct": { key: "value" },
  "google.protobuf.Value": "text",
  "google.protobuf.ListValue": [1, "text"],
  "google.protobuf.Any": { "@type": "type.googleapis.com/google.protobuf.Empty" },
  "google.protobuf.DoubleValue": 1.5,
  "google.protobuf.FloatValue": 1.5,
  "google.protobuf.Int64Value": "1",
  "google.protobuf.UInt64Value": "1",
  "google.protobuf.Int32Value": 1,
  "google.protobuf.UInt32Value": 1,
  "google.protobuf.BoolValue": true,
  "google.protobuf.StringValue": "text",
  "google.protobuf.BytesValue": "Ynl0ZXM=",
};

/** Samples show so much of a schema, however large it is: messages within each other, and fields in all. */
const MAX_LEVELS = 8, MAX_FIELDS = 1000;

/** A JSON value that fits a message type; messages within themselves are left out, and so is what is too much. */
export function sampleMessage(schema: ProtoSchema, type: string): unknown {
  return new Sampler(schema).message(type, []);
}

class Sampler {
  readonly #schema: ProtoSchema;
  #fields = 0;

  constructor(schema: ProtoSchema) {
    this.#schema = schema;
  }

  message(type: string, around: readonly string[]): unknown {
    if (Object.hasOwn(KNOWN, type)) return KNOWN[type];
    const sample: Record<string, unknown> = {};
    const within = [...around, type];
    const choices = new Set<string>();
    for (const field of this.#schema.messages.get(type)?.fields ?? []) {
      if (field.kind === "group" || ++this.#fields > MAX_FIELDS) continue;
      if (field.kind === "message" && (within.length >= MAX_LEVELS || within.includes(field.type))) continue;
      if (field.oneof !== undefined) {
        // The first of a choice is enough, and more than one is refused.
        if (choices.has(field.oneof)) continue;
        choices.add(field.oneof);
      }
      const value = this.#value(field, within);
      sample[field.json] = field.mapKey !== undefined
        ? { [String(SCALARS[field.mapKey])]: value }
        : field.repeated
        ? [value]
        : value;
    }
    return sample;
  }

  #value({ kind, type }: ProtoField, within: readonly string[]): unknown {
    if (kind === "scalar") return SCALARS[type as ScalarType];
    if (kind === "message") return this.message(type, within);
    const values = this.#schema.enums.get(type)?.values ?? [];
    return (values[1] ?? values[0])?.[0] ?? 0;
  }
}
