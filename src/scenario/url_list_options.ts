/**
 * The options of URL lists.
 *
 * @module
 */
import { defineOptions } from "../options/option.ts";
import { choice, path, toggle } from "../options/option_types.ts";

/** The table. */
export const urlListOptions = defineOptions({
  urlFile: {
    long: "--url-file",
    type: path(),
    group: "Scenario",
    help:
      "Read requests from a file (- for standard input): URL or METHOD URL [weight=N] lines, with headers and @BODYFILE " +
      "below them as in vegeta's targets, or JSON objects",
  },
  randRegexUrl: {
    long: "--rand-regex-url",
    type: toggle,
    group: "Scenario",
    default: false,
    conflicts: ["urlFile", "scenario"],
    help:
      "Take the URL as a regular expression, dots as they stand, and request a random match of it each time; --seed repeats them",
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
