/**
 * `bench noise`: how far equal runs lie apart on this machine, for `--run-noise`.
 *
 * @module
 */
import { run as runLoad, type RunResult } from "../../api.ts";
import { EXIT, RunError } from "../../lib/errors.ts";
import { formatDuration } from "../../lib/duration.ts";
import { VERSION } from "../../lib/version.ts";
import { percentileOf, requestsPerSecond } from "../../metrics/stats.ts";
import type { CommandSpec } from "../../options/command_line.ts";
import { joinTables } from "../../options/join.ts";
import { defineOptions } from "../../options/option.ts";
import { count, duration } from "../../options/option_types.ts";
import { overallStats } from "../../result/run_result.ts";
import { machineNoise, type NoiseRun } from "../../result/verdict/machine_noise.ts";
import { tryOutput, writeOutput } from "../../run/deliver/output_files.ts";
import { outputOptions } from "../../run/settings/general_options.ts";
import { startTarget } from "../../target/serve.ts";
import { assumedUrl } from "../assumed_scheme.ts";
import type { Command } from "../command.ts";
import { gatherCommandSettings } from "../command_settings.ts";
import { watchInterrupts } from "../signals.ts";
import { printError, printOut } from "../terminal.ts";

const options = joinTables(
  defineOptions({
    runs: {
      long: "--runs",
      type: count({ min: 3, max: 100 }),
      group: "Load",
      default: 8,
      help: "Equal runs to compare",
    },
    duration: {
      short: "-d",
      long: "--duration",
      type: duration(),
      group: "Load",
      default: 5000,
      help: "Duration of each run",
    },
    connections: {
      short: "-c",
      long: "--connections",
      type: count({ min: 1, max: 10_000 }),
      group: "Load",
      default: 10,
      help: "Connections kept busy",
    },
  }),
  outputOptions,
);

const spec: CommandSpec<typeof options> = {
  name: "bench noise",
  usage: "[OPTIONS] [URL]",
  summary:
    "Runs the same load several times and tells how far the results lie apart: the figure for --run-noise.",
  options,
  operands: { max: 1, label: "URL" },
  sections: [{
    title: "Examples",
    rows: [
      ["bench noise", "this machine with the built-in target, in 40 seconds"],
      ["bench noise -o noise.txt http://localhost:8080/", "your server; the figure goes to a file"],
      ['bench compare --run-noise "$(cat noise.txt)" --fail-on worse a.json b.json', "use it"],
    ],
  }],
  version: VERSION,
};

async function run(argv: readonly string[]): Promise<number> {
  const settings = await gatherCommandSettings(spec, argv);
  if (settings === undefined) return EXIT.ok;
  const { values, operands: [given] } = settings;
  if (values.output !== undefined) await tryOutput(values.output, "--output");
  using interrupts = watchInterrupts();
  await using target = given === undefined ? startTarget({ port: 0, hostname: "127.0.0.1" }) : undefined;
  const url = target === undefined ? assumedUrl(given!) ?? given! : `${target.url}/`;
  const runs: NoiseRun[] = [];
  for (let i = 1; i <= values.runs && !interrupts.signal.aborted; i++) {
    printError(`Run ${i} of ${values.runs}\n`);
    const result = await runLoad({
      url,
      connections: values.connections,
      // The target has the main thread for itself.
      threads: 2,
      duration: `${values.duration}ms`,
      warmup: "500ms",
      signal: interrupts.signal,
    });
    if (!result.interrupted) runs.push(numbersOf(result));
  }
  if (runs.length < 2) {
    throw new RunError("Interrupted before two runs were done: there is nothing to compare");
  }
  const { percent, runNoisePercent } = machineNoise(runs);
  const figure = runNoisePercent.toFixed(1);
  printOut([
    "",
    `  ${runs.length} equal runs of ${
      formatDuration(values.duration)
    } lie so far apart (standard deviation):`,
    "",
    ...Object.entries(percent).map(([key, value]) => `    ${key.padEnd(6)}${value.toFixed(1).padStart(6)}%`),
    "",
    `  --run-noise ${figure}`,
    "",
    ...restlessLines(runNoisePercent),
  ].join("\n"));
  if (values.output !== undefined) await writeOutput(values.output, `${figure}\n`);
  return EXIT.ok;
}

/** With more, comparisons hardly find anything. */
const MAX_USEFUL_PERCENT = 10;

/** What to do on a machine on which equal runs differ so much. */
export function restlessLines(runNoisePercent: number): readonly string[] {
  if (runNoisePercent <= MAX_USEFUL_PERCENT) return [];
  return [
    "  Warning: with this figure, comparisons only find what changed by far more than",
    `  ${
      Math.round(runNoisePercent)
    }%. Try longer runs (-d) or a quieter machine, or compare two servers with`,
    "  bench duel, which needs no such figure.",
    "",
  ];
}

/** @throws {RunError} when there are none */
function numbersOf(result: RunResult): NoiseRun {
  const stats = overallStats(result);
  const [p50, p95, p99] = [50, 95, 99].map((percentile) => percentileOf(stats.counts, percentile)?.ms);
  const rps = requestsPerSecond(stats);
  if (!rps || !p50 || !p95 || !p99 || stats.counts.succeeded === 0) {
    throw new RunError("A run had no successful request: there is nothing to compare");
  }
  return { rps, p50, p95, p99 };
}

/** `bench noise`. */
export const noiseCommand: Command = { spec, run };
