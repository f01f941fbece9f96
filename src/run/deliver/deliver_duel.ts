/**
 * What a duel tells its user: a line while it goes on, the report, its files, its exit code.
 *
 * @module
 */
import { deliverFiles, STANDARD_OUTPUT } from "./deliver_files.ts";
import { EXIT } from "../../lib/errors.ts";
import { formatCounted, formatSeconds } from "../../lib/number_format.ts";
import { styleFor } from "../../lib/style.ts";
import { jsonText } from "../../lib/json/json_text.ts";
import { duelHtml } from "../../report/duel/duel_html.ts";
import { duelMarkdown } from "../../report/duel/duel_markdown.ts";
import { duelText } from "../../report/duel/duel_terminal.ts";
import { changeText } from "../../report/duel/duel_words.ts";
import type { DuelPair } from "../../result/duel/duel_block.ts";
import { toDuelJson } from "../../result/duel/duel_json.ts";
import type { DuelResult } from "../../result/duel/duel_result.ts";
import { type DuelJudging, judgeDuel } from "../../result/duel/judge_duel.ts";
import type { Printer } from "../printer.ts";
import type { DuelValues } from "../settings/duel_options.ts";

/** The code that a duel ends with: 3 when a rule fired, 1 when nothing came of it. */
export function duelExitCode({ rules, pairs, ended, failing = [] }: DuelResult): number {
  if (rules.some(({ passed }) => !passed)) return EXIT.regression;
  return pairs === 0 || ended === "server" || failing.length > 0 ? EXIT.failed : EXIT.ok;
}

/** A line that is rewritten while a duel goes on; nothing where standard error is no terminal. */
export function duelProgress(
  { quiet }: Pick<DuelValues, "quiet">,
  { error }: Printer,
  durationMs: number,
): { show(pairs: readonly DuelPair[], judging: DuelJudging, elapsedMs: number): void; clear(): void } {
  const isShown = !quiet && error.width?.() !== undefined;
  return {
    show: (pairs, judging, elapsedMs) => {
      if (!isShown) return;
      const { metrics } = judgeDuel(pairs, judging);
      const known = metrics.filter(({ low, high }) => low !== undefined || high !== undefined).map((metric) =>
        `${metric.metric} ${changeText(metric)}`
      );
      const seconds = (ms: number) => formatSeconds(Math.round(ms / 1000) * 1000);
      const line = [
        `${seconds(elapsedMs)} of ${seconds(durationMs)}`,
        formatCounted(pairs.length, "pair"),
        ...known,
      ]
        .join("  ");
      error.print(`\r${line.slice(0, (error.width?.() ?? 80) - 1)}\x1b[K`);
    },
    clear: () => isShown && error.print("\r\x1b[K"),
  };
}

/** Prints the report and writes the files; returns whether every one arrived. */
export async function deliverDuel(
  result: DuelResult,
  { json, html, markdown, quiet, color }: Pick<DuelValues, "json" | "html" | "markdown" | "quiet" | "color">,
  printer: Printer,
): Promise<boolean> {
  const files = [
    { name: "JSON", path: json, text: () => jsonText(toDuelJson(result)) },
    { name: "HTML", path: html, text: () => duelHtml(result) },
    { name: "Markdown", path: markdown, text: () => duelMarkdown(result) },
  ];
  const stream = files.some(({ path }) => path === STANDARD_OUTPUT) ? printer.error : printer.out;
  stream.print(duelText(result, {
    style: styleFor(stream.wantsColor(color)),
    width: stream.width?.(),
    isQuiet: quiet,
  }));
  return await deliverFiles(files, printer, (text) => quiet || stream.print(text));
}
