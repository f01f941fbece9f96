/**
 * A comparison with a baseline as Markdown.
 *
 * @module
 */
import { escapeMarkdown } from "../lib/escape.ts";
import { type Comparison, isRegressed } from "../result/comparison.ts";
import { comparisonHead, comparisonRows, rulesText, ruleWords, sourcesText } from "./comparison_rows.ts";

const MARKS = { held: "✅", fired: "❌", "not judged": "❔" } as const;

/** A heading, the table, the rules and the result. */
export function comparisonMarkdown(comparison: Comparison): readonly string[] {
  const { warnings, rules } = comparison;
  return [
    "### Baseline",
    "",
    `Compared with ${escapeMarkdown(sourcesText(comparison))}`,
    ...warnings.flatMap((text) => ["", `> ⚠️ ${escapeMarkdown(text)}`]),
    "",
    ...markdownTable(comparisonHead(comparison), comparisonRows(comparison)),
    "",
    ...rules.map((rule) => {
      const [expression, reason] = [rule.expression, rule.reason].map(escapeMarkdown);
      return `- ${MARKS[ruleWords(rule)]} ${expression}: ${rule.isKnown ? "" : "not judged: "}${reason}`;
    }),
    ...(rules.length === 0
      ? ["No rule was given, so the comparison cannot fail."]
      : [isRegressed(comparison) ? `\n**${rulesText(comparison)}**` : `\n${rulesText(comparison)}`]),
  ];
}

/** A table whose first column is aligned to the left and the others to the right; cells are escaped. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeMarkdown).join(" | ")} |`;
  return [line(head), `|${head.map((_, i) => i === 0 ? " --- " : " ---: ").join("|")}|`, ...rows.map(line)];
}
