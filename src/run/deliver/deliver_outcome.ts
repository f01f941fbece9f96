/**
 * What a single run leaves behind: its reports, its comparison, and itself as the baseline of later ones. Only a good run
 * becomes a baseline: a breach that became one would hide itself.
 *
 * @module
 */
import { EXIT, messageOf } from "../../lib/errors.ts";
import { escapeTerminal } from "../../lib/escape.ts";
import { styleFor } from "../../lib/style.ts";
import { comparisonText } from "../../report/comparison.ts";
import { exitCodeOf, type Outcome } from "../../result/outcome.ts";
import { deliverReports, speakerFor } from "./deliver_reports.ts";
import { writeOutput } from "./output_files.ts";
import type { MainValues } from "../settings/settings.ts";
import { type Printer, sayLine } from "../printer.ts";

/** The reports of a single run, its comparison and its use as a baseline; returns whether all arrived. */
export async function deliverOutcome(
  outcome: Outcome,
  values: MainValues,
  printer: Printer,
): Promise<boolean> {
  const { comparison, ...others } = outcome;
  const { compareFormat: format, saveBaseline: path } = values;
  const { say, remark, color } = speakerFor(values, printer);
  const isApart = comparison !== undefined && format !== "table";
  const isDelivered = await deliverReports(outcome, values, { printer, shown: isApart ? others : outcome });
  if (isApart) say(comparisonText(comparison, { format, style: styleFor(color) }));
  return (path === undefined || await saveBaseline(outcome, { path, say: remark, printer })) && isDelivered;
}

/** Saves a run unless it is cut short or failed; returns whether nothing went wrong. */
async function saveBaseline(
  outcome: Outcome,
  { path, say, printer }: {
    readonly path: string;
    readonly say: (text: string) => void;
    readonly printer: Printer;
  },
): Promise<boolean> {
  if (outcome.result.interrupted || exitCodeOf(outcome) !== EXIT.ok) {
    say(`  baseline not saved: this run ${outcome.result.interrupted ? "was cut short" : "failed"}\n`);
    return true;
  }
  try {
    const { jsonReporter } = await import("../../report/json.ts");
    await writeOutput(path, jsonReporter.render(outcome, { color: false }));
    say(`  baseline written to ${escapeTerminal(path)}\n`);
    return true;
  } catch (error) {
    sayLine(printer, messageOf(error));
    return false;
  }
}
