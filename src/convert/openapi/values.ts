/**
 * Values for what an API's description leaves open: what it gives as an example or default, else what its schema allows
 * alone or first, else a placeholder that a run fills in from the environment. None is invented.
 *
 * @module
 */
import { isRecord } from "../../lib/is_record.ts";
import { UsageError } from "../../lib/errors.ts";
import { listOf, textOf } from "../json_values.ts";
import type { OpenapiDocument, SpecObject } from "./document.ts";

/** Schemas within schemas. */
const MAX_LEVELS = 50;
/** Schemas looked at for one description: small ones can be woven so that they never end. */
const MAX_SCHEMAS = 200_000;

/** Text that a run fills in. All other text of a description is sent as it stands there, whatever it looks like. */
export class Placeholder {
  /** As a scenario file writes it: `Bearer ${env(TOKEN)}`. */
  readonly text: string;
  /** It stands for a number or a boolean, which JSON does not quote. */
  readonly isBare: boolean;

  constructor(text: string, isBare = false) {
    this.text = text;
    this.isBare = isBare;
  }
}

/** A member of a form. */
export interface FormMember {
  readonly name: string;
  /** `undefined` for files, and for what holds itself. */
  readonly value: unknown;
  /** Bytes, which no description holds. */
  readonly isFile: boolean;
}

/** Finds values, and remembers what it left to the user. */
export class OpenapiValues {
  /** Environment variables that the user has to set. */
  readonly needed: Set<string> = new Set();
  readonly #document: OpenapiDocument;
  /** Schemas whose values are being made; one that holds itself is left out there. */
  readonly #open = new Set<unknown>();
  #looks = 0;

  constructor(document: OpenapiDocument) {
    this.#document = document;
  }

  /** A placeholder for something that only the user knows. */
  placeholder(name: string, { prefix = "", isBare = false } = {}): Placeholder {
    const variable = environmentName(name);
    this.needed.add(variable);
    return new Placeholder(`${prefix}\${env(${variable})}`, isBare);
  }

  /**
   * A parameter's value: what the description gives for it, else a placeholder. An optional one has only its default;
   * `undefined`: it is not sent.
   */
  ofParameter(parameter: SpecObject, isRequired: boolean): unknown {
    const name = textOf(parameter["name"]) ?? "";
    const [media] = Object.values(this.#document.resolve(parameter["content"]) ?? {});
    const content = this.#document.resolve(media);
    const schema = parameter["schema"] ?? content?.["schema"];
    if (!isRequired) {
      const source = this.#document.resolve(schema);
      return source === undefined ? undefined : this.#merged(source)["default"] ?? undefined;
    }
    const given = this.#example(parameter) ?? (content === undefined ? undefined : this.#example(content)) ??
      this.#given(schema);
    if (given !== undefined) return given;
    const made = this.ofSchema(schema, name);
    // Nothing would be sent for a list or an object of which nothing is known.
    const isEmpty = typeof made === "object" && made !== null && !(made instanceof Placeholder) &&
      Object.keys(made).length === 0;
    return made === undefined || isEmpty ? this.placeholder(name) : made;
  }

  /** A body of a media type: an example, or what its schema asks for at least. */
  ofMedia(media: SpecObject): unknown {
    return this.#example(media) ?? this.ofSchema(media["schema"], "BODY");
  }

  /** Members of a form: those of an example, or those that the schema asks for at least. */
  ofForm(media: SpecObject): readonly FormMember[] {
    const schema = this.#merged(this.#document.resolve(media["schema"]) ?? {});
    const given = this.#example(media) ?? this.#givenBy(schema);
    const names = isRecord(given) ? Object.keys(given) : requiredNames(schema);
    return names.flatMap((name): FormMember[] => {
      const property = this.#property(schema, name);
      const isFile = this.#isFile(property);
      if (isFile) return [{ name, value: undefined, isFile }];
      if (isRecord(given)) return [{ name, value: given[name], isFile }];
      return this.#isReadOnly(property) ? [] : [{ name, value: this.ofSchema(property, name), isFile }];
    });
  }

  /** A value that fits a schema; `name` is what a placeholder is called after. `undefined`: it holds itself. */
  ofSchema(value: unknown, name: string): unknown {
    const source = this.#document.resolve(value);
    if (source === undefined) return this.placeholder(name);
    if (this.#open.has(source) || this.#open.size > MAX_LEVELS) return undefined;
    this.#open.add(source);
    const found = this.#find(this.#merged(source), name);
    this.#open.delete(source);
    return found;
  }

  #find(schema: SpecObject, name: string): unknown {
    const given = this.#givenBy(schema);
    if (given !== undefined) return given;
    switch (typeOf(schema)) {
      case "object":
        return this.#object(schema);
      case "array":
        return this.#items(schema, name);
      case "null":
        return null;
      case "boolean":
      case "integer":
      case "number":
        return this.placeholder(name, { isBare: true });
      default:
        return this.placeholder(name);
    }
  }

  /** The value that a schema, as it is written, gives itself. */
  #given(value: unknown): unknown {
    const source = this.#document.resolve(value);
    return source === undefined ? undefined : this.#givenBy(this.#merged(source));
  }

