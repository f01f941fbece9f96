/**
 * A comparison by itself, in the form that the user asks for.
 *
 * @module
 */
import type { Style } from "../lib/style.ts";
import type { Comparison } from "../result/comparison.ts";
import { toComparisonJson } from "../result/document/comparison_json.ts";
import { comparisonMarkdown } from "./comparison_markdown.ts";
import { jsonText } from "../lib/json/json_text.ts";
import { comparisonLines } from "./terminal/comparison.ts";

/** The comparison as text, with a line end at its end. */
export function comparisonText(
  comparison: Comparison,
  { format, style }: { readonly format: "table" | "markdown" | "json"; readonly style: Style },
): string {
  switch (format) {
    case "json":
      return jsonText(toComparisonJson(comparison));
    case "markdown":
      return `${comparisonMarkdown(comparison).join("\n")}\n`;
    case "table":
      return `${comparisonLines(comparison, style).join("\n")}\n`;
  }
}
