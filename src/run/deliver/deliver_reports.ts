/**
 * Brings the reports where the user wants them. One that cannot be delivered does not keep the others from it.
 *
 * @module
 */
import { deliverFiles, type Delivery, STANDARD_OUTPUT } from "./deliver_files.ts";
import { problemsIn, UsageError } from "../../lib/errors.ts";
import type { ValuesOf } from "../../options/option.ts";
import { REPORT_FORMS, type ReportForm } from "../../report/registry.ts";
import { reportOptions } from "../../report/report_options.ts";
import type { Reporter, ReportOptions } from "../../report/reporter.ts";
import { terminalReporter } from "../../report/terminal/terminal.ts";
import type { Outcome } from "../../result/outcome.ts";
import { tryOutput } from "./output_files.ts";
import type { ColorChoice, Printer } from "../printer.ts";
import { identifyFile } from "../settings/output_place.ts";

/** Where reports go, and how they look. */
export type ReportValues =
  & ValuesOf<typeof reportOptions>
  & { readonly color: ColorChoice; readonly full: boolean; readonly quiet: boolean };

/** A form of report that was asked for, and where it goes. */
interface Wanted {
  readonly form: ReportForm;
  /** A path, or `-`: standard output. */
  readonly path: string;
}

function wantedReports(values: ReportValues): readonly Wanted[] {
  return REPORT_FORMS.flatMap((form) => {
    const value = values[form.option];
    if (value === undefined || value === false) return [];
    return [{ form, path: value === true ? STANDARD_OUTPUT : value }];
  });
}

/** @throws {UsageError} naming every path that cannot be written, and those that two reports would share. */
export async function tryReports(values: ReportValues): Promise<void> {
  const problems: string[] = [];
  const taken = new Map<string, string>();
  for (const { form, path } of wantedReports(values)) {
    const { long } = reportOptions[form.option];
    const identity = path === STANDARD_OUTPUT ? path : await identifyFile(path);
    const other = identity === undefined ? undefined : taken.get(identity);
    if (other !== undefined) problems.push(`${other} and ${long} cannot both go to ${JSON.stringify(path)}`);
    if (identity !== undefined) taken.set(identity, long);
    if (path === STANDARD_OUTPUT || other !== undefined) continue;
    try {
      await tryOutput(path, long);
    } catch (error) {
      problems.push(...problemsIn(error));
    }
  }
  if (problems.length > 0) throw new UsageError(problems);
}

/** How to speak to the user: on standard output, unless a report has taken it. */
export function speakerFor(
  values: ReportValues,
  { out, error }: Printer,
): Speaker {
  const isTaken = wantedReports(values).some(({ path }) => path === STANDARD_OUTPUT);
  const stream = isTaken ? error : out;
  const color = stream.wantsColor(values.color);
  const width = stream.width?.();
  return {
    say: stream.print,
    remark: values.quiet ? () => {} : stream.print,
    color,
    look: {
      color,
      detail: values.full ? "full" : values.quiet ? "quiet" : "short",
      ...(width !== undefined && { width }),
    },
  };
}

/** How to speak to the user. */
export interface Speaker {
  readonly say: (text: string) => void;
  /** For what `--quiet` leaves out. */
  readonly remark: (text: string) => void;
  readonly color: boolean;
  /** How the terminal's report is to look. */
  readonly look: ReportOptions;
}

/**
 * Prints the report for the terminal and writes all others; returns whether every one arrived. `shown` is what the
 * terminal's report is made of.
 */
export async function deliverReports(
  outcome: Outcome,
  values: ReportValues,
  { printer, shown = outcome }: { readonly printer: Printer; readonly shown?: Outcome },
): Promise<boolean> {
  const { say, look } = speakerFor(values, printer);
  say(terminalReporter.render(shown, look));
  return await writeReports([outcome], values, printer);
}

/**
 * Writes the reports of one run or of several; returns whether every one arrived. Where a form has no text for several,
 * each has a file of its own, numbered before the extension.
 */
export async function writeReports(
  outcomes: readonly Outcome[],
  values: ReportValues,
  printer: Printer,
): Promise<boolean> {
  const { remark } = speakerFor(values, printer);
  let isComplete = true;
  for (const { form, path } of wantedReports(values)) {
    const files = filesOf(await form.load(), outcomes, path).map((file) => ({ name: form.name, ...file }));
    isComplete = await deliverFiles(files, printer, remark) && isComplete;
  }
  return isComplete;
}

function filesOf(
  reporter: Reporter,
  outcomes: readonly Outcome[],
  path: string,
): readonly Omit<Delivery, "name">[] {
  const [only, ...others] = outcomes;
  if (only !== undefined && others.length === 0) {
    return [{ path, text: () => reporter.render(only, { color: false }) }];
  }
  if (reporter.renderAll) return [{ path, text: () => reporter.renderAll!(outcomes) }];
  return outcomes.map((outcome, i) => ({
    path: path === STANDARD_OUTPUT ? path : numbered(path, i + 1),
    text: () => reporter.render(outcome, { color: false }),
  }));
}

/** `out.csv` becomes `out.2.csv`. */
function numbered(path: string, number: number): string {
  return path.replace(/(?=(?:\.[^./\\]*)?$)/, `.${number}`);
}
