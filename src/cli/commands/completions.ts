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
import { gatherCommandSettings } from "../command_settings.ts";
import { printOut } from "../terminal.ts";

const SCRIPTS: Readonly<Record<Shell, (model: CompletionModel) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
  powershell: powershellCompletion,
};

const EXPECTED = `expected one of ${SHELLS.join(", ")}`;

const spec = wordsOnly("completions", {
  usage: SHELLS.join("|"),
  summary: "Prints a script that makes a shell complete bench's command lines.",
  label: "shell",
  completes: SHELLS,
  missing: `Which shell? ${EXPECTED}`,
  sections: [{
    title: "Setup",
    rows: [
      ["source <(bench completions bash)", "in ~/.bashrc"],
      ['eval "$(bench completions bash)"', "in ~/.bashrc of macOS"],
      ["source <(bench completions zsh)", "in ~/.zshrc, after compinit"],
      ["bench completions fish > ~/.config/fish/completions/bench.fish", "once"],
      ["bench completions powershell | Out-String | Invoke-Expression", "in $PROFILE"],
    ],
  }],
});

/** Prints the script of the shell that the word names. */
async function run(argv: readonly string[], door: Door): Promise<number> {
  const settings = await gatherCommandSettings(spec, argv);
  if (settings === undefined) return EXIT.ok;
  const [word = ""] = settings.operands;
  const shell = SHELLS.find((known) => known === word);
  if (shell === undefined) {
    throw new UsageError(`Cannot complete for "${escapeTerminal(word)}": ${EXPECTED}`);
  }
  printOut(SCRIPTS[shell](completionModel(door.bench, await loadSpecs(door))));
  return EXIT.ok;
}

/** `bench completions`. */
export const completionsCommand: Command = { spec, run };
