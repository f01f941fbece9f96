/**
 * The JSON report: the public document as text, two spaces a level, ASCII only.
 *
 * @module
 */
import { methodOf, stepsOf } from "../plan/scenario.ts";
import { toJsonDocument } from "../result/document/json_document.ts";
import type { Outcome } from "../result/outcome.ts";
import type { Reporter } from "./reporter.ts";

/** Writes the public JSON document; of several runs, totals and a document for each. */
export const jsonReporter: Reporter = {
  name: "json",
  render: (outcome) => jsonText(toJsonDocument(outcome)),
  renderAll: (outcomes) => jsonText(multiDocument(outcomes)),
};

function multiDocument(outcomes: readonly Outcome[]): unknown {
  const endpoints = outcomes.map((outcome) => ({
    method: methodOf(stepsOf(outcome.result.plan.scenario)[0]),
    ...toJsonDocument(outcome),
  }));
  const sum = (key: "total_requests" | "total_errors") => endpoints.reduce((total, of) => total + of[key], 0);
  return {
    mode: "multi_url",
    endpoint_count: endpoints.length,
    total_requests: sum("total_requests"),
    total_errors: sum("total_errors"),
    endpoints,
  };
}

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
    .replace(/\[\n\s+(-?[\d.e+-]+),\n\s+(-?[\d.e+-]+)\n\s+\]/g, "[$1, $2]");
  return `${inAscii(text)}\n`;
}

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
