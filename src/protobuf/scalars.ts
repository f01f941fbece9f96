/**
 * Scalar values between JSON and the wire, as the JSON form of Protocol Buffers has them: 64-bit numbers are texts, bytes
 * are base64.
 *
 * @module
 */
import type { ProtoField, ScalarType } from "../plan/grpc/proto_types.ts";
import { rejectValue } from "./message_error.ts";
import type { MessageReader } from "./message_reader.ts";
import { FORM, type MessageWriter } from "./message_writer.ts";

/** How a scalar type is written and read. */
export interface Scalar {
  readonly form: number;
  /** What a field has that was not sent. */
  readonly byDefault: unknown;
  /** @throws {MessageError} when the value does not fit */
  write(writer: MessageWriter, value: unknown): void;
  /** @throws {MalformedMessageError} */
  read(reader: MessageReader): unknown;
}

/** A whole number within bounds; texts of digits are numbers, too. */
function wholeNumber(value: unknown, type: string, min: number, max: number): number {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number === "number" && Number.isInteger(number) && number >= min && number <= max) return number;
  return rejectValue(`a whole number from ${min} to ${max} (${type})`, value);
}

function bigNumber(value: unknown, type: string, isSigned: boolean): bigint {
  let number: bigint | undefined;
  if (typeof value === "number" && Number.isInteger(value)) number = BigInt(value);
  else if (typeof value === "bigint") number = value;
  else {
    const text = typeof value === "string" ? value.trim() : longNumber(value);
    if (text !== undefined && /^-?\d+$/.test(text)) number = BigInt(text);
  }
  const fits = number !== undefined &&
    (isSigned ? BigInt.asIntN(64, number) === number : BigInt.asUintN(64, number) === number);
  return fits ? number! : rejectValue(`a whole number of 64 bits (${type})`, value);
}

/** How JSON spelled a number that is too large to be exact. */
function longNumber(value: unknown): string | undefined {
  return typeof value === "object" ? (value as { readonly rawJSON?: string } | null)?.rawJSON : undefined;
}

function realNumber(value: unknown, type: string): number {
  if (typeof value === "number") return value;
  if (typeof value === "string" && value.trim() !== "") {
    const number = Number(value);
    if (!Number.isNaN(number) || value === "NaN") return number;
  }
  return rejectValue(`a number (${type})`, value);
}

/** A number that a float can hold. */
function floatNumber(value: unknown): number {
  const number = realNumber(value, "float");
  const isLost = Number.isFinite(number) && !Number.isFinite(Math.fround(number));
  return isLost ? rejectValue("a number up to 3.4e38 (float)", value) : number;
}

function booleanOf(value: unknown): boolean {
  if (typeof value === "boolean") return value;
  if (value === "true" || value === "false") return value === "true";
  return rejectValue("true or false (bool)", value);
}

/** Bytes out of base64 in either alphabet, with or without padding; those of code are bytes already. */
function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value !== "string") return rejectValue("base64 (bytes)", value);
  try {
    return Uint8Array.fromBase64(value.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return rejectValue("base64 (bytes)", value);
  }
}

