/**
 * What help and reference say about one option: its flags, its default, its line. Layout is left to others.
 *
 * @module
 */
import { isSwitch } from "./names.ts";
import type { Option } from "./option.ts";

/** A titled list of terms and what they mean, such as the exit codes. */
export interface HelpSection {
  readonly title: string;
  readonly rows: readonly (readonly [term: string, meaning: string])[];
}

/**
 * The flags of an option in one term, with room for a short flag in front: `-c, --connections N`,
 * `-k, --[no-]keepalive`, `    --ssl-verify, --insecure`.
 */
export function termOf(option: Option): string {
  const { short, long, aliases = [], negation } = option;
  const stem = long.slice(2);
  const hasNo = negation === `--no-${stem}`;
  const flags = [hasNo ? `--[no-]${stem}` : long, ...aliases];
  if (negation !== undefined && !hasNo) flags.push(negation);
  return `${short === undefined ? "    " : `${short}, `}${flags.join(", ")}${argumentOf(option)}`;
}

/** What follows the flag: ` N`, `[=FILE]`, or nothing for a switch. */
export function argumentOf(option: Option): string {
  if (isSwitch(option)) return "";
  return "bare" in option ? `[=${option.type.label}]` : ` ${option.type.label}`;
}

/** The default as text; `undefined` when there is none worth saying. */
export function defaultOf(option: Option): string | undefined {
  const { default: preset, defaultLabel, type } = option;
  if (defaultLabel !== undefined) return defaultLabel;
  if (preset === undefined || preset === false || preset === "") return undefined;
  return type.format?.(preset) ?? String(preset);
}

/** The help line with its default and whether it may be repeated. */
export function descriptionOf(option: Option): string {
  const value = defaultOf(option);
  const notes = [
    ...(option.repeat ? ["repeatable"] : []),
    ...(value === undefined ? [] : [`default: ${value}`]),
  ];
  return notes.length === 0 ? option.help : `${option.help} (${notes.join(", ")})`;
}

/** Columns of help; the program's edge sets those of its terminal. */
export const helpLayout = { width: 100 };

/** A section as text: a heading, then the rows, the meanings aligned and wrapped. */
export function sectionText({ title, rows }: HelpSection): string {
  const width = Math.max(...rows.map(([term]) => term.length));
  const lines = rows.flatMap(([term, meaning]) =>
    linesOf(meaning, Math.max(20, helpLayout.width - width - 4)).map((line, i) =>
      `  ${(i === 0 ? term : "").padEnd(width)}  ${line}`.trimEnd()
    )
  );
  return [`${title}:`, ...lines].join("\n");
}

/** Text in lines of at most `width`, broken at single blanks; what is aligned by several stays together. */
function linesOf(text: string, width: number): readonly string[] {
  const lines = [""];
  for (const word of text.split(/(?<! ) (?! )/)) {
    const line = lines.at(-1)!;
    if (line !== "" && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines;
}
