/**
 * Reads messages as JSON values (Protocol Buffers, "ProtoJSON"). Fields that were not sent have their default, unless the
 * schema says that it matters whether they were; fields that the schema does not know are passed over.
 *
 * @module
 */
import type {
  ProtoEnum,
  ProtoField,
  ProtoMessage,
  ProtoTypes,
  ScalarType,
} from "../plan/grpc/proto_types.ts";
import { fieldForm, SCALARS, WRAPPERS } from "./scalars.ts";
import { durationText, timestampText } from "./times.ts";
import { MalformedMessageError, MessageReader } from "./message_reader.ts";
import { FORM } from "./message_writer.ts";

/** A message as a JSON object that is being filled. */
type Filled = Record<string, unknown>;
type ReadValue = (reader: MessageReader) => unknown;
type TakeField = (reader: MessageReader, into: Filled) => void;

/** A message type, ready to be read. */
interface DecodedType {
  /** By the tag. */
  readonly fields: ReadonlyMap<number, TakeField>;
  /** What fields have that are not sent; lists and objects are made anew for each message. */
  readonly defaults: readonly {
    readonly json: string;
    readonly value: unknown;
    readonly isMap: boolean;
    readonly isList: boolean;
  }[];
}

/** Messages may lie within each other so deep. */
const MAX_LEVELS = 100;
const NAMESPACE = "google.protobuf.";

/** Reads the messages of a set of types. */
export class MessageDecoder {
  readonly #messages: ReadonlyMap<string, ProtoMessage>;
  readonly #enums: ReadonlyMap<string, ProtoEnum>;
  readonly #types = new Map<string, DecodedType>();
  readonly #reader = new MessageReader();
  #level = 0;

  constructor({ messages, enums }: ProtoTypes) {
    this.#messages = new Map(messages.map((message) => [message.name, message]));
    this.#enums = new Map(enums.map((one) => [one.name, one]));
  }

  /**
   * Reads bytes as a message of a type.
   *
   * @throws {MalformedMessageError} when they are none
   */
  decode(type: string, bytes: Uint8Array): unknown {
    const reader = this.#reader;
    reader.begin(bytes);
    this.#level = 0;
    return this.#readMessage(type, reader);
  }

