/**
 * `bench summary RESULTS`: a saved run as Markdown for a pull request, and as outputs of a workflow's step.
 *
 * @module
 */
import { overwriteProblems } from "../../run/settings/output_place.ts";
import { outputsOf, refuseProblems } from "../../run/settings/settings.ts";
import { EXIT, messageOf, RunError } from "../../lib/errors.ts";
import { VERSION } from "../../lib/version.ts";
import { isResolved, metricFor } from "../../metrics/catalog.ts";
import { percentileOf, samplesOf } from "../../metrics/stats.ts";
import type { CommandSpec } from "../../options/command_line.ts";
import { joinTables } from "../../options/join.ts";
import { defineOptions } from "../../options/option.ts";
import { outputPath, text, toggle } from "../../options/option_types.ts";
import { summaryMarkdown } from "../../report/markdown.ts";
import { judgeRun, unitNotes } from "../../result/verdict/judge_run.ts";
import { unjudgedNotes } from "../../result/verdict/missing_notes.ts";
import { rulesNotJudged } from "../../result/comparison.ts";
import { exitCodeOf, type Outcome } from "../../result/outcome.ts";
import { overallStats } from "../../result/run_result.ts";
import type { Threshold } from "../../result/verdict/threshold.ts";
import { compareWith, readRuns } from "../../run/deliver/baseline.ts";
import { baselineOptions, compareOptions } from "../../run/settings/baseline_options.ts";
import { outputOptions } from "../../run/settings/general_options.ts";
import { tryOutput, writeOutput } from "../../run/deliver/output_files.ts";
import type { Command } from "../command.ts";
import { gatherCommandSettings } from "../command_settings.ts";
import { readOutcome } from "../../run/deliver/result_files.ts";
import { printError, printOut } from "../terminal.ts";
import { checkThresholdParts, verdictOptions } from "../../run/settings/verdict_options.ts";

const options = joinTables(
  defineOptions({
    threshold: verdictOptions.threshold,
    baseline: baselineOptions.baseline,
    title: {
      long: "--title",
      type: text("TEXT"),
      group: "Output",
      default: "Load test",
      help: "The heading",
    },
    target: {
      long: "--target",
      type: text("LABEL"),
      group: "Output",
      help: "Name of what was tested, instead of the host",
    },
    marker: {
      long: "--marker",
      type: toggle,
      group: "Output",
      default: false,
      help: "Start with a hidden comment, so that a pull request's comment can be found again",
    },
    ...outputOptions,
    githubOutput: {
      long: "--github-output",
      type: outputPath(),
      group: "Output",
      help:
        "Append p50 p95 p99 (ms) rps success_rps success_rate (%) error_rate (%) total_requests passed not_judged (rules) to this file as KEY=VALUE lines; empty if not measured or known only as a lower bound",
    },
  }),
  compareOptions,
);

const spec: CommandSpec<typeof options> = {
  name: "bench summary",
  usage: "[OPTIONS] RESULTS",
  summary: "Renders a saved run as Markdown, and its main numbers as workflow outputs. " +
    "Its verdicts stay; you can add thresholds and a baseline.",
  options,
  operands: {
    max: 1,
    label: "file of results",
    completes: "files",
    missing: "Nothing to summarize: expected a file written by --json",
  },
  sections: [{
    title: "Examples",
    rows: [
      ["bench summary results.json >> $GITHUB_STEP_SUMMARY", "the job's summary"],
      ["bench summary results.json --marker -o comment.md --github-output $GITHUB_OUTPUT", "for a workflow"],
      ["bench summary results.json --baseline main.json --fail-on worse", "exit code 3 when it is worse"],
    ],
  }],
  version: VERSION,
};

/** Writes the summary; its exit code is that of the run, judged again. */
async function run(argv: readonly string[]): Promise<number> {
  const settings = await gatherCommandSettings(spec, argv);
  if (settings === undefined) return EXIT.ok;
  const { values, operands } = settings;
  const file = operands[0]!;
  if (values.output !== undefined) await tryOutput(values.output, "--output");
  for (const { text } of unitNotes([...values.threshold, ...values.failOn])) printError(`bench: ${text}\n`);
  const saved = await readOutcome(file);
  const baseline = values.baseline === undefined ? undefined : await readRuns(values.baseline);
  refuseProblems(await overwriteProblems(outputsOf(settings)));
  const current = { source: file, ...saved };
  const outcome: Outcome = {
    ...saved,
    thresholds: withFurther(saved, values.threshold),
    ...(baseline && { comparison: compareWith(baseline, [current], values) }),
  };
  for (const { text } of outcome.comparison ? unjudgedNotes(outcome.comparison) : []) {
    printError(`bench: ${text}\n`);
  }
  const markdown = summaryMarkdown(outcome, values);
  if (values.output === undefined) printOut(markdown);
  else await writeOutput(values.output, markdown);
  if (values.githubOutput !== undefined) await append(values.githubOutput, outputLines(outcome));
  return exitCodeOf(outcome);
}

/** The run's own verdicts, and those on claims that it was not judged by. */
function withFurther({ result, thresholds }: Outcome, given: readonly Threshold[]): Outcome["thresholds"] {
  const { custom = {}, checks = {} } = result.total;
  checkThresholdParts(given, result, { checks: Object.keys(checks), metrics: Object.keys(custom) });
  const judged = judgeRun(given, result);
  const known = new Set(judged.map(({ expression }) => expression));
  return [...thresholds.filter(({ expression }) => !known.has(expression)), ...judged];
}

/** Empty values were not measured, or are known only as "at least". */
function outputLines(outcome: Outcome): string {
  const stats = overallStats(outcome.result);
  const samples = samplesOf(stats.counts);
  const read = (key: string) => metricFor(key)?.read(stats);
  const percentile = (p: number) => {
    const value = isResolved(p, samples) ? percentileOf(stats.counts, p) : undefined;
    return value === undefined || value.isAtLeast ? "" : plain(value.ms, 3);
  };
  return Object.entries({
    p50: percentile(50),
    p95: percentile(95),
    p99: percentile(99),
    rps: plain(read("rps"), 2),
    success_rps: plain(read("success_rps"), 2),
    success_rate: plain(read("success_rate"), 4),
    error_rate: plain(read("error_rate"), 4),
    total_requests: plain(read("total_requests"), 0),
    passed: String(exitCodeOf(outcome) === EXIT.ok),
    not_judged: String(outcome.comparison === undefined ? 0 : rulesNotJudged(outcome.comparison).length),
  }).map(([key, value]) => `${key}=${value}\n`).join("");
}

function plain(value: number | undefined, decimals: number): string {
  return value === undefined || !Number.isFinite(value) ? "" : String(Number(value.toFixed(decimals)));
}

/** The file belongs to the workflow, which reads what stands in it already. */
async function append(path: string, lines: string): Promise<void> {
  try {
    await Deno.writeTextFile(path, lines, { append: true });
  } catch (error) {
    throw new RunError(`Cannot append to --github-output ${JSON.stringify(path)}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** `bench summary`. */
export const summaryCommand: Command = { spec, run };
