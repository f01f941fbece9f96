/**
 * What help there is on a word that is neither a topic nor a command: options, topics and commands that mention it.
 *
 * @module
 */
import type { CommandSpec } from "../../options/command_line.ts";
import { descriptionOf, type HelpSection, sectionText, termOf } from "../../options/help_text.ts";
import type { Option } from "../../options/option.ts";
import type { Door } from "../command.ts";
import { HELP_TOPICS } from "./topics.ts";

/** Options listed at most. */
const MAX_OPTIONS = 20;

/** The text, or `undefined` when nothing mentions the word. */
export function findHelp(
  word: string,
  { bench, commands }: { readonly bench: CommandSpec; readonly commands: Door["commands"] },
): string | undefined {
  const wanted = singular(word).replace(/[-_]/g, "");
  if (wanted.length < 2) return undefined;
  const options = ranked(Object.values(bench.options), wanted);
  const topics = HELP_TOPICS.filter(({ name, summary, text }) =>
    mentions(`${name} ${summary} ${text}`, wanted)
  );
  const named = Object.entries(commands).filter(([name, { purpose }]) =>
    mentions(`${name} ${purpose}`, wanted)
  );
  const sections: readonly HelpSection[] = [
    {
      title: `Options that mention "${word}"`,
      rows: options.slice(0, MAX_OPTIONS).map((option) => [termOf(option).trim(), descriptionOf(option)]),
    },
    {
      title: "Commands",
      rows: named.map(([name, { usage, purpose }]) => [`bench ${name} ${usage}`.trimEnd(), purpose]),
    },
    { title: "Topics", rows: topics.map(({ name, summary }) => [`bench help ${name}`, summary]) },
  ];
  const found = sections.filter(({ rows }) => rows.length > 0);
  const more = options.length > MAX_OPTIONS
    ? `\n\n${options.length - MAX_OPTIONS} more options mention it: bench --help`
    : "";
  return found.length === 0 ? undefined : `${found.map(sectionText).join("\n\n")}${more}\n`;
}

/** Options named so first, then those whose text has the word. */
function ranked(options: readonly Option[], wanted: string): readonly Option[] {
  const names = ({ long, short = "", aliases = [], group }: Option) =>
    [long, short, ...aliases, group].join(" ");
  const rank = (option: Option) =>
    mentions(names(option), wanted) ? 0 : mentions(descriptionOf(option), wanted) ? 1 : 2;
  return options.filter((option) => rank(option) < 2).toSorted((a, b) => rank(a) - rank(b));
}

/** Whether a word of a text begins so; with and without dashes: `ramp` and `rateramp` find `--rate-ramp`. */
function mentions(text: string, wanted: string): boolean {
  const words = [/[-_]+/g, /(?<=\w)[-_](?=\w)/g].flatMap((dash, i) =>
    singular(text).replace(dash, i === 0 ? " " : "").split(/[^\p{L}\p{N}]+/u)
  );
  return words.some((each) => each.startsWith(wanted));
}

/** Lower case, and singular: `cookies` finds `cookie`. */
function singular(text: string): string {
  return text.toLowerCase().replace(/s\b/g, "");
}
