/**
 * What the exit codes mean, for help and README.
 *
 * @module
 */
import { EXIT } from "../../lib/errors.ts";
import type { HelpSection } from "../../options/help_text.ts";

/** The exit codes, for help and README. */
export const EXIT_CODES: HelpSection = {
  title: "Exit codes",
  rows: [
    [String(EXIT.ok), "the test ran, and every threshold was met"],
    [String(EXIT.failed), "bad usage, the run or a report failed, or no request succeeded"],
    [String(EXIT.threshold), "a threshold was not met or could not be measured"],
    [String(EXIT.regression), "worse than the baseline allows"],
    [String(EXIT.bug), "internal error in bench"],
    [String(EXIT.interrupted), "a second Ctrl-C"],
  ],
};
