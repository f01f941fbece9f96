/**
 * The dashboard's block of what some steps measure beyond requests: counts at the left, times at the right, or one above
 * the other where it is narrow.
 *
 * @module
 */
import { LIVE_TIMES_HEAD, type LiveMeasures } from "./live_measures.ts";
import { type Area, fitted, type Panel, plain } from "./panel_layout.ts";
import { left, right } from "./text_cells.ts";

/** From this width on counts and times stand beside each other. */
const MIN_BESIDE = 76;
/** Cells of the counts then, and between both. */
const FACT_CELLS = 34, GAP = 3;
/** Cells of a number: a rate or a count, and a time. */
const COUNT_CELLS = 12, TIME_CELLS = 11;
/** What a label takes at least. */
const MIN_LABEL_CELLS = 9;
/** Which columns of times go first where there is too little room. */
const GO_FIRST = ["p95", "p50", "p99 now"];

/** The rows that a block fills at this width. */
export function measuresRows({ facts, times }: LiveMeasures, width: number): number {
  const [left, right] = [1 + facts.length, times.length === 0 ? 0 : 1 + times.length];
  return width >= MIN_BESIDE ? Math.max(left, right) : left + right;
}

/** Draws one block. */
export function measuresPanel(measures: LiveMeasures): Panel {
  return (_state, area) => {
    const { width, height } = area;
    if (measures.times.length === 0) return factRows(measures, area);
    if (width >= MIN_BESIDE) {
      const facts = factRows(measures, { ...area, width: FACT_CELLS });
      const times = timeRows(measures, { ...area, width: width - FACT_CELLS - GAP });
      return facts.map((row, i) => row + " ".repeat(GAP) + times[i]);
    }
    // The heading and the first two counts have their place; then the times, which people watch.
    const lower = Math.min(1 + measures.times.length, Math.max(height - 3, 0));
    return [
      ...factRows(measures, { ...area, height: height - lower }),
      ...timeRows(measures, { ...area, height: lower }),
    ];
  };
}

function factRows({ title, facts }: LiveMeasures, area: Area): readonly string[] {
  const { width, style } = area;
  const label = Math.max(MIN_LABEL_CELLS, Math.min(width - 2 * COUNT_CELLS, 20));
  const numbers = (rate: string, value: string) =>
    left(right(rate, COUNT_CELLS) + right(value, COUNT_CELLS), width - label);
  return fitted([
    style.heading(left(title, label)) + style.faint(numbers("last second", "so far")),
    ...facts.map((fact) =>
      style.faint(left(fact.label, label)) +
      (fact.isBad ? style.bad : plain)(numbers(fact.rate ?? "", fact.value))
    ),
  ], area);
}

function timeRows({ times }: LiveMeasures, area: Area): readonly string[] {
  const { width, style } = area;
  const longest = Math.max(MIN_LABEL_CELLS, ...times.map(({ label }) => label.length + 1));
  const room = Math.max(1, Math.floor((width - longest) / TIME_CELLS));
  const hidden = new Set(GO_FIRST.slice(0, Math.max(LIVE_TIMES_HEAD.length - room, 0)));
  const count = LIVE_TIMES_HEAD.length - hidden.size;
  const label = Math.max(Math.min(longest, width - count * TIME_CELLS), 0);
  const row = (cells: readonly string[]) =>
    left(
      cells.filter((_, i) => !hidden.has(LIVE_TIMES_HEAD[i]!)).map((cell) => right(cell, TIME_CELLS)).join(
        "",
      ),
      width - label,
    );
  return fitted([
    style.faint(left("", label) + row(LIVE_TIMES_HEAD)),
    ...times.map(({ label: name, cells }) => style.faint(left(name, label)) + row(cells)),
  ], area);
}
