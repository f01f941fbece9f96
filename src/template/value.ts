/**
 * What stands for a placeholder: a JSON value that was extracted or read from a data file. In a text it is text; where a
 * placeholder is a whole value of a JSON body, it keeps its type.
 *
 * @module
 */
import type { DataValue } from "../plan/scenario.ts";
import { isScalar, jsonText, parseExactJson } from "./exact_json.ts";

/** Reads a value that was parsed by `parseExactJson`. */
export function valueOf(parsed: unknown): DataValue {
  switch (typeof parsed) {
    case "string":
    case "number":
    case "boolean":
      return parsed;
    default:
      return parsed === null ? null : { json: jsonText(parsed) };
  }
}

/** The value as it stands in a text: strings as they are, everything else as JSON. */
export function textOf(value: DataValue): string {
  if (typeof value === "string") return value;
  return typeof value === "object" && value !== null ? value.json : JSON.stringify(value);
}

/** The value as it stands in JSON. */
export function jsonOf(value: DataValue): string {
  return typeof value === "string" ? JSON.stringify(value) : textOf(value);
}

/** Lists and objects are parsed when something in them is asked for, once. */
const parsedValues = new WeakMap<object, unknown>();

function parsedOf(value: DataValue): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  if (!parsedValues.has(value)) parsedValues.set(value, parseExactJson(value.json));
  return parsedValues.get(value);
}

/** The elements of a list; `undefined` when the value is none. */
export function elementsOf(value: DataValue): readonly unknown[] | undefined {
  const parsed = parsedOf(value);
  return Array.isArray(parsed) ? parsed : undefined;
}

/** How many elements a list has, or members an object; `undefined` for everything else. */
export function sizeOf(value: DataValue): number | undefined {
  const parsed = parsedOf(value);
  if (parsed === undefined || isScalar(parsed)) return undefined;
  return Array.isArray(parsed) ? parsed.length : Object.keys(parsed as object).length;
}

/** What a list has at a position, which counts from the end when it is below zero, or an object under a name. */
export function memberOf(value: DataValue, key: DataValue): DataValue | undefined {
  const parsed = parsedOf(value);
  let found: unknown;
  if (Array.isArray(parsed)) found = parsed.at(numberOf(key) ?? NaN);
  else if (typeof parsed === "object" && parsed !== null && !isScalar(parsed)) {
    const name = textOf(key);
    found = Object.hasOwn(parsed, name) ? (parsed as Record<string, unknown>)[name] : undefined;
  }
  return found === undefined ? undefined : valueOf(found);
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/**
 * The number that a value is or spells, such as a column of a CSV file; `undefined` when it is none.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals([numberOf(" 5 "), numberOf(5), numberOf(""), numberOf(true)], [5, 5, undefined, undefined]);
 * ```
 */
export function numberOf(value: DataValue): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "boolean" || value === null) return undefined;
  const text = textOf(value).trim();
  return NUMBER.test(text) ? Number(text) : undefined;
}
