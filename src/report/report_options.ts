/**
 * Where reports go: one option a form.
 *
 * @module
 */
import { defineOptions } from "../options/option.ts";
import { UsageError } from "../lib/errors.ts";
import { templateProblem } from "../lib/net/trace_link.ts";
import type { OptionType } from "../options/option.ts";
import { outputPath, toggle } from "../options/option_types.ts";

/** A URL with a place for the id of a trace. */
const traceTemplate: OptionType<string> = {
  label: "URL",
  parse(given) {
    const problem = templateProblem(given.trim());
    if (problem !== undefined) throw new UsageError(problem);
    return given.trim();
  },
};

/** The table. */
export const reportOptions = defineOptions({
  csv: {
    short: "-e",
    long: "--csv",
    type: outputPath(),
    group: "Output",
    help: "Write percentiles 1 to 100 as CSV",
  },
  html: {
    short: "-w",
    long: "--html",
    type: toggle,
    group: "Output",
    default: false,
    help: "Print the results as an HTML table",
  },
  htmlReport: {
    long: "--html-report",
    type: outputPath(),
    group: "Output",
    help: "Write an interactive page with charts",
  },
  traceUrl: {
    long: "--trace-url",
    type: traceTemplate,
    group: "Output",
    help: "Link the traces on that page, such as https://jaeger.example/trace/{trace_id}",
  },
  hgrm: {
    long: "--hgrm",
    type: outputPath(),
    group: "Output",
    help: "Write the latency distribution for HdrHistogram plotters, in ms",
  },
  junit: {
    long: "--junit",
    type: outputPath(),
    group: "Output",
    help: "Write the verdicts as JUnit XML, one test case each",
  },
  json: {
    long: "--json",
    type: outputPath(),
    group: "Output",
    help: "Write the results as JSON; - means standard output",
  },
});
