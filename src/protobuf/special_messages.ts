/**
 * Messages of Protocol Buffers' own whose JSON is a text: how what it says is written.
 *
 * @module
 */
import { rejectValue } from "./message_error.ts";
import { FORM, type MessageWriter } from "./message_writer.ts";
import { writeInt32 } from "./scalars.ts";
import type { SecondsAndNanos } from "./times.ts";

/** A point in time, or a duration. */
export function writeSeconds(
  writer: MessageWriter,
  { seconds, nanos }: SecondsAndNanos,
): void {
  writer.writeVarint(1 << 3 | FORM.varint);
  writer.writeVarint64(seconds);
  writer.writeVarint(2 << 3 | FORM.varint);
  writeInt32(writer, nanos);
}

/** Paths in one text. @throws {MessageError} when it is none */
export function writeFieldMask(writer: MessageWriter, value: unknown): void {
  if (typeof value !== "string") {
    return rejectValue('paths such as "name,price.amount" (google.protobuf.FieldMask)', value);
  }
  for (const path of value.split(",").map((part) => part.trim()).filter((part) => part !== "")) {
    writer.writeVarint(1 << 3 | FORM.bytes);
    writer.writeText(path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
  }
}
