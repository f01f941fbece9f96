/**
 * `bench compare BASELINE CURRENT`: two saved results, or two sets of them, and whether one is worse.
 *
 * @module
 */
import { EXIT } from "../../lib/errors.ts";
import { styleFor } from "../../lib/style.ts";
import { VERSION } from "../../lib/version.ts";
import type { CommandSpec } from "../../options/command_line.ts";
import { joinTables } from "../../options/join.ts";
import { defineOptions } from "../../options/option.ts";
import { choice } from "../../options/option_types.ts";
import { comparisonText } from "../../report/comparison.ts";
import { isRegressed } from "../../result/comparison.ts";
import { unjudgedNotes } from "../../result/verdict/missing_notes.ts";
import { unitNotes } from "../../result/verdict/judge_run.ts";
import { compareWith, readRuns } from "../../run/deliver/baseline.ts";
import { compareOptions } from "../../run/settings/baseline_options.ts";
import type { Command } from "../command.ts";
import { gatherCommandSettings } from "../command_settings.ts";
import { colorOptions } from "../../run/settings/general_options.ts";
import { printError, printOut, TERMINAL } from "../terminal.ts";

const options = joinTables(
  compareOptions,
  defineOptions({
    format: {
      long: "--format",
      type: choice(["table", "markdown", "json"], "FORMAT"),
      group: "Output",
      default: "table",
      help: "table, markdown or json",
    },
  }),
  colorOptions,
);

const spec: CommandSpec<typeof options> = {
  name: "bench compare",
  usage: "[OPTIONS] BASELINE CURRENT",
  summary:
    "Compares results that --json or --save-baseline wrote, and says which changes are more than noise. " +
    "A quoted pattern pools all the runs that it matches.",
  options,
  operands: {
    max: 2,
    label: "files or patterns",
    completes: "files",
    missing: "expected two files written by --json, the baseline first",
  },
  sections: [{
    title: "Examples",
    rows: [
      ["bench compare main.json branch.json", "a look"],
      [
        "bench compare --fail-on worse main.json branch.json",
        "exit code 3 when anything is worse beyond noise",
      ],
      [
        "bench compare --fail-on 'p95 > +10%' 'main-*.json' branch.json",
        "five runs measure the noise better",
      ],
      ["bench compare --fail-on 'step:\"GET /a b\".p99 > 20ms' a.json b.json", "one step of a scenario"],
    ],
  }, {
    title: "Rules",
    rows: [
      ["METRIC > +10%", "fails when the change is more than 10% of the baseline, and more than noise"],
      ["METRIC < -5ms", "the same with a change in the metric's unit; error_rate in percentage points"],
      ["METRIC worse", "fails when the metric is worse by more than noise"],
      ["worse", "the same for rps, error_rate, p50, p95 and p99"],
    ],
  }],
  version: VERSION,
};

/** Exit code 3 when a rule fires. */
async function run(argv: readonly string[]): Promise<number> {
  const settings = await gatherCommandSettings(spec, argv);
  if (settings === undefined) return EXIT.ok;
  const { values, operands: [before, after] } = settings;
  const [baseline, current] = await Promise.all([readRuns(before!), readRuns(after!)]);
  for (const { text } of unitNotes(values.failOn)) printError(`bench: ${text}\n`);
  const comparison = compareWith(baseline, current, values);
  for (const { text } of unjudgedNotes(comparison)) printError(`bench: ${text}\n`);
  printOut(
    comparisonText(comparison, {
      format: values.format,
      style: styleFor(TERMINAL.out.wantsColor(values.color)),
    }),
  );
  return isRegressed(comparison) ? EXIT.regression : EXIT.ok;
}

/** `bench compare`. */
export const compareCommand: Command = { spec, run };
