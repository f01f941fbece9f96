/**
 * The history of runs for the terminal: a line a run, and what has changed by more than chance.
 *
 * @module
 */
import { escapeTerminal } from "../../lib/escape.ts";
import type { Style } from "../../lib/style.ts";
import type { RunHistory } from "../../result/history/run_history.ts";
import { alignColumns } from "../terminal/columns.ts";
import { wrapped } from "../terminal/layout.ts";
import { changeSentences, noChangeText, startText, valueText } from "./trend_words.ts";

/** Columns that a narrow terminal has no room for, the least needed first. */
const SPARE_COLUMNS = ["p50", "p99", "errors"];
/** Less of a file's name does not tell it from others. */
const MIN_FILE_WIDTH = 12;
const GAP = "  ";

/** The history as text, with a line end at its end; a narrow terminal gets fewer columns, and the ends of files' names. */
export function trendText(history: RunHistory, style: Style, width = Infinity): string {
  const { isMixed } = history;
  const [first = "", ...lines] = tableLines(history, width);
  const changes = changeSentences(history);
  const told = (text: string) =>
    Number.isFinite(width) ? wrapped(text, 2, width).join("\n") : escapeTerminal(text);
  return [
    style.heading(first),
    ...lines,
    "",
    ...(changes.length === 0 ? [noChangeText(history)] : [
      style.heading("More than noise"),
      ...changes.map(({ text, isBetter }) => (isBetter ? style.good : style.bad)(told(text))),
    ]),
    ...(isMixed ? ["", style.warning("The runs are of different targets or scenarios.")] : []),
    "",
  ].join("\n");
}

function tableLines({ runs, metrics }: RunHistory, width: number): readonly string[] {
  const head = ["", "Started (UTC)", "req/s", "p50", "p95", "p99", "errors"];
  const rows = runs.map((run, i) => [
    String(i + 1),
    startText(run.startedAtMs),
    ...metrics.map((metric) => valueText(metric, i)),
  ]);
  const files = ["File", ...runs.map(({ source }) => escapeTerminal(source))];
  const longest = Math.max(...files.map((file) => file.length));
  for (let spared = 0;; spared++) {
    const left = head.flatMap((name, i) => SPARE_COLUMNS.slice(0, spared).includes(name) ? [] : [i]);
    const columns = left.map((i) =>
      i === 0 ? { width: 2 } : i === 1 ? { width: 16, isLeft: true as const } : { width: 7 }
    );
    const figures = alignColumns([head, ...rows].map((row) => left.map((i) => row[i]!)), {
      columns,
      gap: GAP,
    });
    const used = Math.max(...figures.map((line) => line.length));
    const room = width - used - GAP.length;
    if (room < Math.min(longest, MIN_FILE_WIDTH) && spared < SPARE_COLUMNS.length) continue;
    const shown = Math.max(room, Math.min(longest, MIN_FILE_WIDTH));
    return figures.map((line, i) => `${line.padEnd(used)}${GAP}${endOf(files[i]!, shown)}`);
  }
}

/** The last characters of a name, which tell it from others in the same folder. */
function endOf(name: string, width: number): string {
  return name.length <= width ? name : `…${name.slice(name.length - width + 1)}`;
}
