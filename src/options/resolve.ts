/**
 * Values from all sources: default < configuration file < environment < command line. A list given by one source
 * replaces the whole list of a lower one. Every value remembers where it came from, and every problem is kept until all
 * are known.
 *
 * @module
 */
import { problemsIn } from "../lib/errors.ts";
import { escapeTerminal } from "../lib/escape.ts";
import { isSecretName } from "../lib/credentials.ts";
import { maskFieldValue } from "../lib/mask_text.ts";
import { MASK, maskUrl } from "../lib/mask_url.ts";
import { withSuggestion } from "../lib/suggest.ts";
import type { GivenText } from "./command_line.ts";
import { configKeys, ENVIRONMENT_PREFIX, environmentNames } from "./names.ts";
import type { Option, OptionTable, ValuesOf } from "./option.ts";

/** What a configuration file holds. */
export interface ConfigSource {
  /** The file's path, for messages. */
  readonly name: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Everything that options can come from. */
export interface Sources {
  readonly given?: readonly GivenText[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly config?: ConfigSource;
  /** Values that a module brings along; what is given elsewhere goes before them, and before what they conflict with. */
  readonly module?: ConfigSource;
  /** Environment names and configuration keys that belong to somebody else and are no mistake. */
  readonly alsoKnown?: readonly string[];
}

/** Where a value came from. */
export interface Origin {
  readonly source: "config file" | "environment" | "command line";
  /** `--duration`, `BENCH_DURATION` or `bench.yaml: duration`. */
  readonly text: string;
}

/** Values and what is to be said about them. An unreadable value is a problem, and its option has its default. */
export interface Resolved<Table extends OptionTable = OptionTable> {
  readonly values: ValuesOf<Table>;
  /** By property name; only options that were given. */
  readonly origins: ReadonlyMap<string, Origin>;
  readonly problems: readonly string[];
  /** Things that look like mistakes but hinder nothing. */
  readonly warnings: readonly string[];
}

/** Texts of one option from one source, not yet read. */
interface Given {
  readonly origin: Origin;
  /** `null`: the flag alone. */
  readonly texts: readonly (string | null)[];
  /** The value is the opposite of what its text says. */
  readonly isNegation: boolean;
}

/** Reads all options of a table from all sources. */
export function resolve<Table extends OptionTable>(table: Table, sources: Sources): Resolved<Table> {
  const problems: string[] = [];
  const given = new Map<string, Given>([
    ...fromConfig(table, sources.config, { sources, problems }),
    ...fromEnvironment(table, sources),
    ...fromCommandLine(table, sources.given ?? []),
  ]);
  const before = [...given.keys()];
  for (const [property, value] of fromConfig(table, sources.module, { sources, problems })) {
    const yields = before.some((other) =>
      other === property || table[other]!.conflicts?.includes(property) ||
      table[property]!.conflicts?.includes(other)
    );
    if (!yields) given.set(property, value);
  }
  const values: Record<string, unknown> = {};
  for (const [property, option] of Object.entries(table)) {
    const found = given.get(property);
    const read = found === undefined ? [] : readAll(option, found, problems);
    if (option.repeat) values[property] = found === undefined ? option.default ?? [] : read;
    else values[property] = read.length > 0 ? read.at(-1) : option.default;
  }
  return {
    values: values as ValuesOf<Table>,
    origins: new Map([...given].map(([property, { origin }]) => [property, origin])),
    problems,
    warnings: strayNames(table, sources),
  };
}

function fromCommandLine(table: OptionTable, given: readonly GivenText[]): Map<string, Given> {
  const found = new Map<string, Given>();
  for (const { property, flag, text } of given) {
    const before = table[property]?.repeat ? found.get(property)?.texts ?? [] : [];
    const origin = { source: "command line", text: flag } as const;
    found.set(property, { origin, texts: [...before, text], isNegation: false });
  }
  return found;
}

function fromEnvironment(table: OptionTable, { environment = {} }: Sources): Map<string, Given> {
  const found = new Map<string, Given>();
  for (const { property, name, isNegation } of environmentNames(table)) {
    const text = environment[name];
    // An empty variable is one that was meant to be unset.
    if (text === undefined || text === "") continue;
    const texts = table[property]!.repeat ? text.split(/\r?\n/).filter((line) => line.trim() !== "") : [text];
    found.set(property, { origin: { source: "environment", text: name }, texts, isNegation });
  }
  return found;
}

/** Keys of other tools, and what they are called here. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  vus: "users",
  rps: "rate",
  concurrency: "connections",
};

function fromConfig(
  table: OptionTable,
  config: ConfigSource | undefined,
  { sources: { alsoKnown = [] }, problems }: { readonly sources: Sources; readonly problems: string[] },
): Map<string, Given> {
  const found = new Map<string, Given>();
  if (config === undefined) return found;
  const names = configKeys(table);
  for (const [key, value] of Object.entries(config.values)) {
    const known = names.find(({ name }) => name === key);
    if (known === undefined) {
      if (alsoKnown.includes(key)) continue;
      const sentence = `${config.name}: unknown key "${escapeTerminal(key)}"`;
      const meant = OTHER_WORDS[key];
      problems.push(
        meant === undefined
          ? withSuggestion(sentence, key, names.map(({ name }) => name))
          : `${sentence}: did you mean ${meant}?`,
      );
      continue;
    }
    const option = table[known.property]!;
    const texts = configTexts(option, value);
    const origin = { source: "config file", text: `${config.name}: ${key}` } as const;
    if (typeof texts === "string") problems.push(`${option.long}: ${texts} (from ${origin.text})`);
    else found.set(known.property, { origin, texts, isNegation: known.isNegation });
  }
  return found;
}

/** The texts that a value of a configuration file stands for, or what is wrong with it. */
function configTexts(option: Option, value: unknown): readonly string[] | string {
  if (isScalar(value)) return [String(value)];
  if (!option.repeat) return "expected a single value";
  const { pair } = option.type;
  const items = Array.isArray(value) ? value : [value];
  // `- Accept: text/html` without quotes is a mapping in YAML, and a plain mapping reads well, too.
  const texts = items.flatMap((item: unknown) =>
    pair !== undefined && isMapping(item)
      ? Object.entries(item).map(([name, part]) => (isScalar(part) ? `${name}${pair}${part}` : undefined))
      : [isScalar(item) ? String(item) : undefined]
  );
  return texts.every((text) => text !== undefined) ? texts : `expected a value or a list of values`;
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readAll(option: Option, { origin, texts, isNegation }: Given, problems: string[]): unknown[] {
  const isTyped = origin.source === "command line";
  const [name, from] = isTyped ? [origin.text, ""] : [option.long, ` (from ${origin.text})`];
  return texts.flatMap((text) => {
    if (text === null) return [option.bare];
    try {
      const value = option.type.parse(text);
      return [isNegation ? !value : value];
    } catch (error) {
      const [reason] = problemsIn(error);
      problems.push(`${name}: found ${shown(text, option)}, ${reason}${from}`);
      return [];
    }
  });
}

/** A text as a message may show it: quoted, on one line, not too long, and not a secret. */
function shown(text: string, option: Option): string {
  if (option.secret || (option.type.pair !== undefined && isSecretName(text.split(/[:=]/, 1)[0]!))) {
    return MASK;
  }
  const masked = option.type.isPublic ? text : maskFieldValue(maskUrl(text));
  return `"${escapeTerminal(masked.length > 60 ? `${masked.slice(0, 59)}…` : masked)}"`;
}

/** Variables that begin like ours but are none: probably misspelt. */
function strayNames(table: OptionTable, { environment = {}, alsoKnown = [] }: Sources): readonly string[] {
  const names = [...environmentNames(table).map(({ name }) => name), ...alsoKnown];
  return Object.keys(environment)
    .filter((name) => name.startsWith(ENVIRONMENT_PREFIX) && !names.includes(name))
    .map((name) => withSuggestion(`Unknown environment variable ${escapeTerminal(name)}`, name, names));
}
