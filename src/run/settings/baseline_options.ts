/**
 * Options of comparisons with a baseline.
 *
 * @module
 */
import { defineOptions, type OptionType } from "../../options/option.ts";
import { choice, decimal, outputPath, text, toggle } from "../../options/option_types.ts";
import { type FailRule, parseFailRule } from "../../result/verdict/fail_rule.ts";

const rule: OptionType<FailRule> = {
  label: "RULE",
  parse: parseFailRule,
  format: ({ expression }) => expression,
};

/** Which runs are compared how; of every command that compares. */
export const compareOptions = defineOptions({
  failOn: {
    long: "--fail-on",
    type: rule,
    group: "Verdict",
    repeat: true,
    help:
      'Change that must not be, such as "p95 > +10%" or "worse"; exit code 3 if it is and is more than noise',
  },
  strictConfig: {
    long: "--strict-config",
    type: toggle,
    group: "Verdict",
    default: false,
    help: "Refuse a baseline of other settings instead of warning",
  },
  confidence: {
    long: "--confidence",
    type: decimal({ min: 50, max: 99.99 }, "PERCENT"),
    group: "Verdict",
    default: 99,
    help: "How sure a change must be to be more than noise",
  },
  runNoise: {
    long: "--run-noise",
    type: decimal({ min: 0, max: 50 }, "PERCENT"),
    group: "Verdict",
    default: 1.5,
    help: "How far two equal runs are assumed to differ: the standard deviation of throughput and median",
  },
});

/** The main command's own. */
export const baselineOptions = defineOptions({
  baseline: {
    long: "--baseline",
    type: text("FILE|GLOB"),
    group: "Verdict",
    help: "Compare with results saved earlier; of several files, all runs are pooled",
  },
  saveBaseline: {
    long: "--save-baseline",
    type: outputPath(),
    group: "Verdict",
    help: "Write the results for later comparisons, unless a threshold fails or the run is cut short",
  },
  compareFormat: {
    long: "--compare-format",
    type: choice(["table", "markdown", "json"], "FORMAT"),
    group: "Verdict",
    default: "table",
    requires: ["baseline"],
    help: "How the comparison is printed: table, markdown or json",
  },
  ...compareOptions,
  failOn: { ...compareOptions.failOn, requires: ["baseline"] },
  strictConfig: { ...compareOptions.strictConfig, requires: ["baseline"] },
  confidence: { ...compareOptions.confidence, requires: ["baseline"] },
  runNoise: { ...compareOptions.runNoise, requires: ["baseline"] },
});
