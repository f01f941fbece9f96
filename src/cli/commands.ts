/**
 * All commands by name. Without one of these names, everything belongs to the benchmark itself.
 *
 * @module
 */
import { demoCommand } from "./demo_command.ts";
import { runCommand } from "./run_command.ts";
import { serveCommand } from "./serve_command.ts";

/** Takes the words after its name; returns the exit code. */
export type CommandFunction = (argv: readonly string[]) => Promise<number>;

/** What the help of the main command says of each. */
export const COMMANDS: Readonly<Record<string, { readonly help: string; readonly run: CommandFunction }>> = {
  serve: { help: "A target of known behaviour to try things on", run: serveCommand },
  demo: { help: "Five seconds of load on that target", run: demoCommand },
};

/** The command that the first word names, and the words for it. */
export function findCommand(
  argv: readonly string[],
): { readonly command: CommandFunction; readonly rest: readonly string[] } {
  const name = argv[0] ?? "";
  return Object.hasOwn(COMMANDS, name)
    ? { command: COMMANDS[name]!.run, rest: argv.slice(1) }
    : { command: runCommand, rest: argv };
}
