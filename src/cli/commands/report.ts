/**
 * `bench report RESULTS`: any form of report of a run that `--json` has saved.
 *
 * @module
 */
import { overwriteProblems } from "../../run/settings/output_place.ts";
import { outputsOf, refuseProblems } from "../../run/settings/settings.ts";
import { EXIT } from "../../lib/errors.ts";
import { VERSION } from "../../lib/version.ts";
import type { CommandSpec } from "../../options/command_line.ts";
import { joinTables } from "../../options/join.ts";
import { reportOptions } from "../../report/report_options.ts";
import { terminalReporter } from "../../report/terminal/terminal.ts";
import type { Outcome } from "../../result/outcome.ts";
import { speakerFor, tryReports, writeReports } from "../../run/deliver/deliver_reports.ts";
import { colorOptions, detailOptions } from "../../run/settings/general_options.ts";
import type { Command } from "../command.ts";
import { gatherCommandSettings } from "../command_settings.ts";
import { TERMINAL } from "../terminal.ts";
import { findFiles } from "../../run/deliver/find_files.ts";
import { reportHistory } from "../../run/deliver/report_history.ts";
import { readOutcomes } from "../../run/deliver/result_files.ts";

const options = joinTables(reportOptions, detailOptions, colorOptions);

const spec: CommandSpec<typeof options> = {
  name: "bench report",
  usage: "[OPTIONS] RESULTS…",
  summary:
    "Renders the reports of an earlier run from its JSON. The verdict stays the same. Of several runs, their history: " +
    "a line each, and what has changed by more than noise.",
  options,
  operands: {
    max: 10_000,
    min: 1,
    label: "file of results",
    completes: "files",
    missing: "Nothing to report on: expected a file written by --json",
  },
  sections: [{
    title: "Examples",
    rows: [
      ["bench report results.json", "the report for the terminal"],
      ["bench report results.json --html-report report.html", "the interactive page"],
      ["bench report results.json --hgrm latency.hgrm --junit verdicts.xml", "several at once"],
      ["bench report 'runs/*.json' --html-report trend.html", "the history of many runs"],
    ],
  }],
  version: VERSION,
};

/** Renders every form that was asked for. */
async function run(argv: readonly string[]): Promise<number> {
  const settings = await gatherCommandSettings(spec, argv);
  if (settings === undefined) return EXIT.ok;
  const { values, operands } = settings;
  await tryReports(values);
  const files = await findFiles(operands);
  if (files.length > 1) return await reportHistory(files, { values, printer: TERMINAL });
  const outcomes = (await readOutcomes(files[0]!)).map((outcome) => withTraceUrl(outcome, values.traceUrl));
  refuseProblems(await overwriteProblems(outputsOf(settings)));
  const { say, look } = speakerFor(values, TERMINAL);
  for (const outcome of outcomes) say(terminalReporter.render(outcome, look));
  return await writeReports(outcomes, values, TERMINAL) ? EXIT.ok : EXIT.failed;
}

/** The traces of a run linked as is wanted now. */
function withTraceUrl(outcome: Outcome, traceUrl: string | undefined): Outcome {
  return traceUrl === undefined
    ? outcome
    : { ...outcome, config: { ...outcome.config, trace_url: traceUrl } };
}

/** `bench report`. */
export const reportCommand: Command = { spec, run };
