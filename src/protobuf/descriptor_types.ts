/**
 * The messages that describe messages (`google/protobuf/descriptor.proto`), as far as they are needed here.
 *
 * @module
 */
import type { ProtoField, ProtoMessage, ProtoTypes } from "../plan/grpc/proto_types.ts";

type Declared = readonly [name: string, number: number, type: string];

const SCALAR = /^(?:string|int32|bool|bytes)$/;

/** Fields are declared as `[name, number, type]`; a list has `[]` behind its type. */
function message(name: string, declared: readonly Declared[]): ProtoMessage {
  return {
    name,
    fields: declared.map(([field, number, written]): ProtoField => {
      const type = written.replace("[]", "");
      return {
        name: field,
        json: field,
        number,
        type,
        kind: SCALAR.test(type) ? "scalar" : "message",
        ...(written.endsWith("[]") ? { repeated: true as const } : { explicit: true as const }),
      };
    }),
  };
}

/** The types, by short names. */
export const DESCRIPTOR_TYPES: ProtoTypes = {
  messages: [
    message("FileDescriptorSet", [["file", 1, "FileDescriptorProto[]"]]),
    message("FileDescriptorProto", [
      ["name", 1, "string"],
      ["package", 2, "string"],
      ["dependency", 3, "string[]"],
      ["message_type", 4, "DescriptorProto[]"],
      ["enum_type", 5, "EnumDescriptorProto[]"],
      ["service", 6, "ServiceDescriptorProto[]"],
      ["options", 8, "WithFeatures"],
      ["syntax", 12, "string"],
    ]),
    message("DescriptorProto", [
      ["name", 1, "string"],
      ["field", 2, "FieldDescriptorProto[]"],
      ["nested_type", 3, "DescriptorProto[]"],
      ["enum_type", 4, "EnumDescriptorProto[]"],
      ["options", 7, "MessageOptions"],
      ["oneof_decl", 8, "OneofDescriptorProto[]"],
    ]),
    message("OneofDescriptorProto", [["name", 1, "string"]]),
    message("MessageOptions", [["map_entry", 7, "bool"]]),
    message("FieldDescriptorProto", [
      ["name", 1, "string"],
      ["number", 3, "int32"],
      ["label", 4, "int32"],
      ["type", 5, "int32"],
      ["type_name", 6, "string"],
      ["options", 8, "FieldOptions"],
      ["oneof_index", 9, "int32"],
      ["json_name", 10, "string"],
      ["proto3_optional", 17, "bool"],
    ]),
    message("FieldOptions", [["packed", 2, "bool"], ["features", 21, "FeatureSet"]]),
    // Options of files.
    message("WithFeatures", [["features", 50, "FeatureSet"]]),
    message("FeatureSet", [
      ["field_presence", 1, "int32"],
      ["repeated_field_encoding", 3, "int32"],
      ["message_encoding", 5, "int32"],
    ]),
    message("EnumDescriptorProto", [["name", 1, "string"], ["value", 2, "EnumValueDescriptorProto[]"]]),
    message("EnumValueDescriptorProto", [["name", 1, "string"], ["number", 2, "int32"]]),
    message("ServiceDescriptorProto", [["name", 1, "string"], ["method", 2, "MethodDescriptorProto[]"]]),
    message("MethodDescriptorProto", [
      ["name", 1, "string"],
      ["input_type", 2, "string"],
      ["output_type", 3, "string"],
      ["client_streaming", 5, "bool"],
      ["server_streaming", 6, "bool"],
    ]),
  ],
  enums: [],
};

/** Options and features of fields, and what else of a descriptor is read. */
export interface Features {
  readonly field_presence?: number;
  readonly repeated_field_encoding?: number;
  readonly message_encoding?: number;
}

/** A described field. */
export interface FieldDescriptor {
  readonly name?: string;
  readonly number?: number;
  readonly label?: number;
  readonly type?: number;
  readonly type_name?: string;
  readonly options?: { readonly packed?: boolean; readonly features?: Features };
  readonly oneof_index?: number;
  readonly json_name?: string;
  readonly proto3_optional?: boolean;
}

/** A described enumeration. */
export interface EnumDescriptor {
  readonly name?: string;
  readonly value: readonly { readonly name?: string; readonly number?: number }[];
}

/** A described message. */
export interface MessageDescriptor {
  readonly name?: string;
  readonly field: readonly FieldDescriptor[];
  readonly nested_type: readonly MessageDescriptor[];
  readonly enum_type: readonly EnumDescriptor[];
  readonly options?: { readonly map_entry?: boolean };
  /** Choices, which fields are numbered by. */
  readonly oneof_decl?: readonly { readonly name?: string }[];
}

/** A described file. */
export interface FileDescriptor {
  readonly name?: string;
  readonly package?: string;
  readonly dependency: readonly string[];
  readonly message_type: readonly MessageDescriptor[];
  readonly enum_type: readonly EnumDescriptor[];
  readonly service: readonly {
    readonly name?: string;
    readonly method: readonly {
      readonly name?: string;
      readonly input_type?: string;
      readonly output_type?: string;
      readonly client_streaming?: boolean;
      readonly server_streaming?: boolean;
    }[];
  }[];
  readonly options?: { readonly features?: Features };
  readonly syntax?: string;
}
