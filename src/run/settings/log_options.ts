/**
 * Options of the log of single requests.
 *
 * @module
 */
import { defineOptions } from "../../options/option.ts";
import { count, outputPath, percent } from "../../options/option_types.ts";

/** The table. */
export const logOptions = defineOptions({
  log: {
    long: "--log",
    type: outputPath(),
    group: "Output",
    help: "Log single requests as JSON, one per line",
  },
  logSample: {
    long: "--log-sample",
    type: percent,
    group: "Output",
    default: 100,
    requires: ["log"],
    help: "Share of requests to log, chosen at random",
  },
  logLimit: {
    long: "--log-limit",
    type: count({ min: 1 }),
    group: "Output",
    default: 1_000_000,
    requires: ["log"],
    help: "Maximum log lines (and 10,000 per second)",
  },
});
