/**
 * Reads single values of JSON that others wrote: one that is not as expected counts as missing.
 *
 * @module
 */
import { isRecord } from "../lib/is_record.ts";
import { utf8Text } from "../lib/utf8_text.ts";

/** A JSON value's string, or `undefined`. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/**
 * The text of a recorded value: a string, a number or a boolean, or the object that WebDriver BiDi makes of bytes,
 * `{ type: "string", value }` or `{ type: "base64", value }`; otherwise `undefined`.
 */
export function valueText(value: unknown): string | undefined {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (!isRecord(value)) return textOf(value);
  const text = textOf(value["value"]);
  if (text === undefined || value["type"] !== "base64") return value["type"] === "string" ? text : undefined;
  try {
    return utf8Text(Uint8Array.fromBase64(text));
  } catch {
    return undefined; // the decoder of base64 has no other way to say so
  }
}

/** A JSON number, or the number that a JSON string spells; otherwise `undefined`. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === "string" && /^-?\d+(?:\.\d+)?$/.test(value.trim())) return Number(value);
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** The value, when it is a list. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
