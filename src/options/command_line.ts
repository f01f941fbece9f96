/**
 * Option tables on a command line. Commander splits the words and lays out the help; it neither reads values, prints,
 * nor ends the process. Values stay text together with the flag that brought them, so that whoever reads them can
 * report every problem at once.
 *
 * @module
 */
import { Command, CommanderError, type Help, Option as CommanderOption } from "commander";
import { UsageError } from "../lib/errors.ts";
import { escapeTerminal } from "../lib/escape.ts";
import { maskUrl } from "../lib/mask_url.ts";
import { suggest, withSuggestion } from "../lib/suggest.ts";
import { descriptionOf, helpLayout, sectionText, termOf } from "./help_text.ts";
import type { HelpSection } from "./help_text.ts";
import { isSwitch, longFlags } from "./names.ts";
import type { Option, OptionTable } from "./option.ts";
import { OPTION_GROUPS } from "./option.ts";

/** What a command takes, and what its help says. */
export interface CommandSpec<Table extends OptionTable = OptionTable> {
  /** As it is called: `bench`, `bench compare`. */
  readonly name: string;
  /** What stands behind the name in the usage line: `[OPTIONS] URL`. */
  readonly usage: string;
  /** One or two sentences. */
  readonly summary: string;
  readonly options: Table;
  /** Words that stand without a flag. */
  readonly operands: {
    readonly max: number;
    /** Fewer of them are too few; absent: as `max`. */
    readonly min?: number;
    /** What one is called in messages: `URL`. */
    readonly label: string;
    /** Under this name the only operand can also come from the environment and the configuration file. */
    readonly property?: string;
    /** The problem when there are fewer than `max`; absent: none is needed. */
    readonly missing?: string;
    /** Words that are the value of this option, such as files with certain names. */
    readonly shorthand?: { readonly pattern: RegExp; readonly property: string };
    /** What shells offer for the first one: files, or these words. */
    readonly completes?: "files" | readonly string[];
  };
  /** Flags of other programs, and what to do instead. */
  readonly foreignFlags?: Readonly<Record<string, string>>;
  /** What `-h` shows instead of all options; absent: all. */
  readonly brief?: string;
  /** Lists below the options: examples, exit codes. */
  readonly sections: readonly HelpSection[];
  readonly version: string;
}

/** One option as given: text not yet read. */
export interface GivenText {
  readonly property: string;
  /** The flag used. */
  readonly flag: string;
  /** The argument; `true` or `false` for a switch and its negation; `null` for a flag alone that has a `bare` value. */
  readonly text: string | null;
}

/** What a command line asks for. */
export type ParsedCommandLine =
  | {
    readonly kind: "help" | "version";
    /** Without a line break at its end. */
    readonly text: string;
  }
  | {
    readonly kind: "options";
    /** In the order given. */
    readonly given: readonly GivenText[];
    readonly operands: readonly string[];
    /** Unknown flags, missing arguments, words too many or too few: a sentence each. */
    readonly problems: readonly string[];
  };

