/**
 * What a dialect is: the options of another tool, what each becomes, and what holds when none is given.
 *
 * @module
 */
import { Draft, type DraftFiles } from "./draft.ts";
import { type ForeignFlag, splitWords, type WordStyle } from "./foreign_words.ts";

/** What an option is turned into. */
export interface Said {
  /** As written. */
  readonly flag: string;
  /** Empty for a switch. */
  readonly value: string;
  readonly draft: Draft;
}

/** An option of the tool. */
export interface DialectOption extends ForeignFlag {
  apply(said: Said): void;
}

/** A tool's language. */
export interface Dialect {
  /** As it is called: `wrk`. */
  readonly tool: string;
  readonly style: WordStyle;
  readonly options: readonly DialectOption[];
  /** Words before the options that belong to the tool: `attack`. Absent: none. */
  readonly subcommand?: string;
  /** Fills in the tool's defaults and what several options say together; returns the operands: the URL. */
  finish(draft: Draft, operands: readonly string[]): readonly string[];
}

/** A command line, translated. */
export interface Translation {
  /** What `bench` is to be called with. */
  readonly words: readonly string[];
  /** What is different all the same. */
  readonly notes: readonly string[];
  /** Options without an equivalent, each by name; nothing is to be run then. */
  readonly problems: readonly string[];
}

/** Translates a command line of a tool; `argv` without the tool's name. */
export function translate(dialect: Dialect, argv: readonly string[], files: DraftFiles): Translation {
  const { tool, options, style, subcommand } = dialect;
  const draft = new Draft(files);
  const rest = subcommand !== undefined && argv[0] === subcommand ? argv.slice(1) : argv;
  const { given, operands, problems } = splitWords(rest, { tool, options, style });
  for (const { option, flag, value } of given) option.apply({ flag: `${tool} ${flag}`, value, draft });
  const targets = dialect.finish(draft, operands);
  // A word may have been meant as the value of an option that was not understood.
  if (targets.length > 1 && problems.length + draft.problems.length === 0) {
    draft.problems.push(
      `${tool} takes one URL, found ${targets.map((word) => JSON.stringify(word)).join(", ")}`,
    );
  }
  return {
    words: draft.words(targets),
    notes: draft.notes,
    problems: [...problems, ...draft.problems],
  };
}

/** An option with a value. */
export function valued(flags: string, apply: DialectOption["apply"]): DialectOption {
  return { flags: flags.split(" "), takesValue: true, apply };
}

/** A switch. */
export function toggled(flags: string, apply: DialectOption["apply"]): DialectOption {
  return { flags: flags.split(" "), apply };
}

/** Its value goes to an option of `bench`. */
export function to(flag: string): DialectOption["apply"] {
  return ({ draft, value }) => draft.set(flag, value);
}

/** Its value is one more of an option of `bench`. */
export function adds(flag: string): DialectOption["apply"] {
  return ({ draft, value }) => draft.add(flag, value);
}

/** Its value is a header's. */
export function header(name: string): DialectOption["apply"] {
  return ({ draft, value }) => draft.add("-H", `${name}: ${value}`);
}

/** Switches something on. */
export function on(...words: readonly [flag: string, value?: string]): DialectOption["apply"] {
  return ({ draft }) => draft.set(...words);
}

/** Its value has a meaning only together with others. */
export function remembered(key: string): DialectOption["apply"] {
  return ({ draft, value }) => draft.memory.set(key, value);
}

/** It needs nothing here; `why`: a sentence to tell, if there is something to tell. */
export function needless(why = ""): DialectOption["apply"] {
  return ({ draft, flag }) => {
    if (why !== "") draft.note(`${flag}: ${why}`);
  };
}

/** There is nothing like it; `instead`: what to do. */
export function refused(instead: string): DialectOption["apply"] {
  return ({ draft, flag }) => draft.problems.push(`${flag} has no equivalent: ${instead}`);
}

/** Its value in seconds. */
export function seconds(flag: string): DialectOption["apply"] {
  return (said) => {
    const { draft, value } = said;
    if (!/^\d+(?:\.\d+)?$/.test(value)) refuseValue(said, "a number of seconds");
    else if (Number(value) === 0) draft.set(flag, FOREVER);
    else draft.set(flag, `${value}s`);
  };
}

/** The longest time there is, for tools in which 0 means none. */
const FOREVER = "24h";

/** A value that the tool would not take. */
export function refuseValue({ draft, flag, value }: Said, expected: string): void {
  draft.problems.push(`${flag}: found ${JSON.stringify(value)}, expected ${expected}`);
}

/**
 * A remembered number, or the tool's default.
 * @param unit what `k`, `M` and `G` may stand behind
 */
export function numberOf(draft: Draft, key: string, absent: number): number {
  const text = draft.memory.get(key);
  if (text === undefined) return absent;
  const [, digits, suffix = ""] = /^(\d+(?:\.\d+)?)([kMG]?)$/i.exec(text) ?? [];
  if (digits === undefined) {
    draft.problems.push(`${key}: found ${JSON.stringify(text)}, expected a number`);
    return absent;
  }
  return Number(digits) * ({ k: 1e3, m: 1e6, g: 1e9 }[suffix.toLowerCase()] ?? 1);
}

/** Tools that check certificates end when one is not trusted. */
export function verifyTls(draft: Draft, [url = ""]: readonly string[]): void {
  if (/^https:/i.test(url) && !draft.has("--insecure") && !draft.has("--ca-bundle")) {
    draft.set("--ssl-verify");
  }
}

/** A proxy as `host:port` or URL. */
export function proxyUrl(text: string, userInfo?: string): string {
  const url = text.includes("://") ? text : `http://${text}`;
  if (userInfo === undefined) return url;
  const credentials = userInfo.split(":").map(encodeURIComponent).join(":");
  return url.replace("://", `://${credentials}@`);
}

/** What replaces the file of results that a tool writes. */
export const PERCENTILES_SHOWN = "bench always shows percentiles";
