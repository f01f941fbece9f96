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
      'Fail with exit code 3 if a metric changes by more than this, and by more than noise: "p95 > +10%", "worse"',
  },
  strictConfig: {
    long: "--strict-config",
    type: toggle,
    group: "Verdict",
    default: false,
    help: "Refuse a baseline with other settings instead of warning",
  },
  confidence: {
    long: "--confidence",
    type: decimal({ min: 50, max: 99.99 }, "PERCENT"),
    group: "Verdict",
    default: 99,
    help: "Confidence level at which a change counts as more than noise",
  },
  runNoise: {
    long: "--run-noise",
    type: decimal({ min: 0, max: 50 }, "PERCENT"),
    group: "Verdict",
    default: 1,
    help:
      "How far equal runs differ even if neither shows it: standard deviation of throughput and median; bench noise measures it",
  },
});

/** The main command's own. */
export const baselineOptions = defineOptions({
  baseline: {
    long: "--baseline",
    type: text("FILE|GLOB"),
    group: "Verdict",
    help: "Compare with saved results; several files are pooled",
  },
  saveBaseline: {
    long: "--save-baseline",
    type: outputPath(),
    group: "Verdict",
    help: "Save the results for later comparisons, unless the run fails or is interrupted",
  },
  compareFormat: {
    long: "--compare-format",
    type: choice(["table", "markdown", "json"], "FORMAT"),
    group: "Verdict",
    default: "table",
    requires: ["baseline"],
    help: "Format of the comparison: table, markdown or json",
  },
  ...compareOptions,
  failOn: { ...compareOptions.failOn, requires: ["baseline"] },
  strictConfig: { ...compareOptions.strictConfig, requires: ["baseline"] },
  confidence: { ...compareOptions.confidence, requires: ["baseline"] },
  runNoise: { ...compareOptions.runNoise, requires: ["baseline"] },
});
