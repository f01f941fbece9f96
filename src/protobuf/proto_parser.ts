/**
 * Texts of `.proto` files as a schema. Loaded only where such files are used: the parser is large.
 *
 * @module
 */
import protobuf from "protobufjs";
import { UsageError } from "../lib/errors.ts";
import { escapeTerminal } from "../lib/escape.ts";
import { type ProtoField, SCALAR_TYPES, type ScalarType } from "../plan/grpc/proto_types.ts";
import { jsonName } from "./read_descriptors.ts";
import { ProtoSchema } from "./schema.ts";

/** Files, parsed one after another. */
export class ProtoParser {
  readonly #root = new protobuf.Root();
  /** Imports that are nowhere; many hold nothing but options, which are not needed. */
  readonly #missing = new Set<string>();

  /** Takes in a file; returns the names of the files that it imports. @throws {UsageError} when it is malformed */
  add(text: string, path: string): readonly string[] {
    try {
      const { imports = [], weakImports = [] } = protobuf.parse(text, this.#root, { keepCase: true });
      return [...imports, ...weakImports];
    } catch (error) {
      const { line, reason } = mistakeIn(error);
      throw new UsageError(`${path}${line === "" ? "" : `:${line}`}: ${escapeTerminal(reason)}`);
    }
  }

  /** Takes in one of the files that belong to Protocol Buffers themselves; `false` when it is none of them. */
  addCommon(name: string): boolean {
    const common = protobuf.common.get(name);
    if (common?.nested === undefined) return false;
    this.#root.addJSON(common.nested);
    return true;
  }

  /** An import is nowhere. */
  noteMissing(name: string): void {
    this.#missing.add(name);
  }

  /** What all files declare together. @throws {UsageError} when a type is missing */
  schema(): ProtoSchema {
    // Extensions are options of files that need not be there.
    (this.#root as unknown as { deferred: unknown[] }).deferred = [];
    try {
      this.#root.resolveAll();
    } catch (error) {
      const missing = [...this.#missing];
      const hint = missing.length === 0
        ? ""
        : `; ${list(missing)} not found: name its folder with --proto-path`;
      throw new UsageError(`Cannot use the .proto files: ${escapeTerminal((error as Error).message)}${hint}`);
    }
    const schema = new ProtoSchema();
    addAll(this.#root, schema);
    return schema;
  }
}

function list(names: readonly string[]): string {
  return `${names.map((name) => `"${escapeTerminal(name)}"`).join(", ")} ${
    names.length === 1 ? "was" : "were"
  }`;
}

/** `illegal token 'x' (line 3)`. */
function mistakeIn(error: unknown): { readonly line: string; readonly reason: string } {
  const message = error instanceof Error ? error.message : String(error);
  const [, reason = message, line = ""] = /^(.*?) \((?:.*, )?line (\d+)\)$/s.exec(message) ?? [];
  return { line, reason };
}

function addAll(parent: protobuf.NamespaceBase, schema: ProtoSchema): void {
  for (const object of parent.nestedArray) {
    const name = plainName(object);
    if (object instanceof protobuf.Type) {
      schema.messages.set(name, { name, fields: object.fieldsArray.filter(isOwn).map(fieldOf) });
    } else if (object instanceof protobuf.Enum) {
      schema.enums.set(name, { name, values: Object.entries(object.values) });
    } else if (object instanceof protobuf.Service) {
      schema.services.set(name, { name, methods: object.methodsArray.map(methodOf) });
    }
    if (object instanceof protobuf.Namespace) addAll(object, schema);
  }
}

/** Fields that other files add are extensions. */
function isOwn({ declaringField }: protobuf.Field): boolean {
  return declaringField === undefined || declaringField === null;
}

function methodOf(method: protobuf.Method): ReturnType<ProtoSchema["methodAt"]>["method"] {
  return {
    name: method.name,
    request: plainName(method.resolvedRequestType!),
    response: plainName(method.resolvedResponseType!),
    streamsRequests: method.requestStream === true,
    streamsResponses: method.responseStream === true,
  };
}

function fieldOf(field: protobuf.Field): ProtoField {
  field.resolve();
  const type = typeOf(field);
  const named = {
    name: field.name,
    json: (field.options?.["json_name"] as string | undefined) ?? jsonName(field.name),
    number: field.id,
    ...type,
  };
  if (field instanceof protobuf.MapField) return { ...named, mapKey: field.keyType as ScalarType };
  if (field.repeated) {
    const isNumber = type.kind === "enum" ||
      (type.kind === "scalar" && type.type !== "string" && type.type !== "bytes");
    return { ...named, repeated: true, ...(isNumber && field.packed && { packed: true as const }) };
  }
  const isExplicit = type.kind === "message" || type.kind === "group" || Boolean(field.hasPresence);
  const { partOf: choice } = field;
  const isChoice = choice !== null && choice !== undefined && !choice.isProto3Optional;
  return {
    ...named,
    ...(isChoice && { oneof: choice.name }),
    ...(isExplicit && { explicit: true as const }),
  };
}

function typeOf(field: protobuf.FieldBase): Pick<ProtoField, "type" | "kind"> {
  const { resolvedType, type } = field;
  if (resolvedType === null) {
    return { kind: "scalar", type: SCALAR_TYPES.find((name) => name === type) ?? "bytes" };
  }
  const name = plainName(resolvedType);
  if (resolvedType instanceof protobuf.Enum) return { kind: "enum", type: name };
  return { kind: (field as protobuf.Field).delimited ? "group" : "message", type: name };
}

/** Names have a dot in front. */
function plainName({ fullName }: protobuf.ReflectionObject): string {
  return fullName.replace(/^\./, "");
}
