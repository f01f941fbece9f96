/**
 * What a report is: a pure function from an outcome to text. Reporters read no files, no clock and no environment, and
 * escape whatever came from servers or files; writing the text somewhere is the caller's.
 *
 * @module
 */
import type { Outcome } from "../result/outcome.ts";

/** How a report may look. */
export interface ReportOptions {
  /** Paint with terminal colours; other reporters than the terminal's ignore it. */
  readonly color: boolean;
  /** Columns of the terminal, when it is one. */
  readonly width?: number;
  /** How much the terminal's report says: all (`full`, the default), a screenful, or its last lines. */
  readonly detail?: Detail;
}

/** Length of the terminal's report. */
export type Detail = "full" | "short" | "quiet";

/** One form of report. */
export interface Reporter {
  readonly name: string;
  /** The whole text, with a line end at its end. */
  render(outcome: Outcome, options: ReportOptions): string;
  /** One text for several runs of one invocation; absent: a text each. */
  renderAll?(outcomes: readonly Outcome[]): string;
}
