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
const RULE_WIDTH = 70;

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
  /** Columns at which text is broken. */
  readonly textWidth: number;
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
    ...widthsOf(options),
  };
}

/** The whole report has rules of one width; the short one takes the terminal's width. */
function widthsOf({ detail = "full", width }: ReportOptions): Pick<ReportContext, "width" | "textWidth"> {
  if (detail === "full") return { width: Math.max(width ?? 100, RULE_WIDTH), textWidth: RULE_WIDTH };
  const columns = Math.min(Math.max(width ?? 80, 60), 120);
  return { width: columns, textWidth: columns };
}

/** A full-width rule. */
const RULE = "=".repeat(RULE_WIDTH);

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

/** Text broken at blanks to the width of rules, or to another; further lines are indented by `indent` columns. */
export function wrapped(text: string, indent: number, width = RULE_WIDTH): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of escapeTerminal(text).split(" ")) {
    const room = width - (lines.length === 0 ? 2 : indent);
    if (line !== "" && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].map((part, i) => " ".repeat(i === 0 ? 2 : indent) + part);
}

/** Stands for a blank at which no line is broken. */
const TIED = "\u00a0";

/** Parts of a line, each of which {@linkcode fitted} leaves whole. */
export function tied(parts: readonly string[]): string {
  return parts.map((part) => part.replaceAll(" ", TIED)).join("  ");
}

/** A line, painted or not, on as many lines as a width needs: broken at blanks, the further ones indented. */
export function fitted(line: string, width: number): readonly string[] {
  // deno-lint-ignore no-control-regex -- the colours that the style put in
  const parts = line.match(/\x1b\[[\d;]*m| +|[^ \x1b]+/g) ?? [];
  const lines: string[] = [];
  let [text, columns] = ["", 0];
  for (const part of parts) {
    const length = part.startsWith("\x1b") ? 0 : part.length;
    if (columns + length > width && columns > 4 && part.trim() !== "") {
      lines.push(text.trimEnd());
      [text, columns] = ["    ", 4];
    }
    text += part;
    columns += length;
  }
  return [...lines, text.trimEnd()].map((line) => line.replaceAll(TIED, " "));
}

/** A bar for `value` where `largest` fills the width; padded to it. */
export function bar(value: number, largest: number, width = BAR_WIDTH): string {
  const length = largest > 0 ? Math.floor(value / largest * width) : 0;
  return "#".repeat(length).padEnd(width);
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
