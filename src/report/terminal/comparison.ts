/**
 * A comparison with a baseline as text: a section of the terminal report, and what `bench compare` prints.
 *
 * @module
 */
import { escapeTerminal } from "../../lib/escape.ts";
import type { Style } from "../../lib/style.ts";
import { type Comparison, isRegressed } from "../../result/comparison.ts";
import { comparisonHead, comparisonRows, sourcesText } from "../comparison_rows.ts";
import { type ReportContext, type Section, table, wrapped } from "./layout.ts";

/** The comparison, when there is one. */
export function baselineComparison({ outcome: { comparison }, style }: ReportContext): Section {
  return {
    title: "BASELINE COMPARISON",
    lines: comparison === undefined ? [] : comparisonLines(comparison, style),
  };
}

/** The table, the rules and what they come to. */
export function comparisonLines(comparison: Comparison, style: Style): readonly string[] {
  const { warnings, rules } = comparison;
  const width = Math.max(20, ...rules.map(({ expression }) => escapeTerminal(expression).length + 1));
  return [
    ...wrapped(`Baseline: ${sourcesText(comparison)}`, 4),
    ...warnings.flatMap((text) => wrapped(`Warning: ${text}`, 4).map(style.warning)),
    "",
    ...table(comparisonHead(comparison), comparisonRows(comparison), 40).map((line) => `  ${line}`),
    "",
    ...rules.map(({ expression, passed, reason }) =>
      `    ${escapeTerminal(expression).padEnd(width)}${passed ? style.good("PASS") : style.bad("FAIL")}  ${
        escapeTerminal(reason)
      }`
    ),
    ...(rules.length > 0 ? [""] : []),
    `  Result: ${resultText(comparison, style)}`,
  ];
}

function resultText(comparison: Comparison, style: Style): string {
  if (isRegressed(comparison)) return style.bad("WORSE THAN THE BASELINE ALLOWS");
  if (comparison.rules.length === 0) return style.warning("NOT JUDGED: no rule was given (--fail-on)");
  return style.good("ALL RULES HELD");
}
