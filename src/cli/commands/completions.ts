/**
 * `bench completions SHELL`: a script with which a shell completes command lines.
 *
 * @module
 */
import { EXIT, UsageError } from "../../lib/errors.ts";
import { escapeTerminal } from "../../lib/escape.ts";
import { bashCompletion } from "../../options/completion_bash.ts";
import { fishCompletion } from "../../options/completion_fish.ts";
import { type CompletionModel, completionModel } from "../../options/completion_model.ts";
import { powershellCompletion } from "../../options/completion_powershell.ts";
import { zshCompletion } from "../../options/completion_zsh.ts";
import { type Shell, SHELLS } from "../../options/shells.ts";
import { type Command, type Door, loadSpecs, wordsOnly } from "../command.ts";
import { printOut } from "../terminal.ts";

const SCRIPTS: Readonly<Record<Shell, (model: CompletionModel) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
  powershell: powershellCompletion,
};

const HOW_TO: Readonly<Record<Shell, string>> = {
  bash: 'source <(bench completions bash)          in ~/.bashrc; on macOS: eval "$(bench completions bash)"',
  zsh: "source <(bench completions zsh)           in ~/.zshrc, after compinit",
  fish: "bench completions fish > ~/.config/fish/completions/bench.fish",
  powershell: "bench completions powershell | Out-String | Invoke-Expression    in $PROFILE",
};

/** Prints the script of the shell that the word names. */
async function run(argv: readonly string[], door: Door): Promise<number> {
  const [word, ...more] = argv;
  if (word === "--help" || word === "-h") {
    printOut(
      `Usage: bench completions ${SHELLS.join("|")}\n\n${
        SHELLS.map((shell) => `  ${HOW_TO[shell]}\n`).join("")
      }`,
    );
    return EXIT.ok;
  }
  const shell = SHELLS.find((known) => known === word);
  if (shell === undefined || more.length > 0) {
    const found = argv.length === 0 ? "nothing" : `"${escapeTerminal(argv.join(" "))}"`;
    throw new UsageError(`Cannot complete for ${found}: expected one of ${SHELLS.join(", ")}`);
  }
  printOut(SCRIPTS[shell](completionModel(door.bench, await loadSpecs(door))));
  return EXIT.ok;
}

/** `bench completions`. */
export const completionsCommand: Command = {
  spec: wordsOnly("completions", {
    usage: SHELLS.join("|"),
    summary: "Prints a script with which a shell completes this program's command lines.",
    label: "shell",
    completes: SHELLS,
  }),
  run,
};
