/**
 * Messages of Protocol Buffers as plans hold them: what is needed to write and read them, whatever they were declared in.
 *
 * @module
 */

/** Types of fields that are no messages and no enumerations. */
export const SCALAR_TYPES = [
  "double",
  "float",
  "int32",
  "int64",
  "uint32",
  "uint64",
  "sint32",
  "sint64",
  "fixed32",
  "fixed64",
  "sfixed32",
  "sfixed64",
  "bool",
  "string",
  "bytes",
] as const;

/** One of them. */
export type ScalarType = (typeof SCALAR_TYPES)[number];

/** A field of a message. */
export interface ProtoField {
  /** As it is declared. */
  readonly name: string;
  /** As it is called in JSON. */
  readonly json: string;
  /** Its number in the encoded message. */
  readonly number: number;
  /** A scalar type, or the full name of a message or enumeration, without a dot in front. */
  readonly type: string;
  /** What `type` names. `group`: a message in the old form, which is only passed over. */
  readonly kind: "scalar" | "message" | "enum" | "group";
  /** There may be several. */
  readonly repeated?: true;
  /** Several are written in one piece. */
  readonly packed?: true;
  /** The field is a map, whose values have the type `type`. */
  readonly mapKey?: ScalarType;
  /** The name of the choice that it is one of; absent: it is of none. */
  readonly oneof?: string;
  /** Whether it is there is part of the message: a value that was not sent is not shown. */
  readonly explicit?: true;
}

/** A message. */
export interface ProtoMessage {
  /** Its full name, without a dot in front. */
  readonly name: string;
  /** In the order of their declaration. */
  readonly fields: readonly ProtoField[];
}

/** An enumeration. */
export interface ProtoEnum {
  /** Its full name, without a dot in front. */
  readonly name: string;
  /** Names and numbers; the first is the default. */
  readonly values: readonly (readonly [name: string, number: number])[];
}

/** Types that refer to each other. */
export interface ProtoTypes {
  /** Messages, in any order. */
  readonly messages: readonly ProtoMessage[];
  /** Enumerations, in any order. */
  readonly enums: readonly ProtoEnum[];
}
