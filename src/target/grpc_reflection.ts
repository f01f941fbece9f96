/**
 * Server reflection (v1 and v1alpha) for the one file of the built-in target.
 *
 * @module
 */
import { DESCRIPTOR_TYPES } from "../protobuf/descriptor_types.ts";
import { MessageEncoder } from "../protobuf/encode_message.ts";
import { FORM, MessageWriter } from "../protobuf/message_writer.ts";
import type { ProtoTypes } from "../plan/grpc/proto_types.ts";
import { SHOP_FILE, SHOP_SCHEMA } from "./grpc_service.ts";

/** Paths of the method that answers. */
export const REFLECTION_PATHS: readonly string[] = ["v1", "v1alpha"].map((version) =>
  `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`
);

/** What is asked, as far as it is read. */
export const QUESTION_TYPES: ProtoTypes = {
  messages: [{
    name: "Question",
    fields: [["file_by_filename", 3], ["file_containing_symbol", 4], ["list_services", 7]].map((
      [name, number],
    ) => ({
      name: String(name),
      json: String(name),
      number: Number(number),
      type: "string",
      kind: "scalar" as const,
      explicit: true as const,
    })),
  }],
  enums: [],
};

/** A question. */
export interface Question {
  readonly file_by_filename?: string;
  readonly file_containing_symbol?: string;
  readonly list_services?: string;
}

const NOT_FOUND = 5;
const BYTES = FORM.bytes;

/** The reply to a question, encoded. */
export function reflect(
  { file_by_filename: file, file_containing_symbol: symbol, list_services: list }: Question,
): Uint8Array {
  const writer = new MessageWriter();
  writer.begin();
  if (list !== undefined) {
    const names = [...SHOP_SCHEMA.services.keys(), "grpc.reflection.v1.ServerReflection"];
    writeWithin(
      writer,
      6,
      () => names.forEach((name) => writeWithin(writer, 1, () => writeField(writer, 1, name))),
    );
  } else if (file === SHOP_FILE.name || (symbol !== undefined && isKnown(symbol))) {
    const inner = new MessageWriter();
    inner.begin();
    new MessageEncoder(DESCRIPTOR_TYPES).encode("FileDescriptorProto", SHOP_FILE, inner);
    writeWithin(writer, 4, () => {
      writer.writeVarint(1 << 3 | BYTES);
      writer.writeBytes(inner.written());
    });
  } else {
    writeWithin(writer, 7, () => {
      writer.writeVarint(1 << 3 | FORM.varint);
      writer.writeVarint(NOT_FOUND);
      writeField(writer, 2, `there is no ${file ?? symbol}`);
    });
  }
  return writer.written();
}

function isKnown(symbol: string): boolean {
  const { services, messages } = SHOP_SCHEMA;
  return services.has(symbol) || messages.has(symbol) ||
    services.has(symbol.slice(0, symbol.lastIndexOf(".")));
}

function writeField(writer: MessageWriter, number: number, text: string): void {
  writer.writeVarint(number << 3 | BYTES);
  writer.writeText(text);
}

function writeWithin(writer: MessageWriter, number: number, write: () => void): void {
  writer.writeVarint(number << 3 | BYTES);
  const at = writer.open();
  write();
  writer.close(at);
}
