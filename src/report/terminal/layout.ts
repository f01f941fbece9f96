/**
 * The building blocks of the terminal report: sections between rules, labelled lines, wrapped text, bars, tables.
 *
 * @module
 */
import Table from "cli-table3";
import { escapeTerminal } from "../../lib/escape.ts";
import type { Paint, Style } from "../../lib/style.ts";
import type { Stats } from "../../metrics/stats.ts";
import type { Outcome } from "../../result/outcome.ts";
import { overallStats, type RunResult } from "../../result/run_result.ts";
import type { ReportOptions } from "../reporter.ts";

/** Columns of a rule. */
export const RULE_WIDTH = 70;

/** The longest bar of a chart. */
export const BAR_WIDTH = 40;

/** Everything that a section reads. */
export interface ReportContext {
  readonly outcome: Outcome;
  readonly result: RunResult;
  readonly stats: Stats;
  readonly style: Style;
  /** Columns that tables may use. */
  readonly width: number;
}

/** A titled part of the report; without lines it is left out. */
export interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

/** What sections read of an outcome. */
export function reportContext(outcome: Outcome, options: ReportOptions & { style: Style }): ReportContext {
  const { result } = outcome;
  return {
    outcome,
    result,
    stats: overallStats(result),
    style: options.style,
    width: Math.max(options.width ?? 100, RULE_WIDTH),
  };
}

/** A full-width rule. */
export const RULE = "=".repeat(RULE_WIDTH);

/** Sections as text, a closing rule at the end. */
export function renderSections(sections: readonly Section[], style: Style): string {
  const parts = sections.filter(({ lines }) => lines.length > 0).map(({ title, lines }) =>
    [RULE, `  ${style.heading(title)}`, RULE, ...lines, ""].join("\n")
  );
  return [...parts, RULE, ""].join("\n");
}

/** `  Label:             value`, the value escaped before it is painted; without a label it goes on the line before. */
export function labelled(label: string, value: string, paint?: Paint): string {
  const safe = escapeTerminal(value);
  return `  ${(label === "" ? "" : `${label}:`).padEnd(19)}${paint ? paint(safe) : safe}`;
}

/** Text broken at blanks to the rules' width; further lines are indented by `indent` columns. */
export function wrapped(text: string, indent: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of escapeTerminal(text).split(" ")) {
    const room = RULE_WIDTH - (lines.length === 0 ? 2 : indent);
    if (line !== "" && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].map((part, i) => " ".repeat(i === 0 ? 2 : indent) + part);
}

/** A bar for `value` where `largest` fills {@linkcode BAR_WIDTH}; padded to that width. */
export function bar(value: number, largest: number): string {
  const length = largest > 0 ? Math.floor(value / largest * BAR_WIDTH) : 0;
  return "#".repeat(length).padEnd(BAR_WIDTH);
}

/** Columns aligned by cli-table3: the first to the left, at most `maxFirst` wide, the others to the right. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  maxFirst: number,
): readonly string[] {
  const isLong = rows.some(([first]) => (first ?? "").length > maxFirst);
  const layout = new Table({
    chars: {
      "top": "",
      "top-mid": "",
      "top-left": "",
      "top-right": "",
      "bottom": "",
      "bottom-mid": "",
      "bottom-left": "",
      "bottom-right": "",
      "left": "  ",
      "left-mid": "",
      "mid": "",
      "mid-mid": "",
      "right": "",
      "right-mid": "",
      "middle": "  ",
    },
    style: { "head": [], "border": [], "padding-left": 0, "padding-right": 0 },
    colAligns: head.map((_, i) => i === 0 ? "left" : "right"),
    ...(isLong && { colWidths: [maxFirst] }),
  });
  layout.push([...head], ...rows.map((row) => row.map(escapeTerminal)));
  return layout.toString().split("\n").map((line) => line.trimEnd());
}
