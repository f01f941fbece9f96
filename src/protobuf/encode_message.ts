/**
 * Writes JSON values as messages (Protocol Buffers, "ProtoJSON"). A value that does not fit is told with its place, the
 * type that was expected, and what was found.
 *
 * @module
 */
import { isRecord } from "../lib/is_record.ts";
import { withSuggestion } from "../lib/suggest.ts";
import type {
  ProtoEnum,
  ProtoField,
  ProtoMessage,
  ProtoTypes,
  ScalarType,
} from "../plan/grpc/proto_types.ts";
import { MessageError, rejectValue } from "./message_error.ts";
import { FormWriter, hasHole, Hole, type MessageForm, type WriteHole } from "./message_form.ts";
import { fieldForm, SCALARS, WRAPPERS, writeInt32 } from "./scalars.ts";
import { writeFieldMask, writeSeconds } from "./special_messages.ts";
import { parseDuration, parseTimestamp } from "./times.ts";
import { FORM, type MessageWriter } from "./message_writer.ts";

/** Writes one value, without its tag. */
type WriteValue = (writer: MessageWriter, value: unknown) => void;

/** A field, ready to be written. */
interface EncodedField {
  readonly tag: number;
  readonly packedTag: number;
  readonly shape: ProtoField;
  readonly write: WriteValue;
  readonly mapKey: WriteValue | null;
  readonly keyTag: number;
  readonly valueTag: number;
  /** `null` is a value of its own. */
  readonly takesNull: boolean;
}

/** Values may lie within each other so deep. */
const MAX_LEVELS = 100;

const NULL_VALUE = "google.protobuf.NullValue";
const VALUE = "google.protobuf.Value";

/** Writes the messages of a set of types. */
export class MessageEncoder {
  readonly #messages: ReadonlyMap<string, ProtoMessage>;
  readonly #enums: ReadonlyMap<string, ProtoEnum>;
  readonly #fields = new Map<string, ReadonlyMap<string, EncodedField>>();
  #isDraft = false;
  #isFilled = false;
  #level = 0;

  constructor({ messages, enums }: ProtoTypes) {
    this.#messages = new Map(messages.map((message) => [message.name, message]));
    this.#enums = new Map(enums.map((one) => [one.name, one]));
  }

  /**
   * Writes a value as a message of a type, behind what was written before. `isFilled`: values were put into it, so that a
   * number may stand where a text belongs.
   *
   * @throws {MessageError} when the value does not fit
   */
  encode(type: string, value: unknown, writer: MessageWriter, isFilled = false): void {
    this.#isDraft = false;
    this.#isFilled = isFilled;
    this.#level = 0;
    this.#writeMessage(type, writer, value);
  }

  /**
   * A message with places that are filled in for each request. Before {@linkcode MessageForm.write}, call
   * {@linkcode beginFilling}.
   *
   * @throws {MessageError} when the value does not fit, or when there is a place where only whole messages can be written
   */
  formOf<Source>(type: string, value: unknown): MessageForm<Source> {
    const writer = new FormWriter<Source>();
    this.encode(type, value, writer, true);
    return writer.form();
  }

  /** Values are about to be written into places. */
  beginFilling(): void {
    this.#isDraft = false;
    this.#isFilled = true;
    this.#level = 0;
  }

  /** Looks whether a value fits whose texts may still hold placeholders: those fit everywhere. @throws {MessageError} */
  check(type: string, value: unknown, writer: MessageWriter): void {
    this.#isDraft = true;
    this.#level = 0;
    this.#writeMessage(type, writer, value);
  }

  #writeMessage(type: string, writer: MessageWriter, value: unknown): void {
    if (this.#isOpen(value)) return;
    if (++this.#level > MAX_LEVELS) throw new MessageError(`nested deeper than ${MAX_LEVELS} levels`);
    const special = type.startsWith("google.protobuf.") ? this.#specialWriter(type) : undefined;
    if (
      writer instanceof FormWriter && (value instanceof Hole || (special !== undefined && hasHole(value)))
    ) {
      throw new MessageError("only the whole of it can be filled in");
    }
    if (special !== undefined) special(writer, value);
    else if (isRecord(value)) this.#writeFields(type, writer, value);
    else rejectValue(`an object (${type})`, value);
    this.#level--;
  }

  #writeFields(type: string, writer: MessageWriter, value: Readonly<Record<string, unknown>>): void {
    const fields = this.#fieldsOf(type);
    let choices: Map<string, string> | null = null;
    for (const key in value) {
      const field = fields.get(key);
      if (field === undefined) this.#rejectKey(type, key);
      else {
        const given = value[key];
        if ((given === null && !field.takesNull) || given === undefined) continue;
        const { oneof } = field.shape;
        try {
          if (oneof !== undefined) choose(choices ??= new Map(), oneof, key);
          this.#writeField(field, writer, given);
        } catch (error) {
          throw error instanceof MessageError ? error.within(key) : error;
        }
      }
    }
  }

