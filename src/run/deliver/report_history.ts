/**
 * `bench report` of several files: their history.
 *
 * @module
 */
import { deliverFiles } from "./deliver_files.ts";
import { EXIT, UsageError } from "../../lib/errors.ts";
import { styleFor } from "../../lib/style.ts";
import { trendText } from "../../report/trend/trend_text.ts";
import { historyOf } from "../../result/history/run_history.ts";
import { type ReportValues, speakerFor } from "./deliver_reports.ts";
import { readOutcomes } from "./result_files.ts";
import type { Printer } from "../printer.ts";

/** Forms that a single run has, and a history has not. */
const SINGLE = ["csv", "html", "hgrm", "junit", "json"] as const;

/**
 * Prints the history, and writes its page.
 * @throws {UsageError} when a file holds no run, or a report is asked for that only one run has
 */
export async function reportHistory(
  files: readonly string[],
  { values, printer }: { readonly values: ReportValues; readonly printer: Printer },
): Promise<number> {
  const unfit = SINGLE.filter((name) => values[name] !== undefined && values[name] !== false);
  if (unfit.length > 0) {
    throw new UsageError(`--${unfit[0]}: several runs have the terminal's table and --html-report`);
  }
  const saved = [];
  for (const source of files) {
    for (const outcome of await readOutcomes(source)) saved.push({ source, outcome });
  }
  const history = historyOf(saved);
  const { say, remark, color, look } = speakerFor(values, printer);
  say(trendText(history, styleFor(color), look.width));
  const { htmlReport: path } = values;
  const page = {
    name: "html",
    path,
    text: async () => (await import("../../report/html.ts")).renderTrend(history),
  };
  return await deliverFiles([page], printer, remark) ? EXIT.ok : EXIT.failed;
}
