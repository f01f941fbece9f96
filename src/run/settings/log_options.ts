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
    help: "Write single requests as they end, a JSON object a line",
  },
  logSample: {
    long: "--log-sample",
    type: percent,
    group: "Output",
    default: 100,
    requires: ["log"],
    help: "Share of the requests in the log, drawn at random",
  },
  logLimit: {
    long: "--log-limit",
    type: count({ min: 1 }),
    group: "Output",
    default: 1_000_000,
    requires: ["log"],
    help: "Lines in the log at most; besides, 10,000 a second",
  },
});
