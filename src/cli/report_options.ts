/**
 * Options of the reports and of the verdict.
 *
 * @module
 */
import { UsageError } from "../lib/errors.ts";
import { defineOptions, type OptionType } from "../options/option.ts";
import { path, toggle } from "../options/option_types.ts";
import { parseThreshold, type Threshold } from "../result/threshold.ts";

const threshold: OptionType<Threshold> = { label: "CLAIM", parse: parseThreshold };

/** The table. */
export const reportOptions = defineOptions({
  csv: {
    short: "-e",
    long: "--csv",
    type: path(),
    group: "Output",
    help: "Write the percentiles 1 to 100 as CSV",
  },
  html: {
    short: "-w",
    long: "--html",
    type: toggle,
    group: "Output",
    fallback: false,
    help: "Print the results as an HTML table",
  },
  htmlReport: {
    long: "--html-report",
    type: path(),
    group: "Output",
    help: "Write an interactive page with charts",
  },
  threshold: {
    long: "--threshold",
    aliases: ["--th"],
    type: threshold,
    group: "Verdict",
    repeat: true,
    help: 'Claim that must hold, such as "p95 < 300ms"; exit code 2 if it does not',
  },
  strictTrust: {
    long: "--strict-trust",
    type: toggle,
    group: "Verdict",
    fallback: false,
    help: "Exit code 1 when the load generator did not keep up, so that the numbers mislead",
  },
});

/** @throws {UsageError} naming claims about steps that the plan does not have. */
export function checkThresholdSteps(thresholds: readonly Threshold[], steps: readonly string[]): void {
  const problems = thresholds
    .filter(({ step }) => step !== undefined && !steps.includes(step))
    .map(({ expression, step }) =>
      `--threshold: "${expression}" names no step; there is ${steps.join(", ")}, not ${step}`
    );
  if (problems.length > 0) throw new UsageError(problems);
}
