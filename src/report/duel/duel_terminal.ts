/**
 * A duel on the terminal: a row for each metric with both values, the change, and where it lies as a picture.
 *
 * ```text
 *                  A           B     B against A   −5%             0             +5%
 *   rps     1,043.20    1,011.40    −3.1% ± 0.8%    ├──●──┤        │                worse
 * ```
 *
 * @module
 */
import { escapeTerminal } from "../../lib/escape.ts";
import type { Paint, Style } from "../../lib/style.ts";
import type { ChangeVerdict } from "../../result/comparison.ts";
import type { DuelMetric, DuelResult } from "../../result/duel/duel_result.ts";
import { wrapped } from "../terminal/layout.ts";
import { axisOf, type DuelAxis } from "./duel_scale.ts";
import { changeText, courseText, findingText, ruleText, sideText, verdictText } from "./duel_words.ts";

/** Cells of the axis; odd, so that it has a middle. */
const AXIS = 33;

/** The report, with a line end at its end. */
export function duelText(
  result: DuelResult,
  { style, width = 100, isQuiet = false }: {
    readonly style: Style;
    readonly width?: number | undefined;
    readonly isQuiet?: boolean;
  },
): string {
  const text = Math.min(Math.max(width, 60), 100);
  const finding = wrapped(findingText(result), 2, text);
  if (isQuiet) return [...finding, ...ruleLines(result, style), ""].join("\n");
  return [
    "",
    ...(["a", "b"] as const).flatMap((side) =>
      wrapped(`${side.toUpperCase()}: ${sideLine(result, side)}`, 5, text)
    ),
    ...wrapped(courseText(result), 2, text).map(style.faint),
    "",
    ...tableLines(result, style, width),
    "",
    ...finding.map(style.heading),
    ...wrapped(
      `All intervals together hold the truth with a confidence of ${result.confidence}%, whenever the duel ends.`,
      2,
      text,
    ).map(style.faint),
    ...result.warnings.flatMap((warning) => wrapped(`Warning: ${warning}`, 4, text)).map(style.warning),
    ...(result.rules.length > 0 ? ["", ...ruleLines(result, style)] : []),
    "",
  ].join("\n");
}

function sideLine({ sides }: DuelResult, side: "a" | "b"): string {
  const { target, options, command } = sides[side];
  return [target, options, command === undefined ? undefined : `(${command})`].filter((part) =>
    part !== undefined
  )
    .join(" ");
}

function tableLines(result: DuelResult, style: Style, width: number): readonly string[] {
  const { metrics } = result;
  const ratios = metrics.filter(({ scale }) => scale === "ratio");
  const axis = axisOf(ratios);
  const rows = metrics.map((metric) =>
    [
      metric.metric,
      sideText(metric, "a"),
      sideText(metric, "b"),
      changeText(metric),
    ].map(escapeTerminal)
  );
  const head = ["", "A", "B", "B against A"];
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const cells = (row: readonly string[]) =>
    `  ${row.map((cell, i) => i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)).join("   ")}`;
  const isTold = ratios.some(({ low, high }) => low !== undefined || high !== undefined);
  const hasRoom = isTold && cells(head).length + AXIS + 14 <= width;
  const scale = hasRoom ? `   ${axisLabels(axis)}` : "";
  return [
    style.faint(`${cells(head)}${scale}`.trimEnd()),
    ...metrics.map((metric, i) => {
      const paint = PAINTS[metric.verdict](style);
      const picture = hasRoom
        ? `   ${metric.scale === "ratio" ? paint(intervalPicture(metric, axis)) : " ".repeat(AXIS)}`
        : "";
      return `${cells(rows[i]!)}${picture}   ${paint(verdictText(metric))}`;
    }),
  ];
}

function axisLabels({ labels: [left, middle, right] }: DuelAxis): string {
  const half = (AXIS - 1) / 2;
  return `${left.padEnd(half)}${middle}${right.padStart(half + 1 - middle.length)}`;
}

/** `├──●──┤`, and the line of no change. */
function intervalPicture({ change, low, high }: DuelMetric, axis: DuelAxis): string {
  const half = (AXIS - 1) / 2;
  const cells = new Array<string>(AXIS).fill(" ");
  const cell = (value: number) =>
    Math.min(Math.max(Math.round(axis.place(value) * half) + half, 0), AXIS - 1);
  if (change !== undefined && (low !== undefined || high !== undefined)) {
    const [from, to] = [low === undefined ? 0 : cell(low), high === undefined ? AXIS - 1 : cell(high)];
    for (let i = from; i <= to; i++) cells[i] = "─";
    cells[from] = low === undefined || axis.place(low) < -1 ? "◄" : "├";
    cells[to] = high === undefined || axis.place(high) > 1 ? "►" : "┤";
    if (cells[half] === " ") cells[half] = "│";
    cells[cell(change)] = "●";
  } else cells[half] = "│";
  return cells.join("");
}

function ruleLines({ rules }: DuelResult, style: Style): readonly string[] {
  const widest = Math.max(20, ...rules.map(({ expression }) => escapeTerminal(expression).length + 1));
  return rules.map((rule) => {
    const paint = rule.isKnown ? rule.passed ? style.good : style.bad : style.warning;
    const verdict = paint(ruleText(rule).toUpperCase());
    return `  ${escapeTerminal(rule.expression).padEnd(widest)}${verdict}  ${escapeTerminal(rule.reason)}`;
  });
}

const PAINTS: Readonly<Record<ChangeVerdict, (style: Style) => Paint>> = {
  better: (style) => style.good,
  worse: (style) => style.bad,
  same: (style) => style.faint,
  unknown: (style) => style.faint,
};
