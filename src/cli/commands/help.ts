/**
 * `bench help`, and `bench help` with a topic, a command, `man`, or any word to look for.
 *
 * @module
 */
import { EXIT, UsageError } from "../../lib/errors.ts";
import { escapeTerminal } from "../../lib/escape.ts";
import { withSuggestion } from "../../lib/suggest.ts";
import { helpOf } from "../../options/command_line.ts";
import { type HelpSection, sectionText } from "../../options/help_text.ts";
import { type Command, type Door, entryOf, loadSpecs, wordsOf, wordsOnly } from "../command.ts";
import { gatherCommandSettings } from "../command_settings.ts";
import { renderManText } from "../help/man_text.ts";
import { findHelp } from "../help/find_help.ts";
import { HELP_TOPICS } from "../help/topics.ts";
import { printOut } from "../terminal.ts";

const spec = wordsOnly("help", {
  usage: "[TOPIC|COMMAND|WORD]",
  summary:
    "Explains a topic or a command, or lists the options that mention a word; without a word, lists them.",
  label: "topic",
  completes: ["man", ...HELP_TOPICS.map(({ name }) => name)],
});

const OWN_FLAGS = ["-h", "--help", "-V", "--version"];

/** Prints the help that the word names, or a list of all there is. */
async function run(argv: readonly string[], door: Door): Promise<number> {
  // Any other flag is asked about.
  const words = argv.map((word) => OWN_FLAGS.includes(word) ? word : word.replace(/^-+(?=\w)/, ""));
  const settings = await gatherCommandSettings(spec, words);
  if (settings === undefined) return EXIT.ok;
  const [word] = settings.operands;
  printOut(word === undefined ? await renderOverview(door) : await renderHelpOn(word, door));
  return EXIT.ok;
}

/** @throws {UsageError} when there is no such topic and no such command */
async function renderHelpOn(word: string, door: Door): Promise<string> {
  const topic = HELP_TOPICS.find(({ name }) => name === word);
  if (topic) return topic.text + (await topic.more?.() ?? "");
  if (word === "man") return await renderManText(door);
  if (word === "bench") return `${helpOf(door.bench)}\n`;
  const entry = entryOf(door.commands, word);
  if (entry !== undefined) return `${helpOf((await entry.load(word)).spec)}\n`;
  const found = findHelp(word, door);
  if (found !== undefined) return found;
  const known = ["man", ...HELP_TOPICS.map(({ name }) => name), ...wordsOf(door.commands)];
  throw new UsageError(withSuggestion(`No help on "${escapeTerminal(word)}"`, word, known));
}

async function renderOverview(door: Door): Promise<string> {
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
      ["bench", door.bench.summary],
      ...Object.entries(await loadSpecs(door)).map(([word, spec]) => [word, spec.summary] as const),
    ],
  };
  return `${sectionText(topics)}\n\n${
    sectionText(commands)
  }\n\nAll options: bench --help. Options that mention a word: bench help WORD.\n`;
}

/** `bench help`. */
export const helpCommand: Command = { spec, run };
