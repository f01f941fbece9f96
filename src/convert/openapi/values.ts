/**
 * Values for what an API's description leaves open: what it gives as an example, else what its schema suggests, else a
 * placeholder that a run fills in from the environment.
 *
 * @module
 */
import { UsageError } from "../../lib/errors.ts";
import { isRecord, textOf } from "../json_values.ts";
import { listOf, type OpenapiDocument, type SpecObject } from "./document.ts";

/** Schemas within schemas. */
const MAX_LEVELS = 50;
/** Schemas looked at for one description: small ones can be woven so that they never end. */
const MAX_SCHEMAS = 200_000;

/** Text that a run fills in. All other text of a description is sent as it stands there, whatever it looks like. */
export class Placeholder {
  /** As a scenario file writes it: `Bearer ${env(TOKEN)}`. */
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Strings of well-known formats. */
const OF_FORMAT = new Map<unknown, string | Placeholder>([
  ["uuid", new Placeholder("${uuid()}")],
  ["date-time", new Placeholder("${now()}")],
  ["date", "2026-01-31"],
  ["time", "12:00:00Z"],
  ["email", "user@example.com"],
  ["hostname", "example.com"],
  ["ipv4", "192.0.2.1"],
  ["ipv6", "2001:db8::1"],
  ["uri", "https://example.com/"],
  ["byte", "YmVuY2g="],
]);

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
  placeholder(name: string, prefix = ""): Placeholder {
    const variable = environmentName(name);
    this.needed.add(variable);
    return new Placeholder(`${prefix}\${env(${variable})}`);
  }

  /** A parameter's value. */
  ofParameter(parameter: SpecObject): unknown {
    const name = textOf(parameter["name"]) ?? "";
    const given = this.#example(parameter);
    if (given !== undefined) return given;
    const [media] = Object.values(this.#document.resolve(parameter["content"]) ?? {});
    const schema = parameter["schema"] ?? this.#document.resolve(media)?.["schema"];
    return this.ofSchema(schema, name);
  }

  /** A body of a media type: an example, or what its schema asks for at least. */
  ofMedia(media: SpecObject): unknown {
    return this.#example(media) ?? this.ofSchema(media["schema"], "BODY");
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
    const given = this.#example(schema) ?? schema["default"] ?? listOf(schema["enum"])[0] ?? schema["const"];
    if (given !== undefined) return given;
    switch (typeOf(schema)) {
      case "object":
        return this.#object(schema);
      case "array":
        return this.#items(schema, name);
      case "boolean":
        return true;
      case "integer":
      case "number":
        return leastOf(schema);
      case "null":
        return null;
      default:
        return OF_FORMAT.get(schema["format"]) ?? this.placeholder(name);
    }
  }

  /** One item, where it is known what items are. */
  #items({ items }: SpecObject, name: string): readonly unknown[] {
    const item = items === undefined ? undefined : this.ofSchema(items, name);
    return item === undefined ? [] : [item];
  }

  /** The members that must be there, without those that only answers have. */
  #object(schema: SpecObject): SpecObject {
    const properties = isRecord(schema["properties"]) ? schema["properties"] : {};
    const names = listOf(schema["required"]).filter((name) => typeof name === "string");
    return Object.fromEntries(names.flatMap((name) => {
      const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (this.#document.resolve(property)?.["readOnly"] === true) return [];
      const value = this.ofSchema(property, name);
      return value === undefined ? [] : [[name, value]];
    }));
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
  if (value instanceof Placeholder) return `"${value.text}"`;
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

/** The smallest number from 1 up that a schema allows, or its maximum where that is below 1. */
function leastOf(schema: SpecObject): number {
  const { minimum, exclusiveMinimum, maximum } = schema;
  const above = typeof exclusiveMinimum === "number"
    ? exclusiveMinimum + 1
    : exclusiveMinimum === true && typeof minimum === "number"
    ? minimum + 1
    : 1;
  const least = Math.max(above, typeof minimum === "number" ? minimum : 1);
  return typeof maximum === "number" ? Math.min(least, maximum) : least;
}
