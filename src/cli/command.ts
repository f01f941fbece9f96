/**
 * What a command is to the door: how its help describes it, and what it does.
 *
 * @module
 */
import { VERSION } from "../lib/version.ts";
import type { CommandSpec } from "../options/command_line.ts";
import type { mainOptions } from "../run/settings/settings.ts";

/** A command, loaded. */
export interface Command {
  readonly spec: CommandSpec;
  /** Takes the words after its name; resolves to the exit code. */
  run(argv: readonly string[], door: Door): Promise<number>;
}

/** A command in the registry; its module is loaded when it is asked for. */
export interface CommandEntry {
  /** What follows its name in the list of commands. */
  readonly usage: string;
  /** What it is for, in a line. */
  readonly purpose: string;
  /** Other words that call it. */
  readonly aliases?: readonly string[];
  /** `word`: the one that called it. */
  load(word?: string): Promise<Command>;
}

/** The command that a word calls. */
export function entryOf(commands: Door["commands"], word: string): CommandEntry | undefined {
  return Object.hasOwn(commands, word)
    ? commands[word]
    : Object.values(commands).find(({ aliases = [] }) => aliases.includes(word));
}

/** All words that call commands. */
export function wordsOf(commands: Door["commands"]): readonly string[] {
  return [...Object.keys(commands), ...Object.values(commands).flatMap(({ aliases = [] }) => aliases)];
}

/** Everything that can be asked for, for commands that speak of others. */
export interface Door {
  /** All commands by name, in the order of the help. */
  readonly commands: Readonly<Record<string, CommandEntry>>;
  /** The benchmark itself, which has no name. */
  readonly bench: CommandSpec<typeof mainOptions>;
}

/** All commands as their help describes them. */
export async function loadSpecs({ commands }: Door): Promise<Readonly<Record<string, CommandSpec>>> {
  const loaded = Object.entries(commands).map(async ([name, { load }]) =>
    [name, (await load()).spec] as const
  );
  return Object.fromEntries(await Promise.all(loaded));
}

/** A command that takes words and no options of its own. */
export function wordsOnly(
  name: string,
  { usage, summary, label, completes, missing, sections = [] }: {
    readonly usage: string;
    readonly summary: string;
    readonly label: string;
    readonly completes: readonly string[];
    /** The problem when there is no word; absent: none is needed. */
    readonly missing?: string;
    readonly sections?: CommandSpec["sections"];
  },
): CommandSpec {
  return {
    name: `bench ${name}`,
    usage,
    summary,
    options: {},
    operands: {
      max: completes.length === 0 ? 0 : 1,
      label,
      completes,
      ...(missing !== undefined && { missing }),
    },
    sections,
    version: VERSION,
  };
}
