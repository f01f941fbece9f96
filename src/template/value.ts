/**
 * What stands for a placeholder: a JSON value that was extracted or read from a data file. In a text it is text; where a
 * placeholder is a whole value of a JSON body, it keeps its type.
 *
 * @module
 */
import type { DataValue } from "../plan/scenario.ts";
import { jsonText } from "./exact_json.ts";

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
