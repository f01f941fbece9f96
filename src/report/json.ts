/**
 * The JSON report: the public document as text, two spaces a level, ASCII only.
 *
 * @module
 */
import { toJsonDocument } from "../result/json_document.ts";
import type { Reporter } from "./reporter.ts";

/** Writes the public JSON document. */
export const jsonReporter: Reporter = {
  name: "json",
  render: (outcome) => jsonText(toJsonDocument(outcome)),
};

/**
 * Any JSON-safe value as text. Pairs of numbers stay on one line, so that timelines and histograms stay readable;
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
    .replace(/\[\n\s+(-?[\d.e+-]+),\n\s+(-?[\d.e+-]+)\n\s+\]/g, "[$1, $2]")
    .replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return `${text}\n`;
}
