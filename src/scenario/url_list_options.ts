/**
 * The options of URL lists.
 *
 * @module
 */
import { defineOptions, type ValuesOf } from "../options/option.ts";
import { choice, path } from "../options/option_types.ts";

/** The table. */
export const urlListOptions = defineOptions({
  urlFile: {
    long: "--url-file",
    type: path(),
    group: "Scenario",
    help: "Read requests from a file: one URL or METHOD URL per line, # for comments",
  },
  urlMode: {
    long: "--url-mode",
    type: choice(["distribute", "sequential"]),
    group: "Scenario",
    default: "distribute",
    requires: ["urlFile"],
    help:
      "Spread the load over all URLs in turn, or run the whole test for one URL after the other and compare",
  },
});

/** Values of {@linkcode urlListOptions}. */
export type UrlListValues = ValuesOf<typeof urlListOptions>;
