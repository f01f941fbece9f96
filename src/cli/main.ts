/**
 * From words on the command line to an exit code. The only catch-all.
 *
 * @module
 */
import { EXIT, messageOf, RunError, UsageError } from "../lib/errors.ts";
import { escapeTerminal } from "../lib/escape.ts";
import { forgetInputs } from "../lib/files/input_files.ts";
import { helpLayout } from "../options/help_text.ts";
import { VERSION } from "../lib/version.ts";
import { isOutputLost, printError, printOut, TERMINAL } from "./terminal.ts";

/** Runs what the arguments ask for; returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  let help = "bench --help";
  const [word = ""] = argv;
  // The rest takes four times as long to load.
  if (argv.length === 1 && (word === "--version" || word === "-V")) {
    printOut(`bench ${VERSION}\n`);
    return isOutputLost() ? EXIT.failed : EXIT.ok;
  }
  forgetInputs();
  helpLayout.width = Math.min(Math.max(TERMINAL.out.width?.() ?? 100, 60), 120);
  try {
    const { DOOR, findCommand } = await import("./commands.ts");
    const found = findCommand(argv);
    help = found.help;
    const { run } = await found.load();
    const code = await run(found.rest, DOOR);
    return code === EXIT.ok && isOutputLost() ? EXIT.failed : code;
  } catch (error) {
    return report(error, help);
  }
}

function report(error: unknown, help: string): number {
  if (error instanceof UsageError) {
    const [first, ...others] = error.problems.map(escapeTerminal);
    printError(`bench: ${first}\n${others.map((problem) => `       ${problem}\n`).join("")}`);
    printError(`Try: ${error.help ?? help}\n`);
    return EXIT.failed;
  }
  if (error instanceof RunError) {
    printError(`bench: ${escapeTerminal(error.message)}\n`);
    return EXIT.failed;
  }
  if (error instanceof Deno.errors.NotCapable) {
    printError(`bench: ${messageOf(error)}\n`);
    return EXIT.failed;
  }
  const trace = error instanceof Error ? error.stack ?? error.message : String(error);
  printError(`bench: internal error, please report it:\n${trace}\n`);
  return EXIT.bug;
}