/** Splits a command line. Never throws for what a user wrote: problems are returned. */
export function parseCommandLine(spec: CommandSpec, argv: readonly string[]): ParsedCommandLine {
  try {
    return split(spec, argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Whatever follows is an argument, so only the last word can lack its own: the rest is split without it.
    const rest = split(spec, argv.slice(0, -1));
    const flag = argv.at(-1) ?? "";
    const problem = `${escapeTerminal(flag)}: expected ${argumentOf(flag, spec.options)} after it`;
    return rest.kind === "options" ? { ...rest, problems: [...rest.problems, problem] } : rest;
  }
}

/** What a flag takes, as its type says of an empty text; of those that take any, only that there must be one. */
function argumentOf(flag: string, table: OptionTable): string {
  const option = Object.values(table).find((option) =>
    option.short === flag || longFlags(option).includes(flag)
  );
  try {
    option?.type.parse("");
  } catch (error) {
    const expected = error instanceof UsageError ? /^expected (.*)$/.exec(error.message)?.[1] : undefined;
    if (expected !== undefined) return expected;
  }
  return "an argument";
}

/** The text that `--help` shows, as wide as {@linkcode helpLayout} says, without a line break at its end. */
export function helpOf(spec: CommandSpec): string {
  const nobody = { onValue: () => undefined, onStray: () => undefined, onRequest: () => undefined };
  const options = commandOf(spec, { ...nobody, argv: [] }).helpInformation().trimEnd();
  return [options, ...spec.sections.map(sectionText)].join("\n\n");
}

/** All long flags of a table, for suggestions. */
export function flagsOf(table: OptionTable): readonly string[] {
  return Object.values(table).flatMap((option) => [
    ...longFlags(option),
    ...(option.negation === undefined ? [] : [option.negation]),
  ]);
}

/** Most room for flags in help. */
const MAX_TERM_WIDTH = 32;

/** Flags that every command has. */
export const REQUESTS = [
  { flags: "-h, --help", kind: "help", help: "Show this text" },
  { flags: "-V, --version", kind: "version", help: "Show the version" },
] as const;

/** Who hears what commander finds. */
interface Listeners {
  readonly onValue: (given: GivenText) => void;
  /** A word that commander took for an option's argument, though it is none. */
  readonly onStray: (word: string) => void;
  readonly onRequest: (kind: "help" | "version") => void;
  readonly argv: readonly string[];
}

/** @throws {CommanderError} when the last flag lacks its argument. */
function split(spec: CommandSpec, argv: readonly string[]): ParsedCommandLine {
  const given: GivenText[] = [];
  const strays: string[] = [];
  const requests = new Set<string>();
  const glued: string[] = [];
  const { operands, unknown } = commandOf({ ...spec, options: namedAmong(argv, spec.options) }, {
    onValue: (value) => {
      const word = longByOneDash(value, spec, argv);
      if (word === undefined) given.push(value);
      else glued.push(word);
    },
    onStray: (word) => strays.push(word),
    onRequest: (kind) => requests.add(kind),
    argv,
  }).parseOptions([...argv]);
  if (requests.has("help")) {
    return { kind: "help", text: argv.includes("--help") ? helpOf(spec) : spec.brief ?? helpOf(spec) };
  }
  if (requests.has("version")) return { kind: "version", text: `${spec.name} ${spec.version}` };
  const flags = unknown.filter((word) => isFlag(word));
  const words = [...operands, ...strays, ...operandsAmong(unknown, spec.options)]
    // The others may be arguments of flags that were not understood.
    .filter((word) => glued.length === 0 || word.includes("://"));
  // A word may have been meant as the argument of a flag that was not understood.
  const isClear = flags.length + glued.length === 0;
  const { max, min = max, missing, shorthand } = spec.operands;
  const short = shorthand && isClear ? words.findIndex((word) => shorthand.pattern.test(word)) : -1;
  if (short >= 0) {
    const [word = ""] = words.splice(short, 1);
    given.push({ property: shorthand!.property, flag: spec.options[shorthand!.property]!.long, text: word });
  }
  const excess = isClear ? words.slice(max) : [];
  const problems = [
    ...[...glued, ...flags].map((flag) => aboutFlag(flag, spec)),
    ...excess.map((word) => unexpected(word, spec.operands)),
    ...(isClear && missing !== undefined && words.length < min ? [missing] : []),
  ];
  return { kind: "options", given, operands: words.slice(0, max), problems };
}

/** The options that words may name: to make commander know all of them takes longer than all else that is read. */
function namedAmong(argv: readonly string[], table: OptionTable): OptionTable {
  const names = new Set(
    argv.filter((word) => word.startsWith("-")).flatMap((word) =>
      word.startsWith("--")
        ? [word.replace(/=.*$/s, "")]
        : Array.from(word.slice(1), (letter) => `-${letter}`)
    ),
  );
  // Commander takes words such as -5 for numbers, unless some option is called so.
  for (const digit of "0123456789") names.add(`-${digit}`);
  const flagsOfOne = ({ short, long, aliases = [], negation }: Option) => [short, long, ...aliases, negation];
  return Object.fromEntries(
    Object.entries(table).filter(([, option]) => flagsOfOne(option).some((flag) => names.has(flag ?? ""))),
  );
}

function commandOf(spec: CommandSpec, listeners: Listeners): Command {
  const terms = new Map(Object.values(spec.options).map((option) => [option.long, termOf(option)]));
  const command = new Command(spec.name).usage(spec.usage).description(spec.summary)
    .helpOption(false)
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .configureHelp({
      helpWidth: helpLayout.width,
      padWidth: (command, help) => Math.min(help.longestOptionTermLength(command, help), MAX_TERM_WIDTH),
      formatItem: itemText,
      optionTerm: (option) => terms.get(option.long ?? "") ?? option.flags,
      optionDescription: (option) => option.description,
    });
  const inHelpOrder = Object.entries(spec.options).toSorted(([, a], [, b]) =>
    OPTION_GROUPS.indexOf(a.group) - OPTION_GROUPS.indexOf(b.group)
  );
  for (const [property, option] of inHelpOrder) addFlags(command, { property, option, listeners });
  for (const { flags, kind, help } of REQUESTS) {
    command.addOption(new CommanderOption(flags, help).helpGroup("General:"));
    command.on(`option:${kind}`, () => listeners.onRequest(kind));
  }
  return command;
}

/** A term and what it means beside it, or below it where the term is long. */
function itemText(term: string, width: number, meaning: string, help: Help): string {
  const lines = help.boxWrap(meaning, helpLayout.width - width - 4).split("\n");
  const first = term.length > width ? `  ${term}` : `  ${term.padEnd(width)}  ${lines.shift()}`;
  return [first, ...lines.map((line) => `${" ".repeat(width + 4)}${line}`)].join("\n");
}

/** Makes each flag of an option an option of commander's, so that the last one given wins, whatever its name. */
function addFlags(
  command: Command,
  { property, option, listeners }: {
    readonly property: string;
    readonly option: Option;
    readonly listeners: Listeners;
  },
): void {
  const argument = isSwitch(option) ? "" : "bare" in option ? " [value]" : " <value>";
  const add = (flags: string, flag: string, read: (text: string | null) => string | null) => {
    const added = new CommanderOption(flags, descriptionOf(option)).helpGroup(`${option.group}:`);
    command.addOption(flag === option.long ? added : added.hideHelp());
    command.on(`option:${added.name()}`, (text: string | null = null) => {
      listeners.onValue({ property, flag, text: read(text) });
    });
  };
  const reader = (flag: string) => (text: string | null) => {
    if (argument === "") return "true";
    // Commander offers the next word to a flag whose argument may be left out; only `--flag=value` means it so, or a
    // number, which is never an operand.
    const isMeant = text === null || /^\d+$/.test(text) ||
      isAttached(text, flag, listeners.argv);
    if (argument === " <value>" || isMeant) {
      return text;
    }
    listeners.onStray(text);
    return null;
  };
  add(`${option.long}${argument}`, option.long, reader(option.long));
  // Each flag is known by its own name, so that messages name what was typed.
  if (option.short !== undefined) add(`${option.short}${argument}`, option.short, reader(option.short));
  for (const alias of option.aliases ?? []) add(`${alias}${argument}`, alias, reader(alias));
  if (option.negation !== undefined) add(option.negation, option.negation, () => "false");
}

function isAttached(text: string, flag: string, argv: readonly string[]): boolean {
  return argv.includes(`${flag}=${text}`) || argv.includes(`${flag}${text}`);
}

function isFlag(word: string): boolean {
  return /^-[^-]|^--./.test(word);
}

/** The operands among words that follow an unknown flag: not the word that may be that flag's argument. */
function operandsAmong(unknown: readonly string[], table: OptionTable): readonly string[] {
  return unknown.filter((word, at) => {
    if (isFlag(word) || word === "--") return false;
    const before = unknown[at - 1];
    if (before === undefined || !isFlag(before) || before.includes("=") || word.includes("://")) return true;
    const near = Object.values(table).find((option) =>
      longFlags(option).includes(suggestedFlag(before, table) ?? "")
    );
    return near !== undefined && isSwitch(near);
  });
}

function unexpected(word: string, { max, label }: CommandSpec["operands"]): string {
  const isMethod = max === 1 && /^[\w.]+\.\w+[/.]\w+$/.test(word) && !/\.(?:ya?ml|json|[jt]s)$/.test(word);
  if (isMethod) {
    return `Unexpected "${
      escapeTerminal(word)
    }": a gRPC method stands behind its server, as in grpc://HOST:PORT/${escapeTerminal(word)}`;
  }
  const expected = max === 0 ? "nothing without a flag" : `at most ${max === 1 ? "one" : max} ${label}`;
  return `Unexpected "${escapeTerminal(maskUrl(word))}": expected ${expected}`;
}

function suggestedFlag(flag: string, table: OptionTable): string | undefined {
  return suggest(flag.replace(/=.*$/s, ""), [...flagsOf(table), "--help", "--version"]);
}

/** The word when a value is the rest of a long flag with one dash, as in `-timeout`, read as `-t imeout`. */
function longByOneDash(
  { property, text }: GivenText,
  { options, foreignFlags = {} }: CommandSpec,
  argv: readonly string[],
): string | undefined {
  const { short } = options[property]!;
  if (short === undefined || text === null) return undefined;
  const word = `${short}${text}`;
  const isLong = flagsOf(options).includes(`-${word}`) || Object.hasOwn(foreignFlags, `-${word}`);
  return isLong && argv.includes(word) ? word : undefined;
}

function aboutFlag(given: string, { options: table, foreignFlags = {} }: CommandSpec): string {
  const flag = given.replace(/=.*$/s, "");
  if (flag !== given && flagsOf(table).includes(flag)) {
    return `${flag}: expected no value, found "${escapeTerminal(given.slice(flag.length + 1))}"`;
  }
  const sentence = `Unknown option ${escapeTerminal(flag)}`;
  for (const name of [flag, `-${flag}`]) {
    if (Object.hasOwn(foreignFlags, name)) return `${sentence}: ${foreignFlags[name]}`;
  }
  return withSuggestion(sentence, flag, [...flagsOf(table), "--help", "--version"]);
}
