/**
 * Completion for bash, from version 3.2 on: that is what macOS has, so no `mapfile`, no associative arrays, and nothing
 * of the bash-completion package. Bash splits `--color=auto` at the sign; the script puts it together again.
 *
 * @module
 */
import type { Completed, CompletedCommand, CompletedFlag, CompletionModel } from "./completion_model.ts";

/** The script; ends with a line break. */
export function bashCompletion({ program, main, commands }: CompletionModel): string {
  const name = `_${program}`;
  const words = commands.map(({ word }) => word).join(" ");
  const tellsAttached = [main, ...commands].some(({ flags }) => flags.some((f) => f.argument?.isAttached));
  const attached = tellsAttached ? "attached=yes " : "";
  return `# ${program} completion for bash: source this file, or put it into a directory of bash-completion
# shellcheck disable=SC2207 # bash 3.2 has no mapfile
${name}_words() {
  COMPREPLY=($(compgen -W "$1" -- "$current"))
}
${name}_files() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -f -- "$current"))
  compopt -o filenames 2>/dev/null
}
${name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" ${
    tellsAttached ? 'attached="" ' : ""
  }command=""
  COMPREPLY=()
  if [ "$current" = "=" ]; then
    ${attached}current=""
  elif [ "$before" = "=" ]; then
    ${attached}before="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  [ "$COMP_CWORD" -gt 1 ] && case "\${COMP_WORDS[1]}" in
    ${patterns(commands.map(({ word }) => word))}) command="\${COMP_WORDS[1]}" ;;
  esac
  case "$command" in
${commands.map((command) => indent(branch(command, name), 4)).join("\n")}
  *)
${indent(body(main, name), 6)}
    if [ "$COMP_CWORD" = 1 ]; then ${name}_words "${words}"; fi
    ;;
  esac
}
complete -F ${name} ${program}
`;
}

function branch(command: CompletedCommand, name: string): string {
  return `${command.word})\n${indent(body(command, name), 2)}\n  ;;`;
}

/** First the argument of the flag before, then flags, then words. */
function body({ flags, operand }: CompletedCommand, name: string): string {
  const all = flags.flatMap((flag) => flag.flags).join(" ");
  const cases = flags.flatMap((flag) => argumentCase(flag, name));
  return [
    'case "$before" in',
    ...cases.map((line) => `  ${line}`),
    "esac",
    `case "$current" in`,
    `  -*) ${name}_words "${all}"; return ;;`,
    "esac",
    ...(operand === undefined || operand.values === "anything" ? [] : [offer(operand.values, name)]),
  ].join("\n");
}

function argumentCase({ flags, argument }: CompletedFlag, name: string): readonly string[] {
  if (argument === undefined) return [];
  const offered = argument.values === "anything" ? "" : `${offer(argument.values, name)}; `;
  const action = `${offered}return`;
  return [
    `${patterns(flags)}) ${argument.isAttached ? `if [ "$attached" ]; then ${action}; fi` : action} ;;`,
  ];
}

function offer(values: Exclude<Completed, "anything">, name: string): string {
  return values === "files" ? `${name}_files` : `${name}_words "${values.join(" ")}"`;
}

function patterns(words: readonly string[]): string {
  return words.join(" | ");
}

function indent(text: string, by: number): string {
  return text.split("\n").map((line) => `${" ".repeat(by)}${line}`).join("\n");
}
