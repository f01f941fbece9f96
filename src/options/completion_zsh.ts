/**
 * Completion for zsh, on its own `_arguments`: flags with their help, an option offered once unless it may repeat.
 *
 * @module
 */
import type { Completed, CompletedCommand, CompletedFlag, CompletionModel } from "./completion_model.ts";

/** The script, for a file named `_program` in a directory of `$fpath`, or for `eval`; ends with a line break. */
export function zshCompletion({ program, main, commands }: CompletionModel): string {
  const name = `_${program}`;
  const described = commands.map(({ word, summary }) => quoted(`${word}:${summary}`));
  return `#compdef ${program}
${name}_operand() {
  local -a commands
  commands=(
${described.map((line) => `    ${line}`).join("\n")}
  )
  (( CURRENT == 2 )) && _describe -t commands command commands
  _urls
}
${commands.map((command) => functionOf(command, name)).join("\n")}
${name}() {
  if (( CURRENT > 2 )); then
    case $words[2] in
${
    commands.map(({ word }) => `      ${word}) shift words; (( CURRENT-- )); ${name}_${word}; return ;;`)
      .join("\n")
  }
    esac
  fi
  _arguments -s -S : \\
${main.flags.flatMap(specsOf).map((spec) => `    ${spec} \\`).join("\n")}
    ${quoted(`1:${main.operand?.label ?? "command"}:${name}_operand`)}
}
if [ "$funcstack[1]" = ${name} ]; then ${name} "$@"; else compdef ${name} ${program}; fi
`;
}

function functionOf({ word, flags, operand }: CompletedCommand, name: string): string {
  const last = operand === undefined ? [] : [quoted(`1:${escaped(operand.label)}:${action(operand.values)}`)];
  const specs = [...flags.flatMap(specsOf), ...last];
  return `${name}_${word}() {\n  _arguments -s -S : \\\n${
    specs.map((spec) => `    ${spec}`).join(" \\\n")
  }\n}`;
}

/** One specification a flag: what it shuts out, itself, its help, its argument. */
function specsOf({ flags, help, isRepeatable, argument }: CompletedFlag): readonly string[] {
  const shutOut = isRepeatable ? "*" : `(${flags.join(" ")})`;
  return flags.map((flag) => {
    const joint = argument === undefined ? "" : jointOf(flag, argument.isAttached);
    const value = argument === undefined
      ? ""
      : `:${argument.isAttached ? ":" : ""}${escaped(argument.label)}:${action(argument.values)}`;
    return quoted(`${shutOut}${flag}${joint}[${escaped(help)}]${value}`);
  });
}

/** Whether the argument follows in the same word: always, or as well as in the next one. */
function jointOf(flag: string, isAttached: boolean): string {
  if (!flag.startsWith("--")) return isAttached ? "-" : "+";
  return isAttached ? "=-" : "=";
}

function action(values: Completed): string {
  if (values === "files") return "_files";
  return values === "anything" ? " " : `(${values.join(" ")})`;
}

/** Signs with a meaning in a specification. */
function escaped(text: string): string {
  return text.replace(/[\\:[\]]/g, "\\$&");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
