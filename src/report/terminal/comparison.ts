/**
 * A comparison with a baseline as text: a section of the terminal report, and what `bench compare` prints.
 *
 * @module
 */
import { escapeTerminal } from "../../lib/escape.ts";
import type { Style } from "../../lib/style.ts";
import { type Comparison, isRegressed, rulesNotJudged } from "../../result/comparison.ts";
import { comparisonHead, comparisonRows, rulesText, ruleWords, sourcesText } from "../comparison_rows.ts";
import { type ReportContext, type Section, table, wrapped } from "./layout.ts";

/** The comparison, when there is one. */
export function baselineComparison({ outcome: { comparison }, style, width }: ReportContext): Section {
  return {
    title: "BASELINE COMPARISON",
    lines: comparison === undefined ? [] : comparisonLines(comparison, style, width),
  };
}

/** The table, the rules and what they come to; a narrow terminal gets no interval, and a narrower one no baseline. */
export function comparisonLines(
  comparison: Comparison,
  style: Style,
  width = Infinity,
): readonly string[] {
  const { warnings, rules } = comparison;
  const widest = Math.max(20, ...rules.map(({ expression }) => escapeTerminal(expression).length + 1));
  return [
    ...wrapped(`Baseline: ${sourcesText(comparison)}`, 4),
    ...warnings.flatMap((text) => wrapped(`Warning: ${text}`, 4).map(style.warning)),
    "",
    ...metricLines(comparison, width),
    "",
    ...rules.map((rule) => {
      const { word, paint } = RULE_WORDS[ruleWords(rule)];
      return `    ${escapeTerminal(rule.expression).padEnd(widest)}${paint(style)(word)}  ${
        escapeTerminal(rule.reason)
      }`;
    }),
    ...(rules.length > 0 ? [""] : []),
    `  Result: ${resultText(comparison, style)}`,
  ];
}

const RULE_WORDS = {
  held: { word: "PASS", paint: (style: Style) => style.good },
  fired: { word: "FAIL", paint: (style: Style) => style.bad },
  "not judged": { word: "NOT JUDGED", paint: (style: Style) => style.warning },
} as const;

/** Columns that a width may have no room for, the least needed first. */
const SPARE_COLUMNS = ["bounds", "Baseline"];

function metricLines(comparison: Comparison, width: number): readonly string[] {
  const rows = [comparisonHead(comparison), ...comparisonRows(comparison)];
  for (let spared = 0;; spared++) {
    const left = SPARE_COLUMNS.slice(0, spared);
    const columns = rows[0]!.flatMap((name, i) => left.some((spare) => name.endsWith(spare)) ? [] : [i]);
    const [head, ...body] = rows.map((row) => columns.map((i) => row[i]!));
    const indent = spared < SPARE_COLUMNS.length ? "  " : "";
    const lines = table(head!, body, 40).map((line) => indent + line);
    if (spared === SPARE_COLUMNS.length || lines.every((line) => line.length <= width)) return lines;
  }
}

function resultText(comparison: Comparison, style: Style): string {
  if (comparison.rules.length === 0) return style.warning("NOT JUDGED: no rule was given (--fail-on)");
  const text = rulesText(comparison).toUpperCase();
  if (isRegressed(comparison)) return style.bad(text);
  return rulesNotJudged(comparison).length > 0 ? style.warning(text) : style.good(text);
}
