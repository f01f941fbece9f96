/**
 * Options that the importers share: where they write, what, and how they name it.
 *
 * @module
 */
import { UsageError } from "../../lib/errors.ts";
import { defineOptions, type OptionType } from "../../options/option.ts";
import { choice } from "../../options/option_types.ts";
import { outputOptions } from "../../run/settings/general_options.ts";

/** The name of a scenario: some text on one line. */
const scenarioName: OptionType<string> = {
  label: "NAME",
  parse(given) {
    if (given.trim() === "" || /\p{Cc}/u.test(given)) throw new UsageError("expected a name on one line");
    return given;
  },
};

/** Where an importer writes, and how it calls the scenario. */
export const importOutputOptions = defineOptions({
  ...outputOptions,
  name: {
    long: "--name",
    type: scenarioName,
    group: "Output",
    help: "Name of the scenario",
  },
});

/** What an importer writes that makes requests with headers and bodies. */
export const importFormatOptions = defineOptions({
  format: {
    long: "--format",
    type: choice(["scenario", "script"], "FORMAT"),
    group: "Output",
    default: "scenario",
    help: "What to write: a scenario, or a TypeScript module (script)",
  },
});

/** The same of one that can write a list of URLs, too. */
export const importListOptions = defineOptions({
  format: {
    long: "--format",
    type: choice(["scenario", "script", "url-file"], "FORMAT"),
    group: "Output",
    default: "scenario",
    help:
      "What to write: a scenario, a TypeScript module (script), or a list of URLs without headers and bodies",
  },
});
