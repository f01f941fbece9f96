/**
 * Schemas out of descriptors: the sets that `protoc` and `buf` write, and the files that servers' reflection gives.
 *
 * @module
 */
import { type ProtoField, SCALAR_TYPES, type ScalarType } from "../plan/grpc/proto_types.ts";
import { MessageDecoder } from "./decode_message.ts";
import {
  DESCRIPTOR_TYPES,
  type EnumDescriptor,
  type Features,
  type FieldDescriptor,
  type FileDescriptor,
  type MessageDescriptor,
} from "./descriptor_types.ts";
import type { ProtoSchema } from "./schema.ts";

/** Numbers of `FieldDescriptorProto.Type`. */
const TYPE_NAMES: readonly string[] = [
  "",
  ...["double", "float", "int64", "uint64", "int32", "fixed64", "fixed32", "bool", "string", "group"],
  ...["message", "bytes", "uint32", "enum", "sfixed32", "sfixed64", "sint32", "sint64"],
];
const REPEATED = 3;
/** Numbers of features of editions. */
const IMPLICIT_PRESENCE = 2, EXPANDED = 2, DELIMITED = 2;

/** A file of a descriptor set. @throws {MalformedMessageError} when the bytes are none */
export function readFileDescriptor(bytes: Uint8Array): FileDescriptor {
  return new MessageDecoder(DESCRIPTOR_TYPES).decode("FileDescriptorProto", bytes) as FileDescriptor;
}

/** The files of a descriptor set. @throws {MalformedMessageError} when the bytes are none */
export function readDescriptorSet(bytes: Uint8Array): readonly FileDescriptor[] {
  const set = new MessageDecoder(DESCRIPTOR_TYPES).decode("FileDescriptorSet", bytes);
  return (set as { readonly file: readonly FileDescriptor[] }).file;
}

/** Adds what a file declares. */
export function addFile(schema: ProtoSchema, file: FileDescriptor): void {
  const scope = file.package ? `${file.package}.` : "";
  const context: FileContext = {
    schema,
    isProto3: file.syntax === "proto3",
    isProto2: file.syntax === undefined || file.syntax === "" || file.syntax === "proto2",
    features: file.options?.features ?? {},
  };
  for (const message of file.message_type) addMessage(message, scope, context);
  for (const one of file.enum_type) addEnum(one, scope, schema);
  for (const { name, method } of file.service) {
    const full = `${scope}${name}`;
    schema.services.set(full, {
      name: full,
      methods: method.map((one) => ({
        name: one.name ?? "",
        request: plainName(one.input_type),
        response: plainName(one.output_type),
        streamsRequests: one.client_streaming ?? false,
        streamsResponses: one.server_streaming ?? false,
      })),
    });
  }
}

interface FileContext {
  readonly schema: ProtoSchema;
  readonly isProto3: boolean;
  readonly isProto2: boolean;
  readonly features: Features;
}

function addMessage(message: MessageDescriptor, scope: string, context: FileContext): void {
  const name = `${scope}${message.name}`;
  const entries = new Map(
    message.nested_type.filter(({ options }) => options?.map_entry === true).map((entry) =>
      [`${name}.${entry.name}`, entry] as const
    ),
  );
  const fields = message.field.map((field) => ({
    ...fieldOf(field, entries, context),
    ...choiceOf(field, message),
  }));
  context.schema.messages.set(name, { name, fields });
  for (const nested of message.nested_type) {
    if (nested.options?.map_entry !== true) addMessage(nested, `${name}.`, context);
  }
  for (const one of message.enum_type) addEnum(one, `${name}.`, context.schema);
}

/** The choice that a field is one of: an optional field is described as one of its own. */
function choiceOf(
  { oneof_index: at, proto3_optional: isOptional }: FieldDescriptor,
  { oneof_decl: choices = [] }: MessageDescriptor,
): Pick<ProtoField, "oneof"> {
  return at === undefined || isOptional ? {} : { oneof: choices[at]?.name ?? String(at) };
}

function addEnum({ name, value }: EnumDescriptor, scope: string, schema: ProtoSchema): void {
  const full = `${scope}${name}`;
  schema.enums.set(full, {
    name: full,
    values: value.map((one) => [one.name ?? "", one.number ?? 0] as const),
  });
}

function fieldOf(
  field: FieldDescriptor,
  entries: ReadonlyMap<string, MessageDescriptor>,
  context: FileContext,
): ProtoField {
  const entry = entries.get(plainName(field.type_name));
  const named = {
    name: field.name ?? "",
    json: field.json_name || jsonName(field.name ?? ""),
    number: field.number ?? 0,
  };
  if (entry !== undefined) {
    const [key, value] = [1, 2].map((number) => entry.field.find((one) => one.number === number)!);
    return { ...named, ...typeOf(value!, context), mapKey: scalarAt(key!.type) };
  }
  const type = typeOf(field, context);
  if (field.label === REPEATED) {
    return {
      ...named,
      ...type,
      repeated: true,
      ...(isPacked(field, type, context) && { packed: true as const }),
    };
  }
  return { ...named, ...type, ...(isExplicit(field, type, context) && { explicit: true as const }) };
}

function typeOf(field: FieldDescriptor, { features }: FileContext): Pick<ProtoField, "type" | "kind"> {
  const name = TYPE_NAMES[field.type ?? 0] ?? "";
  if (name === "message") {
    const isDelimited =
      (field.options?.features?.message_encoding ?? features.message_encoding) === DELIMITED;
    return { kind: isDelimited ? "group" : "message", type: plainName(field.type_name) };
  }
  if (name === "group" || name === "enum") return { kind: name, type: plainName(field.type_name) };
  return { kind: "scalar", type: scalarAt(field.type) };
}

function scalarAt(type: number | undefined): ScalarType {
  const name = TYPE_NAMES[type ?? 0] ?? "";
  return SCALAR_TYPES.find((one) => one === name) ?? "bytes";
}

function isPacked(
  { options }: FieldDescriptor,
  { kind, type }: Pick<ProtoField, "type" | "kind">,
  { isProto2, features }: FileContext,
): boolean {
  const isNumber = kind === "enum" || (kind === "scalar" && type !== "string" && type !== "bytes");
  if (!isNumber) return false;
  if (options?.packed !== undefined) return options.packed;
  const encoding = options?.features?.repeated_field_encoding ?? features.repeated_field_encoding;
  return encoding === undefined ? !isProto2 : encoding !== EXPANDED;
}

function isExplicit(
  field: FieldDescriptor,
  { kind }: Pick<ProtoField, "kind">,
  { isProto3, features }: FileContext,
): boolean {
  if (kind === "message" || kind === "group" || field.oneof_index !== undefined) return true;
  if (isProto3) return field.proto3_optional === true;
  return (field.options?.features?.field_presence ?? features.field_presence) !== IMPLICIT_PRESENCE;
}

/** Names in descriptors have a dot in front. */
function plainName(name: string | undefined): string {
  return (name ?? "").replace(/^\./, "");
}

/**
 * What a field is called in JSON, where its file does not say.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(jsonName("unit_price_2"), "unitPrice2");
 * ```
 */
export function jsonName(name: string): string {
  return name.replace(/_+(.?)/g, (_all, letter: string) => letter.toUpperCase());
}
