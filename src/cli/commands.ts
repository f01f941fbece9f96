/**
 * All commands by name. Without one of these names, everything belongs to the benchmark itself.
 *
 * @module
 */
import { UsageError } from "../lib/errors.ts";
import { suggest } from "../lib/suggest.ts";
import { runCommand } from "./commands/run.ts";

/** Takes the words after its name; returns the exit code. */
export type CommandFunction = (argv: readonly string[]) => Promise<number>;

/** Names and what they run. */
export const COMMANDS: Readonly<Record<string, CommandFunction>> = {
  serve: async (argv) => await (await import("./commands/serve.ts")).serveCommand(argv),
  "har-import": async (argv) => await (await import("./import_commands.ts")).harImportCommand(argv),
  "openapi-import": async (argv) => await (await import("./import_commands.ts")).openapiImportCommand(argv),
  "curl-import": async (argv) => await (await import("./import_commands.ts")).curlImportCommand(argv),
  schema: async (argv) => await (await import("./commands/schema.ts")).schemaCommand(argv),
  demo: async (argv) => await (await import("./commands/demo.ts")).demoCommand(argv),
  k8s: async (argv) => await (await import("./commands/k8s.ts")).k8sCommand(argv),
  completions: async (argv) => (await import("./commands/completions.ts")).completionsCommand(argv),
  man: async (argv) => (await import("./commands/man.ts")).manCommand(argv),
  selftest: async (argv) => (await import("./commands/selftest.ts")).selftestCommand(argv),
  help: async (argv) => (await import("./commands/help.ts")).helpCommand(argv),
  compare: async (argv) => await (await import("./commands/compare.ts")).compareCommand(argv),
  summary: async (argv) => await (await import("./commands/summary.ts")).summaryCommand(argv),
  report: async (argv) => await (await import("./commands/report.ts")).reportCommand(argv),
};

/** What a command line asks for. */
export interface FoundCommand {
  readonly command: CommandFunction;
  /** The words for it. */
  readonly rest: readonly string[];
  /** A command line that helps with it. */
  readonly help: string;
}

/**
 * The command that the first word names, and the words for it.
 * @throws {UsageError} when the first word is all but a command's name.
 */
export function findCommand(argv: readonly string[]): FoundCommand {
  const [name = "", ...rest] = argv;
  if (Object.hasOwn(COMMANDS, name)) {
    if (isHelp(rest) && name !== "completions") return { ...findCommand(["help"]), rest: [name] };
    return { command: COMMANDS[name]!, rest, help: name === "help" ? "bench help" : `bench help ${name}` };
  }
  // No target is a single word: it would lack its scheme.
  const near = /^[a-z]\w+(?:-\w+)*$/i.test(name) ? suggest(name, Object.keys(COMMANDS)) : undefined;
  if (near !== undefined) throw new UsageError(`Unknown command "${name}": did you mean bench ${near}?`);
  return { command: runCommand, rest: argv, help: "bench --help" };
}

function isHelp([word, ...more]: readonly string[]): boolean {
  return (word === "--help" || word === "-h") && more.length === 0;
}
