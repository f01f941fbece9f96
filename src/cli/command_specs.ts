/**
 * Every command as its help describes it, by the word that calls it: for completions, the manual page and `bench help`.
 *
 * @module
 */
import { VERSION } from "../lib/version.ts";
import type { CommandSpec } from "../options/command_line.ts";
import { HELP_TOPICS } from "./help/topics.ts";
import { compareSpec } from "./commands/compare.ts";
import { curlImportSpec, harImportSpec, openapiImportSpec } from "./import_commands.ts";
import { k8sSpec } from "./commands/k8s.ts";
import { mainCommand } from "./main_command.ts";
import { selftestSpec } from "./selftest_spec.ts";
import { reportSpec } from "./commands/report.ts";
import { serveSpec } from "./commands/serve.ts";
import { summarySpec } from "./commands/summary.ts";
import { SHELLS } from "../options/shells.ts";

/** A command that takes words and no options of its own. */
function wordsOnly(
  name: string,
  { usage, summary, label, completes }: {
    readonly usage: string;
    readonly summary: string;
    readonly label: string;
    readonly completes: readonly string[];
  },
): CommandSpec {
  return {
    name: `bench ${name}`,
    usage,
    summary,
    options: {},
    operands: { max: completes.length === 0 ? 0 : 1, label, completes },
    sections: [],
    version: VERSION,
  };
}

const demoSpec: CommandSpec = {
  ...mainCommand,
  name: "bench demo",
  usage: "[OPTIONS]",
  summary: "Five seconds of load on the built-in target; options are those of the benchmark.",
  operands: { max: 0, label: "argument" },
  sections: [],
};

/** All commands but the benchmark itself. */
export const COMMAND_SPECS: Readonly<Record<string, CommandSpec>> = {
  serve: serveSpec,
  demo: demoSpec,
  compare: compareSpec,
  summary: summarySpec,
  report: reportSpec,
  "har-import": harImportSpec,
  "openapi-import": openapiImportSpec,
  "curl-import": curlImportSpec,
  selftest: selftestSpec,
  k8s: k8sSpec,
  schema: wordsOnly("schema", {
    usage: "scenario",
    summary: "Prints the JSON Schema of scenario files, for editors.",
    label: "schema",
    completes: ["scenario"],
  }),
  completions: wordsOnly("completions", {
    usage: SHELLS.join("|"),
    summary: "Prints a script with which a shell completes this program's command lines.",
    label: "shell",
    completes: SHELLS,
  }),
  man: wordsOnly("man", {
    usage: "> bench.1",
    summary: "Prints the manual page.",
    label: "argument",
    completes: [],
  }),
  help: wordsOnly("help", {
    usage: "[TOPIC|COMMAND]",
    summary: "Explains a topic or a command; without a word, lists them.",
    label: "topic",
    completes: ["man", ...HELP_TOPICS.map(({ name }) => name)],
  }),
};