  #givenBy(schema: SpecObject): unknown {
    return this.#example(schema) ?? schema["default"] ?? listOf(schema["enum"])[0] ?? schema["const"];
  }

  /** One item, where it is known what items are. */
  #items({ items }: SpecObject, name: string): readonly unknown[] {
    const item = items === undefined ? undefined : this.ofSchema(items, name);
    return item === undefined ? [] : [item];
  }

  /** The members that must be there, without those that only responses have. */
  #object(schema: SpecObject): SpecObject {
    return Object.fromEntries(
      requiredNames(schema).flatMap((name) => {
        const property = this.#property(schema, name);
        const value = this.#isReadOnly(property) ? undefined : this.ofSchema(property, name);
        return value === undefined ? [] : [[name, value]];
      }),
    );
  }

  #property(schema: SpecObject, name: string): unknown {
    const properties = record(schema["properties"]);
    return Object.hasOwn(properties, name) ? properties[name] : undefined;
  }

  #isReadOnly(property: unknown): boolean {
    return this.#document.resolve(property)?.["readOnly"] === true;
  }

  /** Whether a schema, or that of a list's items, stands for bytes: as 3.0 says it, or as 3.1 does. */
  #isFile(value: unknown, level = 0): boolean {
    const source = value === undefined ? undefined : this.#document.resolve(value);
    if (source === undefined) return false;
    const schema = this.#merged(source);
    const type = typeOf(schema);
    if (type === "array") return level === 0 && this.#isFile(schema["items"], 1);
    if (type === undefined && schema["contentMediaType"] !== undefined) {
      return schema["contentEncoding"] === undefined;
    }
    return (type === undefined || type === "string") && schema["format"] === "binary";
  }

  /** The schema with what `allOf` adds to it, or the first of its alternatives. */
  #merged(schema: SpecObject, level = 0): SpecObject {
    if (++this.#looks > MAX_SCHEMAS) {
      throw new UsageError("Cannot import a description with endless schemas");
    }
    const [choice] = [...listOf(schema["oneOf"]), ...listOf(schema["anyOf"])];
    const parts = [...listOf(schema["allOf"]), ...(choice === undefined ? [] : [choice])];
    return parts.reduce<SpecObject>((sum, part) => {
      const source = level < MAX_LEVELS ? this.#document.resolve(part) : undefined;
      const other = source === undefined ? {} : this.#merged(source, level + 1);
      return {
        ...other,
        ...sum,
        properties: { ...record(other["properties"]), ...record(sum["properties"]) },
        required: [...new Set([...listOf(sum["required"]), ...listOf(other["required"])])],
      };
    }, schema);
  }

  #example(object: SpecObject): unknown {
    if (object["example"] !== undefined) return object["example"];
    const examples = object["examples"];
    if (Array.isArray(examples)) return examples[0];
    const [first] = Object.values(record(examples));
    return this.#document.resolve(first)?.["value"];
  }
}

/**
 * A value as JSON that a scenario reads as it is meant: placeholders stand in it, and nothing else looks like one.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const text = jsonText({ id: new Placeholder("${uuid()}"), note: "${uuid()}" });
 * assertEquals(text, String.raw`{"id":"${"${uuid()}"}","note":"\u0024{uuid()}"}`);
 * ```
 */
export function jsonText(value: unknown): string {
  if (value instanceof Placeholder) return value.isBare ? value.text : `"${value.text}"`;
  if (Array.isArray(value)) return `[${value.map(jsonText).join(",")}]`;
  if (!isRecord(value)) return JSON.stringify(value ?? null).replaceAll("${", "\\u0024{");
  return `{${Object.entries(value).map(([name, each]) => `${jsonText(name)}:${jsonText(each)}`).join(",")}}`;
}

/**
 * The environment variable that stands for a name.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(["petId", "X-API-Key", "2fa"].map(environmentName), ["PET_ID", "X_API_KEY", "_2FA"]);
 * ```
 */
export function environmentName(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").replace(/[^A-Za-z0-9]+/g, "_");
  return words.replace(/^(?=\d|$)/, "_").toUpperCase();
}

function requiredNames(schema: SpecObject): readonly string[] {
  return listOf(schema["required"]).filter((name) => typeof name === "string");
}

function record(value: unknown): SpecObject {
  return isRecord(value) ? value : {};
}

/** The type, or the first of several; what has members or items is an object or a list without saying so. */
function typeOf(schema: SpecObject): string | undefined {
  const type = schema["type"];
  const first = Array.isArray(type) ? type.find((each) => each !== "null") ?? type[0] : type;
  if (typeof first === "string") return first;
  if (listOf(schema["required"]).length > 0 || Object.keys(record(schema["properties"])).length > 0) {
    return "object";
  }
  return schema["items"] === undefined ? undefined : "array";
}
