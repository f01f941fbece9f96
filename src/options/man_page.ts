/**
 * The manual page, in the `man` macros that groff and mandoc both read (man(7)).
 *
 * @module
 */
import { type CommandSpec, REQUESTS } from "./command_line.ts";
import { argumentOf, descriptionOf, type HelpSection } from "./help_text.ts";
import { longFlags } from "./names.ts";
import { type Option, OPTION_GROUPS } from "./option.ts";

/** A section of running text: paragraphs, with lines that are set in kept as they stand. */
export interface ManTopic {
  readonly name: string;
  readonly text: string;
}

/** The page of a program with its commands; ends with a line break. */
export function manPage(
  main: CommandSpec,
  commands: readonly CommandSpec[],
  topics: readonly ManTopic[],
): string {
  const { name, summary, version, sections } = main;
  const calls = [main, ...commands].map((spec) => `.PP\n.B ${escaped(spec.name)}\n${escaped(spec.usage)}`);
  return [
    `.TH ${name.toUpperCase()} 1 "" "${name} ${version}" "User Commands"`,
    ".SH NAME",
    `${name} \\- ${escaped(summary.replace(/\.$/, ""))}`,
    ".SH SYNOPSIS",
    ...calls,
    ".SH OPTIONS",
    optionsText(main),
    ".SH COMMANDS",
    ...commands.map((spec) => commandText(spec, main)),
    ...topics.map(({ name, text }) =>
      `.SH ${escaped(name.toUpperCase().replaceAll("-", " "))}\n${running(text)}`
    ),
    ...sections.filter(({ title }) => title === "Examples").map((section) =>
      `.SH EXAMPLES\n${listText(section)}`
    ),
  ].join("\n") + "\n";
}

function optionsText({ options }: CommandSpec): string {
  return OPTION_GROUPS.flatMap((group) => {
    const members = Object.values(options).filter((option) => option.group === group);
    const own = group === "General" ? REQUESTS.map(requestText) : [];
    return members.length + own.length === 0 ? [] : [`.SS ${group}`, ...members.map(optionText), ...own];
  }).join("\n");
}

/** A command's own options; those of the main command are not told twice. */
function commandText(spec: CommandSpec, main: CommandSpec): string {
  const own = spec.options === main.options ? [] : Object.values(spec.options).map(optionText);
  return [`.SS ${escaped(spec.name)}`, escaped(spec.summary), ...own].join("\n");
}

function optionText(option: Option): string {
  const { short, negation } = option;
  const flags = [...(short === undefined ? [] : [short]), ...longFlags(option)];
  const bold = flags.map((flag) => `\\fB${escaped(flag)}\\fR`).join(", ");
  const argument = escaped(argumentOf(option)).replace(/[A-Z][\w:|=.]*/, "\\fI$&\\fR");
  const off = negation === undefined ? "" : `, \\fB${escaped(negation)}\\fR`;
  return `.TP\n${bold}${argument}${off}\n${escaped(descriptionOf(option))}`;
}

function requestText({ flags, help }: (typeof REQUESTS)[number]): string {
  return `.TP\n\\fB${escaped(flags)}\\fR\n${escaped(help)}`;
}

function listText({ rows }: HelpSection): string {
  return rows.map(([term, meaning]) => `.TP\n\\fB${escaped(term)}\\fR\n${escaped(meaning)}`).join("\n");
}

function running(text: string): string {
  return text.trimEnd().split(/\n\n+/).map((paragraph) => {
    const parts: string[] = [".PP"];
    let isKept = false;
    for (const line of paragraph.split("\n")) {
      const keeps = line.startsWith("  ");
      if (keeps !== isKept) parts.push(keeps ? ".RS 2\n.nf" : ".fi\n.RE");
      isKept = keeps;
      parts.push(escaped(keeps ? line.slice(2) : line));
    }
    return [...parts, ...(isKept ? [".fi\n.RE"] : [])].join("\n");
  }).join("\n");
}

/** Text without a meaning to roff: no escapes, no requests at the start of a line, and dashes that can be copied. */
function escaped(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^[.']/, "\\&$&")
    .replace(
      /[^\0-\x7f]/gu,
      (sign) => `\\[u${sign.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}]`,
    );
}
