/**
 * Brings the reports where the user wants them. One that cannot be delivered does not keep the others from it.
 *
 * @module
 */
import { messageOf } from "../lib/errors.ts";
import { escapeTerminal } from "../lib/escape.ts";
import { wantsColor } from "../lib/style.ts";
import type { Outcome } from "../result/outcome.ts";
import { csvReporter } from "../report/csv.ts";
import { htmlTableReporter } from "../report/html_table.ts";
import { jsonReporter } from "../report/json.ts";
import type { Reporter } from "../report/reporter.ts";
import { terminalReporter } from "../report/terminal.ts";
import { tryOutput, writeOutput } from "./output_files.ts";
import type { MainValues } from "./settings.ts";
import { printError, printOut } from "./terminal.ts";

const STANDARD_OUTPUT = "-";

/** A report that goes to a file. */
interface FileReport {
  /** Loaded when it is needed: the page's parts are large. */
  readonly reporter: () => Reporter | Promise<Reporter>;
  readonly flag: string;
  readonly path: string | undefined;
}

function fileReports(values: MainValues): readonly (FileReport & { readonly path: string })[] {
  const all: readonly FileReport[] = [
    { reporter: () => csvReporter, flag: "--csv", path: values.csv },
    { reporter: () => jsonReporter, flag: "--json", path: values.json },
    {
      reporter: async () => (await import("../report/html.ts")).htmlReporter,
      flag: "--html-report",
      path: values.htmlReport,
    },
  ];
  return all.filter((report): report is FileReport & { readonly path: string } => report.path !== undefined);
}

/** @throws {UsageError} naming every path that cannot be written. */
export async function tryReports(values: MainValues): Promise<void> {
  for (const { path, flag } of fileReports(values)) if (path !== STANDARD_OUTPUT) await tryOutput(path, flag);
}

/** Prints and writes all reports; returns whether every one arrived. */
export async function deliverReports(outcome: Outcome, values: MainValues): Promise<boolean> {
  const files = fileReports(values);
  const isOutputTaken = files.some(({ path }) => path === STANDARD_OUTPUT);
  const say = isOutputTaken ? printError : printOut;
  const color = colorWanted(values, isOutputTaken ? Deno.stderr : Deno.stdout);
  say(terminalReporter.render(outcome, { color }));
  let isComplete = true;
  for (const { reporter: load, path } of files) {
    try {
      const reporter = await load();
      const text = reporter.render(outcome, { color: false });
      if (path === STANDARD_OUTPUT) printOut(text);
      else if (text !== "") {
        await writeOutput(path, text);
        say(`  ${reporter.name} written to ${escapeTerminal(path)}\n`);
      }
    } catch (error) {
      isComplete = false;
      printError(`bench: ${escapeTerminal(messageOf(error))}\n`);
    }
  }
  if (values.html) say(htmlTableReporter.render(outcome, { color: false }));
  return isComplete;
}

/** Whether what is written to a stream may be painted. */
export function colorWanted(values: MainValues, stream: { isTerminal(): boolean }): boolean {
  if (values.color !== "auto") return values.color === "always";
  return wantsColor({
    isTerminal: stream.isTerminal(),
    noColor: Deno.env.get("NO_COLOR"),
    forceColor: Deno.env.get("FORCE_COLOR"),
    term: Deno.env.get("TERM"),
  });
}
