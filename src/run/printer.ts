/**
 * How a run speaks to its user. Whoever starts runs says where that goes; a run itself knows no terminal.
 *
 * @module
 */
import { escapeTerminal } from "../lib/escape.ts";

/** Whether text is painted; `auto`: where someone reads along and does not object. */
export type ColorChoice = "auto" | "always" | "never";

/** A stream of text to the user. */
export interface PrintStream {
  print(text: string): void;
  wantsColor(choice: ColorChoice): boolean;
  /** Columns, when it is a terminal. */
  width?(): number | undefined;
}

/** Where reports and remarks go. */
export interface Printer {
  /** Reports: standard output. */
  readonly out: PrintStream;
  /** Progress and problems: standard error. */
  readonly error: PrintStream;
}

/** Tells of a problem, or of something worth knowing, in a line; text of others may be in it. */
export function sayLine({ error }: Printer, text: string): void {
  error.print(`bench: ${escapeTerminal(text)}\n`);
}