/** JSON has no way to write these. */
function jsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** The shortest number that is the same as a float. */
function shortFloat(value: number): number | string {
  if (!Number.isFinite(value)) return String(value);
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

const MAX_INT = 2 ** 31 - 1, MIN_INT = -(2 ** 31), MAX_UINT = 2 ** 32 - 1;

/** A negative number takes ten bytes, as 64 bits. */
export function writeInt32(writer: MessageWriter, value: number): void {
  if (value < 0) writer.writeVarint64(BigInt(value));
  else writer.writeVarint(value);
}

/** All of them. */
export const SCALARS: Readonly<Record<ScalarType, Scalar>> = {
  double: {
    form: FORM.fixed64,
    byDefault: 0,
    write: (writer, value) => writer.writeDouble(realNumber(value, "double")),
    read: (reader) => jsonNumber(reader.double()),
  },
  float: {
    form: FORM.fixed32,
    byDefault: 0,
    write: (writer, value) => writer.writeFloat(floatNumber(value)),
    read: (reader) => shortFloat(reader.float()),
  },
  int32: {
    form: FORM.varint,
    byDefault: 0,
    write: (writer, value) => writeInt32(writer, wholeNumber(value, "int32", MIN_INT, MAX_INT)),
    read: (reader) => reader.varint() | 0,
  },
  uint32: {
    form: FORM.varint,
    byDefault: 0,
    write: (writer, value) => writer.writeVarint(wholeNumber(value, "uint32", 0, MAX_UINT)),
    read: (reader) => reader.varint(),
  },
  sint32: {
    form: FORM.varint,
    byDefault: 0,
    write(writer, value) {
      const number = wholeNumber(value, "sint32", MIN_INT, MAX_INT);
      writer.writeVarint(number << 1 ^ number >> 31);
    },
    read(reader) {
      const coded = reader.varint();
      return coded >>> 1 ^ -(coded & 1);
    },
  },
  fixed32: {
    form: FORM.fixed32,
    byDefault: 0,
    write: (writer, value) => writer.writeFixed32(wholeNumber(value, "fixed32", 0, MAX_UINT)),
    read: (reader) => reader.fixed32(),
  },
  sfixed32: {
    form: FORM.fixed32,
    byDefault: 0,
    write: (writer, value) => writer.writeFixed32(wholeNumber(value, "sfixed32", MIN_INT, MAX_INT)),
    read: (reader) => reader.fixed32() | 0,
  },
  int64: {
    form: FORM.varint,
    byDefault: "0",
    write: (writer, value) => writer.writeVarint64(bigNumber(value, "int64", true)),
    read: (reader) => String(BigInt.asIntN(64, reader.varint64())),
  },
  uint64: {
    form: FORM.varint,
    byDefault: "0",
    write: (writer, value) => writer.writeVarint64(bigNumber(value, "uint64", false)),
    read: (reader) => String(reader.varint64()),
  },
  sint64: {
    form: FORM.varint,
    byDefault: "0",
    write(writer, value) {
      const number = bigNumber(value, "sint64", true);
      writer.writeVarint64(number << 1n ^ number >> 63n);
    },
    read(reader) {
      const coded = reader.varint64();
      return String(coded >> 1n ^ -(coded & 1n));
    },
  },
  fixed64: {
    form: FORM.fixed64,
    byDefault: "0",
    write: (writer, value) => writer.writeFixed64(bigNumber(value, "fixed64", false)),
    read: (reader) => String(reader.fixed64()),
  },
  sfixed64: {
    form: FORM.fixed64,
    byDefault: "0",
    write: (writer, value) => writer.writeFixed64(bigNumber(value, "sfixed64", true)),
    read: (reader) => String(BigInt.asIntN(64, reader.fixed64())),
  },
  bool: {
    form: FORM.varint,
    byDefault: false,
    write: (writer, value) => writer.writeVarint(booleanOf(value) ? 1 : 0),
    read: (reader) => reader.varint64() !== 0n,
  },
  string: {
    form: FORM.bytes,
    byDefault: "",
    write: (writer, value) =>
      typeof value === "string" ? writer.writeText(value) : rejectValue("a text (string)", value),
    read: (reader) => reader.text(),
  },
  bytes: {
    form: FORM.bytes,
    byDefault: "",
    write: (writer, value) => writer.writeBytes(bytesOf(value)),
    read: (reader) => reader.bytes().toBase64(),
  },
};

/** The scalar types of wrapper messages, by the messages' names. */
export const WRAPPERS: Readonly<Record<string, Scalar>> = {
  "google.protobuf.DoubleValue": SCALARS.double,
  "google.protobuf.FloatValue": SCALARS.float,
  "google.protobuf.Int64Value": SCALARS.int64,
  "google.protobuf.UInt64Value": SCALARS.uint64,
  "google.protobuf.Int32Value": SCALARS.int32,
  "google.protobuf.UInt32Value": SCALARS.uint32,
  "google.protobuf.BoolValue": SCALARS.bool,
  "google.protobuf.StringValue": SCALARS.string,
  "google.protobuf.BytesValue": SCALARS.bytes,
};

/** How each value of a field is written: enums are numbers; messages stand behind their length. */
export function fieldForm({ kind, type }: ProtoField): number {
  if (kind === "scalar") return SCALARS[type as ScalarType].form;
  return kind === "enum" ? FORM.varint : FORM.bytes;
}
