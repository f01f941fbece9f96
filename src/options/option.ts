/**
 * What an option is: one declaration from which come its flag, help, environment name, configuration key, checks and
 * the README's tables. Tables live beside the code that uses their values.
 *
 * @module
 */

/** How the text of a value becomes a value. */
export interface OptionType<T> {
  /** What stands for the value in help: `N`, `DURATION`, `FILE`. Empty for a switch. */
  readonly label: string;
  /**
   * Reads a value.
   * @throws {UsageError} with what was expected, e.g. `expected a whole number of at least 1`.
   */
  parse(text: string): T;
  /** The accepted words, for help and completions, when there are few. */
  readonly choices?: readonly string[];
  /** The value is the path of a file, which shells complete. */
  readonly isPath?: true;
  /** The file is written; absent: it is read. */
  readonly isOutput?: true;
  /** A value as text that `parse` reads, for help; absent: `String(value)`. */
  format?(value: T): string;
  /** A value as public JSON shows it (durations in seconds); absent: the value itself. */
  toJson?(value: T): unknown;
  /** What joins name and value where the text is a pair; lets a configuration file give a mapping. */
  readonly pair?: ": " | "=";
  /** No value can hold a secret, whatever it looks like: `5s@10,5s@0` is no user name and password. */
  readonly isPublic?: true;
}

/** Headings of `--help`, in the order shown. */
export const OPTION_GROUPS = [
  "Load",
  "Request",
  "Connection",
  "TLS",
  "WebSocket",
  "Streams",
  "gRPC",
  "Scenario",
  "Autofind",
  "Output",
  "Verdict",
  "Export",
  "Fleet",
  "General",
] as const;

/** A heading of `--help`. */
export type OptionGroup = (typeof OPTION_GROUPS)[number];

/** One option. */
export interface Option<T = unknown> {
  /** The short flag, with its dash: `-c`. */
  readonly short?: string;
  /** The long flag, with its dashes: `--connections`. */
  readonly long: string;
  /** Other long flags that mean the same: `["--th"]`. */
  readonly aliases?: readonly string[];
  /** How the value is read. */
  readonly type: OptionType<T>;
  /** The heading under which help lists it. */
  readonly group: OptionGroup;
  /** One line for help and the README; says the unit. */
  readonly help: string;
  /** The value when nobody gave one. */
  readonly default?: T;
  /** The option may be given several times; its value is a list in the order given. */
  readonly repeat?: true;
  /** A long flag that switches it off: `--no-keepalive`. */
  readonly negation?: string;
  /** Value when the flag stands alone; makes its argument optional. */
  readonly bare?: T;
  /** Property names of options without which this one makes no sense: all of them must be given. */
  readonly requires?: readonly string[];
  /** Property names of options that cannot be given together with this one. */
  readonly conflicts?: readonly string[];
  /** The value may hold a secret and is masked wherever it is shown. */
  readonly secret?: true;
  /** What the help shows as default instead of `fallback`. */
  readonly defaultLabel?: string;
}

/** Options by property name; the environment name and the configuration key derive from that name. */
export type OptionTable = { readonly [name: string]: Option };

type TypeOf<O> = O extends { readonly type: OptionType<infer T> } ? T : never;

/** The values that a table yields: lists for repeatable options, `undefined` where there is no fallback. */
export type ValuesOf<Table extends OptionTable> = {
  readonly [K in keyof Table]: Table[K] extends { readonly repeat: true } ? readonly TypeOf<Table[K]>[]
    : Table[K] extends { readonly default: unknown } ? TypeOf<Table[K]>
    : TypeOf<Table[K]> | undefined;
};

/** Checks a table's shape and keeps its literal types. */
export function defineOptions<const Table extends OptionTable>(table: Table): Table {
  return table;
}
