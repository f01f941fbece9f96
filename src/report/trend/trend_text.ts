/**
 * The history of runs for the terminal: a line a run, and what has changed by more than chance.
 *
 * @module
 */
import { escapeTerminal } from "../../lib/escape.ts";
import type { Style } from "../../lib/style.ts";
import type { RunHistory } from "../../result/history/run_history.ts";
import { alignColumns } from "../terminal/columns.ts";
import { changeSentences, noChangeText, startText, valueText } from "./trend_words.ts";

/** The history as text, with a line end at its end. */
export function trendText(history: RunHistory, style: Style): string {
  const { runs, metrics, isMixed } = history;
  const head = ["", "Started (UTC)", "req/s", "p50", "p95", "p99", "errors", "File"];
  const rows = runs.map((run, i) => [
    String(i + 1),
    startText(run.startedAtMs),
    ...metrics.map((metric) => valueText(metric, i)),
    escapeTerminal(run.source),
  ]);
  const columns = [{ width: 2 }, { width: 16, isLeft: true as const }, ...metrics.map(() => ({ width: 7 })), {
    width: 4,
    isLeft: true as const,
  }];
  const [first = "", ...lines] = alignColumns([head, ...rows], { columns, gap: "  " });
  const changes = changeSentences(history);
  return [
    style.heading(first),
    ...lines,
    "",
    ...(changes.length === 0 ? [noChangeText(history)] : [
      style.heading("More than noise"),
      ...changes.map(({ text, isBetter }) => (isBetter ? style.good : style.bad)(escapeTerminal(text))),
    ]),
    ...(isMixed ? ["", style.warning("The runs are of different targets or scenarios.")] : []),
    "",
  ].join("\n");
}
