/**
 * Options of the command itself: where results go, how much it says, where settings come from.
 *
 * @module
 */
import { choice, count, duration, outputPath, path, toggle } from "../../options/option_types.ts";
import { keyValue } from "../../options/http_types.ts";
import { defineOptions } from "../../options/option.ts";

/** Options of every command that prints a report. */
export const colorOptions = defineOptions({
  color: {
    long: "--color",
    type: choice(["auto", "always", "never"], "WHEN"),
    group: "Output",
    default: "auto",
    help: "Colours: auto, always or never",
  },
});

/** How much the report on the terminal says. */
export const detailOptions = defineOptions({
  full: {
    long: "--full",
    type: toggle,
    group: "Output",
    default: false,
    help: "Print every section of the report",
  },
  quiet: {
    short: "-q",
    long: "--quiet",
    type: toggle,
    group: "Output",
    default: false,
    conflicts: ["full"],
    help: "Print only the last lines of the report: verdict, throughput, errors, latency",
  },
});

/** Where a command writes its one text. */
export const outputOptions = defineOptions({
  output: {
    short: "-o",
    long: "--output",
    type: outputPath(),
    group: "Output",
    help: "Write to this file instead of standard output",
  },
});

/** The table. */
export const generalOptions = defineOptions({
  tag: {
    long: "--tag",
    type: keyValue,
    group: "Output",
    repeat: true,
    help: "Label on results and exported metrics",
  },
  verbosity: {
    short: "-v",
    long: "--verbosity",
    type: count({ min: 0, max: 4 }),
    group: "Output",
    default: 0,
    help: "2: first of each failure, 3: statuses per second, 4: sampled response headers",
  },
  progress: {
    long: "--progress",
    negation: "--no-progress",
    type: toggle,
    group: "Output",
    default: true,
    defaultLabel: "on a terminal",
    help: "Show a progress line while the test runs",
  },
  live: {
    long: "--live",
    type: toggle,
    group: "Output",
    default: false,
    conflicts: ["verbosity"],
    help: "Show a full-screen dashboard while the test runs; q stops it",
  },
  ...detailOptions,
  ...colorOptions,
  waitReady: {
    long: "--wait-ready",
    type: duration(),
    bare: 30_000,
    group: "Connection",
    help: "Wait up to this long for the target to respond before the test starts (without DURATION, 30s)",
  },
  config: {
    long: "--config",
    type: path(),
    group: "General",
    help: "Read options from a YAML or JSON file; environment and command line override it",
  },
});
