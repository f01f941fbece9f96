/**
 * Completion for fish: one `complete` a flag, told apart by the command that the line begins with.
 *
 * @module
 */
import type { Completed, CompletedCommand, CompletedFlag, CompletionModel } from "./completion_model.ts";

/** The script, for `program.fish` in a completions directory; ends with a line break. */
export function fishCompletion({ program, main, commands }: CompletionModel): string {
  const words = commands.map(({ word }) => word).join(" ");
  const inMain = `not __fish_seen_subcommand_from ${words}`;
  const lines = [
    `# ${program} completion for fish`,
    `complete -c ${program} -f`,
    ...commands.map(({ word, summary }) =>
      `complete -c ${program} -n '__fish_is_first_token' -a ${word} -d ${quoted(summary)}`
    ),
    ...commandLines(main, { program, condition: inMain }),
    ...commands.flatMap((command) =>
      commandLines(command, { program, condition: `__fish_seen_subcommand_from ${command.word}` })
    ),
  ];
  return `${lines.join("\n")}\n`;
}

interface Place {
  readonly program: string;
  readonly condition: string;
}

function commandLines({ flags, operand }: CompletedCommand, place: Place): readonly string[] {
  const start = `complete -c ${place.program} -n '${place.condition}'`;
  return [
    ...flags.map((flag) => `${start} ${flagWords(flag)}`),
    ...(operand === undefined || operand.values === "anything" ? [] : [`${start} ${offer(operand.values)}`]),
  ];
}

function flagWords({ flags, help, argument }: CompletedFlag): string {
  const names = flags.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  // Without `-r` fish offers values only after the sign, which is what an argument that may be left out needs.
  const required = argument?.values === "files" ? " -r" : " -x";
  const value = argument === undefined
    ? ""
    : `${argument.isAttached ? "" : required}${
      argument.values === "anything" ? "" : ` ${offer(argument.values)}`
    }`;
  return `${names.join(" ")}${value} -d ${quoted(help)}`;
}

function offer(values: Exclude<Completed, "anything">): string {
  return values === "files" ? "-F" : `-a ${quoted(values.join(" "))}`;
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