  #rejectKey(type: string, key: string): never {
    const names = this.#messages.get(type)?.fields.map(({ name }) => name) ?? [];
    const sentence = `${type} has no field ${JSON.stringify(key)}`;
    const hinted = withSuggestion(sentence, key, names);
    const list = names.length === 0 ? "; it has none at all" : `; expected ${names.slice(0, 20).join(", ")}`;
    throw new MessageError(hinted === sentence ? sentence + list : hinted);
  }

  #writeField(field: EncodedField, writer: MessageWriter, value: unknown): void {
    const { shape, tag, write } = field;
    if (this.#isOpen(value)) return;
    if (value instanceof Hole) {
      return note(writer, value, (into, found) => {
        if (found !== null || field.takesNull) this.#writeField(field, into, found);
      });
    }
    if (shape.mapKey !== undefined) return this.#writeMap(field, writer, value);
    if (shape.repeated !== true) {
      writer.writeVarint(tag);
      return write(writer, value);
    }
    if (!Array.isArray(value)) return rejectValue(`a list (repeated ${shape.type})`, value);
    if (value.length === 0) return;
    let packedAt = -1;
    if (shape.packed === true) {
      writer.writeVarint(field.packedTag);
      packedAt = writer.open();
    }
    for (let i = 0; i < value.length; i++) {
      const item: unknown = value[i];
      if (this.#isOpen(item)) continue;
      if (item instanceof Hole) {
        note(writer, item, (into, found) => {
          if (shape.packed !== true) into.writeVarint(tag);
          write(into, found);
        });
        continue;
      }
      if (packedAt < 0) writer.writeVarint(tag);
      try {
        write(writer, item);
      } catch (error) {
        throw error instanceof MessageError ? error.within(i) : error;
      }
    }
    if (packedAt >= 0) writer.close(packedAt);
  }

  #writeMap(field: EncodedField, writer: MessageWriter, value: unknown): void {
    if (!isRecord(value)) {
      return rejectValue(`an object (map<${field.shape.mapKey}, ${field.shape.type}>)`, value);
    }
    for (const key in value) {
      try {
        writer.writeVarint(field.tag);
        const at = writer.open();
        if (!this.#isOpen(key)) {
          writer.writeVarint(field.keyTag);
          field.mapKey!(writer, key);
        }
        const item = value[key];
        if (item instanceof Hole) {
          note(writer, item, (into, found) => {
            into.writeVarint(field.valueTag);
            field.write(into, found);
          });
        } else if (!this.#isOpen(item)) {
          writer.writeVarint(field.valueTag);
          field.write(writer, item);
        }
        writer.close(at);
      } catch (error) {
        throw error instanceof MessageError ? error.within(key) : error;
      }
    }
  }

  #isOpen(value: unknown): boolean {
    return this.#isDraft && typeof value === "string" && value.includes("${");
  }

  #fieldsOf(type: string): ReadonlyMap<string, EncodedField> {
    const known = this.#fields.get(type);
    if (known !== undefined) return known;
    const made = new Map<string, EncodedField>();
    this.#fields.set(type, made);
    for (const shape of this.#messages.get(type)?.fields ?? []) {
      const field = this.#fieldFor(shape);
      made.set(shape.json, field);
      made.set(shape.name, field);
    }
    return made;
  }

  #fieldFor(shape: ProtoField): EncodedField {
    const { number, type, mapKey } = shape;
    const form = fieldForm(shape);
    return {
      shape,
      tag: (number << 3 | (mapKey === undefined ? form : FORM.bytes)) >>> 0,
      packedTag: (number << 3 | FORM.bytes) >>> 0,
      write: this.#writerOf(shape),
      mapKey: mapKey === undefined ? null : SCALARS[mapKey].write,
      keyTag: 1 << 3 | (mapKey === undefined ? 0 : SCALARS[mapKey].form),
      valueTag: 2 << 3 | form,
      takesNull: type === VALUE || type === NULL_VALUE,
    };
  }

  #writerOf({ kind, type, name }: ProtoField): WriteValue {
    switch (kind) {
      case "scalar":
        return type === "string" ? this.#writeText : SCALARS[type as ScalarType].write;
      case "enum":
        return this.#enumWriter(type);
      case "message":
        return (writer, value) => {
          const at = writer.open();
          this.#writeMessage(type, writer, value);
          writer.close(at);
        };
      case "group":
        return () => {
          throw new MessageError(`${name} is a group, a form of messages that cannot be sent`);
        };
    }
  }

  readonly #writeText: WriteValue = (writer, value) => {
    const isOther = this.#isFilled && (typeof value === "number" || typeof value === "boolean");
    SCALARS.string.write(writer, isOther ? String(value) : value);
  };

  #enumWriter(type: string): WriteValue {
    const values = this.#enums.get(type)?.values ?? [];
    const numbers = new Map(values);
    return (writer, value) => {
      const number = value === null && type === NULL_VALUE
        ? 0
        : typeof value === "string"
        ? numbers.get(value) ?? (/^-?\d+$/.test(value) ? Number(value) : undefined)
        : value;
      if (typeof number === "number" && Number.isInteger(number) && number === (number | 0)) {
        return writeInt32(writer, number);
      }
      const names = values.map(([name]) => name);
      return rejectValue(`one of ${names.slice(0, 20).join(", ")} (${type})`, value);
    };
  }

  /** Messages whose JSON is not that of their fields. */
  #specialWriter(type: string): WriteValue | undefined {
    const wrapped = WRAPPERS[type];
    if (wrapped !== undefined) {
      return (writer, value) => {
        writer.writeVarint(1 << 3 | wrapped.form);
        wrapped.write(writer, value);
      };
    }
    switch (type) {
      case "google.protobuf.Timestamp":
        return (writer, value) => writeSeconds(writer, parseTimestamp(value));
      case "google.protobuf.Duration":
        return (writer, value) => writeSeconds(writer, parseDuration(value));
      case "google.protobuf.FieldMask":
        return writeFieldMask;
      case "google.protobuf.Struct":
        return (writer, value) => this.#writeStruct(writer, value);
      case VALUE:
        return (writer, value) => this.#writeValue(writer, value);
      case "google.protobuf.ListValue":
        return (writer, value) => this.#writeListValue(writer, value);
      case "google.protobuf.Any":
        return (writer, value) => this.#writeAny(writer, value);
      default:
        return undefined;
    }
  }

  #writeStruct(writer: MessageWriter, value: unknown): void {
    if (!isRecord(value)) return rejectValue("an object (google.protobuf.Struct)", value);
    for (const key in value) {
      writer.writeVarint(1 << 3 | FORM.bytes);
      const at = writer.open();
      writer.writeVarint(1 << 3 | FORM.bytes);
      writer.writeText(key);
      writer.writeVarint(2 << 3 | FORM.bytes);
      this.#writeNested(VALUE, writer, value[key]);
      writer.close(at);
    }
  }

  #writeNested(type: string, writer: MessageWriter, value: unknown): void {
    const at = writer.open();
    this.#writeMessage(type, writer, value);
    writer.close(at);
  }

  #writeListValue(writer: MessageWriter, value: unknown): void {
    if (!Array.isArray(value)) return rejectValue("a list (google.protobuf.ListValue)", value);
    for (const item of value) {
      writer.writeVarint(1 << 3 | FORM.bytes);
      this.#writeNested(VALUE, writer, item);
    }
  }

  #writeValue(writer: MessageWriter, value: unknown): void {
    if (value === null || value === undefined) {
      writer.writeVarint(1 << 3 | FORM.varint);
      writer.writeVarint(0);
    } else if (typeof value === "number") {
      writer.writeVarint(2 << 3 | FORM.fixed64);
      writer.writeDouble(value);
    } else if (typeof value === "string") {
      writer.writeVarint(3 << 3 | FORM.bytes);
      writer.writeText(value);
    } else if (typeof value === "boolean") {
      writer.writeVarint(4 << 3 | FORM.varint);
      writer.writeVarint(value ? 1 : 0);
    } else {
      const isList = Array.isArray(value);
      writer.writeVarint((isList ? 6 : 5) << 3 | FORM.bytes);
      this.#writeNested(isList ? "google.protobuf.ListValue" : "google.protobuf.Struct", writer, value);
    }
  }

  #writeAny(writer: MessageWriter, value: unknown): void {
    if (isRecord(value) && Object.keys(value).length === 0) return;
    if (!isRecord(value) || typeof value["@type"] !== "string") {
      return rejectValue('an object with "@type" (google.protobuf.Any)', value);
    }
    const { "@type": url, ...rest } = value;
    const type = url.slice(url.lastIndexOf("/") + 1);
    if (!this.#messages.has(type)) {
      throw new MessageError(`"@type" names the unknown message ${JSON.stringify(type)}`);
    }
    writer.writeVarint(1 << 3 | FORM.bytes);
    writer.writeText(url);
    writer.writeVarint(2 << 3 | FORM.bytes);
    const isSpecial = type.startsWith("google.protobuf.") && this.#specialWriter(type) !== undefined;
    this.#writeNested(type, writer, isSpecial ? rest["value"] : rest);
  }
}

/** Messages hold places only while their form is made. */
function note(writer: MessageWriter, hole: Hole<never>, write: WriteHole): void {
  (writer as FormWriter<never>).note(hole, write);
}

/** Notes that a member of a choice is set. @throws {MessageError} when another one is */
function choose(choices: Map<string, string>, oneof: string, key: string): void {
  const other = choices.get(oneof);
  if (other !== undefined) {
    throw new MessageError(`only one field of the oneof ${oneof} can be set, and ${other} is set already`);
  }
  choices.set(oneof, key);
}
