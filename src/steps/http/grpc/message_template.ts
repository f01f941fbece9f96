/**
 * Messages in JSON with values to be put in: read once, so that a request needs no JSON of its own.
 *
 * @module
 */
import { isRecord } from "../../../lib/is_record.ts";
import { Hole } from "../../../protobuf/message_form.ts";
import { isScalar, parseExactJson } from "../../../template/exact_json.ts";
import type { Parts } from "../../../template/template.ts";

/** The values of one request, as JSON has them: whole, or as the inside of a string. */
type Values = readonly string[];

/**
 * The message with a {@linkcode Hole} where it has values; `undefined`: it must be read anew for each request, since a
 * member's name has one in it.
 *
 * @throws {SyntaxError} when it is not JSON
 */
export function messageTemplate(parts: Parts): unknown {
  const mark = `\ue000${crypto.randomUUID()}:`;
  const value: unknown = parseExactJson(markedJson(parts, mark));
  return withHoles(value, mark);
}

/** The JSON text with a mark and a number in place of each value. */
function markedJson(parts: Parts, mark: string): string {
  let text = "";
  let isInString = false;
  for (const part of parts) {
    if (typeof part === "number") {
      text += isInString ? `${mark}${part};` : `"${mark}=${part};"`;
      continue;
    }
    text += part;
    for (const [found] of part.matchAll(/\\.|"/gs)) if (found === '"') isInString = !isInString;
  }
  return text;
}

function withHoles(value: unknown, mark: string): unknown {
  if (typeof value === "string") return value.includes(mark) ? holeIn(value, mark) : value;
  if (isScalar(value)) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => withHoles(item, mark));
    return items.includes(undefined) ? undefined : items;
  }
  if (!isRecord(value)) return value;
  const filled: Record<string, unknown> = Object.create(null);
  for (const [key, item] of Object.entries(value)) {
    const found = key.includes(mark) ? undefined : withHoles(item, mark);
    if (found === undefined) return undefined;
    filled[key] = found;
  }
  return filled;
}

/** A string with values in it, or the value that stands in its place. */
function holeIn(text: string, mark: string): Hole<Values> {
  const [before = "", ...rest] = text.split(mark);
  const whole = /^=(\d+);$/.exec(rest[0] ?? "");
  if (whole !== null) {
    const at = Number(whole[1]);
    return new Hole((values) => wholeValue(values[at]!));
  }
  const pieces = rest.map((piece) => {
    const end = piece.indexOf(";");
    return { at: Number(piece.slice(0, end)), after: piece.slice(end + 1) };
  });
  return new Hole((values) => {
    let filled = before;
    for (const { at, after } of pieces) filled += unescaped(values[at]!) + after;
    return filled;
  });
}

/** Digits that any double holds. */
const MAX_EXACT_DIGITS = 15;
const SHORT_NUMBER = /^-?[1-9]\d*$/;

/** @throws {SyntaxError} when it is not JSON */
function wholeValue(json: string): unknown {
  if (json.charCodeAt(0) === 34 && !json.includes("\\")) return json.slice(1, -1);
  if (json.length <= MAX_EXACT_DIGITS && SHORT_NUMBER.test(json)) return Number(json);
  return parseExactJson(json);
}

/** The inside of a JSON string as the text that it is. */
function unescaped(text: string): string {
  return text.includes("\\") ? String(JSON.parse(`"${text}"`)) : text;
}