  /** What lies between the reader's place and its end. */
  #readMessage(type: string, reader: MessageReader): unknown {
    if (++this.#level > MAX_LEVELS) {
      throw new MalformedMessageError(`messages are nested deeper than ${MAX_LEVELS} levels`);
    }
    const special = type.startsWith(NAMESPACE) ? this.#specialReader(type) : undefined;
    const value = special === undefined ? this.#readFields(this.#typeOf(type), reader) : special(reader);
    this.#level--;
    return value;
  }

  #readFields({ fields, defaults }: DecodedType, reader: MessageReader): Filled {
    const into: Filled = {};
    for (const { json, value, isMap, isList } of defaults) into[json] = isList ? [] : isMap ? {} : value;
    while (reader.at < reader.end) {
      const tag = reader.varint();
      const take = fields.get(tag);
      if (take !== undefined) take(reader, into);
      else if (tag >>> 3 === 0) throw new MalformedMessageError("a field has the number 0");
      else reader.skip(tag);
    }
    return into;
  }

  #typeOf(name: string): DecodedType {
    const known = this.#types.get(name);
    if (known !== undefined) return known;
    const shapes = this.#messages.get(name)?.fields ?? [];
    const fields = new Map<number, TakeField>();
    const made: DecodedType = {
      fields,
      defaults: shapes.filter(({ explicit, kind }) => explicit !== true && kind !== "group").map((shape) => ({
        json: shape.json,
        isList: shape.repeated === true,
        isMap: shape.mapKey !== undefined,
        value: this.#defaultOf(shape),
      })),
    };
    this.#types.set(name, made);
    for (const shape of shapes) this.#addField(shape, fields);
    return made;
  }

  #defaultOf({ kind, type }: ProtoField): unknown {
    if (type === `${NAMESPACE}NullValue`) return null;
    if (kind === "enum") return this.#enums.get(type)?.values[0]?.[0] ?? 0;
    return kind === "scalar" ? SCALARS[type as ScalarType].byDefault : null;
  }

  #addField(shape: ProtoField, fields: Map<number, TakeField>): void {
    const { number, kind, json, mapKey } = shape;
    if (kind === "group") return;
    const read = this.#readerOf(shape);
    const form = fieldForm(shape);
    if (mapKey !== undefined) {
      fields.set(
        (number << 3 | FORM.bytes) >>> 0,
        this.#mapReader({ json, read, keyType: mapKey, valueTag: 2 << 3 | form, shape }),
      );
    } else if (shape.repeated === true) {
      fields.set(
        (number << 3 | form) >>> 0,
        (reader, into) => void (into[json] as unknown[]).push(read(reader)),
      );
      if (form === FORM.bytes) return;
      // Servers may write several in one piece or not, whatever the schema says.
      fields.set((number << 3 | FORM.bytes) >>> 0, (reader, into) => {
        const list = into[json] as unknown[];
        const outer = reader.enter();
        while (reader.at < reader.end) list.push(read(reader));
        reader.leave(outer);
      });
    } else {
      fields.set((number << 3 | form) >>> 0, (reader, into) => {
        into[json] = read(reader);
      });
    }
  }

  #mapReader({ json, read, keyType, valueTag, shape }: {
    readonly json: string;
    readonly read: ReadValue;
    readonly keyType: ScalarType;
    readonly valueTag: number;
    readonly shape: ProtoField;
  }): TakeField {
    const keys = SCALARS[keyType];
    const keyTag = 1 << 3 | keys.form;
    const emptyValue = () => shape.kind === "message" ? this.#readEmpty(shape.type) : this.#defaultOf(shape);
    return (reader, into) => {
      const outer = reader.enter();
      let key: unknown = keys.byDefault;
      let value: unknown;
      while (reader.at < reader.end) {
        const tag = reader.varint();
        if (tag === keyTag) key = keys.read(reader);
        else if (tag === valueTag) value = read(reader);
        else reader.skip(tag);
      }
      reader.leave(outer);
      setMember(into[json] as Filled, String(key), value === undefined ? emptyValue() : value);
    };
  }

  /** A message of which nothing was sent. */
  #readEmpty(type: string): unknown {
    return this.#readMessage(type, new MessageReader());
  }

  #readerOf({ kind, type }: ProtoField): ReadValue {
    if (kind === "scalar") return SCALARS[type as ScalarType].read;
    if (kind === "enum") {
      if (type === `${NAMESPACE}NullValue`) {
        return (reader) => {
          reader.varint();
          return null;
        };
      }
      const names = new Map(
        (this.#enums.get(type)?.values ?? []).toReversed().map(([name, number]) => [number, name]),
      );
      return (reader) => {
        const number = reader.varint() | 0;
        return names.get(number) ?? number;
      };
    }
    return (reader) => {
      const outer = reader.enter();
      const value = this.#readMessage(type, reader);
      reader.leave(outer);
      return value;
    };
  }

  /** Messages whose JSON is not that of their fields. */
  #specialReader(type: string): ReadValue | undefined {
    const wrapped = WRAPPERS[type];
    if (wrapped !== undefined) {
      return (reader) => {
        let value = wrapped.byDefault;
        walkFields(reader, (tag) => {
          if (tag !== (1 << 3 | wrapped.form)) return false;
          value = wrapped.read(reader);
          return true;
        });
        return value;
      };
    }
    switch (type) {
      case `${NAMESPACE}Timestamp`:
        return (reader) => timestampText(readSeconds(reader));
      case `${NAMESPACE}Duration`:
        return (reader) => durationText(readSeconds(reader));
      case `${NAMESPACE}FieldMask`:
        return readFieldMask;
      case `${NAMESPACE}Struct`:
        return (reader) => this.#readStruct(reader);
      case `${NAMESPACE}Value`:
        return (reader) => this.#readValue(reader);
      case `${NAMESPACE}ListValue`:
        return (reader) => this.#readListValue(reader);
      case `${NAMESPACE}Any`:
        return (reader) => this.#readAny(reader);
      default:
        return undefined;
    }
  }

  #readNested(type: string, reader: MessageReader): unknown {
    const outer = reader.enter();
    const value = this.#readMessage(type, reader);
    reader.leave(outer);
    return value;
  }

  #readStruct(reader: MessageReader): Filled {
    const into: Filled = {};
    walkFields(reader, (tag) => {
      if (tag !== 10) return false;
      const outer = reader.enter();
      let key = "";
      let value: unknown = null;
      walkFields(reader, (inner) => {
        if (inner === 10) key = reader.text();
        else if (inner === 18) value = this.#readNested(`${NAMESPACE}Value`, reader);
        else return false;
        return true;
      });
      reader.leave(outer);
      setMember(into, key, value);
      return true;
    });
    return into;
  }

  #readListValue(reader: MessageReader): unknown[] {
    const list: unknown[] = [];
    walkFields(reader, (tag) => {
      if (tag !== 10) return false;
      list.push(this.#readNested(`${NAMESPACE}Value`, reader));
      return true;
    });
    return list;
  }

  #readValue(reader: MessageReader): unknown {
    let value: unknown = null;
    walkFields(reader, (tag) => {
      if (tag === 8) {
        reader.varint();
        value = null;
      } else if (tag === 17) value = SCALARS.double.read(reader);
      else if (tag === 26) value = reader.text();
      else if (tag === 32) value = SCALARS.bool.read(reader);
      else if (tag === 42) value = this.#readNested(`${NAMESPACE}Struct`, reader);
      else if (tag === 50) value = this.#readNested(`${NAMESPACE}ListValue`, reader);
      else return false;
      return true;
    });
    return value;
  }

  #readAny(reader: MessageReader): Filled {
    let url = "";
    let bytes: Uint8Array = new Uint8Array(0);
    walkFields(reader, (tag) => {
      if (tag === 10) url = reader.text();
      else if (tag === 18) bytes = reader.bytes();
      else return false;
      return true;
    });
    const type = url.slice(url.lastIndexOf("/") + 1);
    if (!this.#messages.has(type)) return { "@type": url, value: bytes.toBase64() };
    const inner = new MessageReader();
    inner.begin(bytes);
    const value = this.#readMessage(type, inner);
    const isSpecial = type.startsWith(NAMESPACE) && this.#specialReader(type) !== undefined;
    return isSpecial ? { "@type": url, value } : { "@type": url, ...(value as Filled) };
  }
}

/** Goes through fields; those that `take` does not take are passed over. */
function walkFields(reader: MessageReader, take: (tag: number) => boolean): void {
  while (reader.at < reader.end) {
    const tag = reader.varint();
    if (!take(tag)) reader.skip(tag);
  }
}

function readSeconds(reader: MessageReader): { readonly seconds: bigint; readonly nanos: number } {
  let seconds = 0n;
  let nanos = 0;
  walkFields(reader, (tag) => {
    if (tag === 8) seconds = BigInt.asIntN(64, reader.varint64());
    else if (tag === 16) nanos = reader.varint() | 0;
    else return false;
    return true;
  });
  return { seconds, nanos };
}

function readFieldMask(reader: MessageReader): string {
  const paths: string[] = [];
  walkFields(reader, (tag) => {
    if (tag !== 10) return false;
    paths.push(reader.text().replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase()));
    return true;
  });
  return paths.join(",");
}

/** Servers choose the keys of maps. */
function setMember(into: Filled, key: string, value: unknown): void {
  if (key !== "__proto__") into[key] = value;
  else Object.defineProperty(into, key, { value, enumerable: true, configurable: true, writable: true });
}
