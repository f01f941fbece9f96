/**
 * JSON as text, ASCII only.
 *
 * @module
 */

/**
 * Any JSON-safe value as text. Lists of numbers stay on one line, so that timelines and histograms stay readable;
 * characters beyond ASCII are escaped, so that the text is harmless on any terminal.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(jsonText({ a: [[1, 2]], b: "é" }), '{\n  "a": [\n    [1, 2]\n  ],\n  "b": "\\u00e9"\n}\n');
 * ```
 */
export function jsonText(value: unknown): string {
  // Line ends inside strings are written as \n, so a raw one is always layout.
  const text = JSON.stringify(value, null, 2)
    .replace(NUMBERS, (list) => `[${list.slice(1, -1).trim().replaceAll(/\s+/g, " ")}]`);
  return `${inAscii(text)}\n`;
}

/** A list of at least two numbers, an item a line. */
const NUMBERS = /\[\n\s+(?:-?[\d.e+-]+|null)(?:,\n\s+(?:-?[\d.e+-]+|null))+\n\s+\]/g;

/** Any JSON-safe value on one line, ASCII only. */
export function asciiJson(value: unknown): string {
  return inAscii(JSON.stringify(value));
}

function inAscii(json: string): string {
  // A CI system takes "##[" for a command, wherever it stands in a log.
  return json.replace(
    /[\u007f-\uffff]|#(?=#[a-z]*\[)/gi,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
