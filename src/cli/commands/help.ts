/**
 * `bench help`, `bench help TOPIC`, `bench help COMMAND`, `bench help man`.
 *
 * @module
 */
import { EXIT, UsageError } from "../../lib/errors.ts";
import { escapeTerminal } from "../../lib/escape.ts";
import { withSuggestion } from "../../lib/suggest.ts";
import { helpOf } from "../../options/command_line.ts";
import { type HelpSection, sectionText } from "../../options/help_text.ts";
import { COMMAND_SPECS } from "../command_specs.ts";
import { HELP_TOPICS } from "../help/topics.ts";
import { mainCommand } from "../main_command.ts";
import { manText } from "./man.ts";
import { printOut } from "../terminal.ts";

/** Prints the help that the word names, or a list of all there is. */
export function helpCommand(argv: readonly string[]): Promise<number> {
  const [word, ...more] = argv.filter((word) => word !== "--help" && word !== "-h");
  if (more.length > 0) {
    throw new UsageError(`Cannot help with several things at once: found ${argv.length}, expected one word`);
  }
  printOut(word === undefined ? overview() : helpOn(word));
  return Promise.resolve(EXIT.ok);
}

/** @throws {UsageError} when there is no such topic and no such command */
function helpOn(word: string): string {
  const topic = HELP_TOPICS.find(({ name }) => name === word);
  if (topic) return topic.text;
  if (word === "man") return manText();
  if (word === "bench") return `${helpOf(mainCommand)}\n`;
  if (Object.hasOwn(COMMAND_SPECS, word)) return `${helpOf(COMMAND_SPECS[word]!)}\n`;
  const known = ["man", ...HELP_TOPICS.map(({ name }) => name), ...Object.keys(COMMAND_SPECS)];
  throw new UsageError(withSuggestion(`No help on "${escapeTerminal(word)}"`, word, known));
}

function overview(): string {
  const topics: HelpSection = {
    title: "Topics (bench help TOPIC)",
    rows: [...HELP_TOPICS.map(({ name, summary }) => [name, summary] as const), [
      "man",
      "everything as a manual page: bench help man | man -l -",
    ]],
  };
  const commands: HelpSection = {
    title: "Commands (bench help COMMAND)",
    rows: [
      ["bench", mainCommand.summary],
      ...Object.entries(COMMAND_SPECS).map(([word, spec]) => [word, spec.summary] as const),
    ],
  };
  return `${sectionText(topics)}\n\n${sectionText(commands)}\n\nAll options: bench --help\n`;
}
