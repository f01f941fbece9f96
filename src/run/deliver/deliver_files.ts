/**
 * Brings texts to files or to standard output. One that cannot be delivered does not keep the others from it.
 *
 * @module
 */
import { messageOf } from "../../lib/errors.ts";
import { escapeTerminal } from "../../lib/escape.ts";
import { type Printer, sayLine } from "../printer.ts";
import { writeOutput } from "./output_files.ts";

/** What stands for standard output in place of a path. */
export const STANDARD_OUTPUT = "-";

/** Something that was asked for, or not. */
export interface Delivery {
  /** What the user is told of it: `html written to report.html`. */
  readonly name: string;
  /** A path, or {@linkcode STANDARD_OUTPUT}; `undefined`: it was not asked for. */
  readonly path: string | undefined;
  text(): string | Promise<string>;
}

/** Delivers each in turn, and tells by `remark` which file has it; returns whether all arrived. */
export async function deliverFiles(
  deliveries: readonly Delivery[],
  printer: Printer,
  remark: (text: string) => void,
): Promise<boolean> {
  let isComplete = true;
  for (const { name, path, text } of deliveries) {
    if (path === undefined) continue;
    try {
      if (path === STANDARD_OUTPUT) printer.out.print(await text());
      else {
        await writeOutput(path, await text());
        remark(`  ${name} written to ${escapeTerminal(path)}\n`);
      }
    } catch (error) {
      isComplete = false;
      sayLine(printer, messageOf(error));
    }
  }
  return isComplete;
}
