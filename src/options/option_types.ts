/**
 * How values are read from text: numbers, durations, sizes, words. A type is a small object; each refuses what it does
 * not understand with a sentence that says what was expected. Types of HTTP things are in `http_types.ts`.
 *
 * @module
 */
import { listed } from "../lib/number_format.ts";
import { formatDuration, parseDuration } from "../lib/duration.ts";
import { UsageError } from "../lib/errors.ts";
import { formatCount } from "../lib/number_format.ts";
import { MAX_RATE } from "../lib/size_limits.ts";
import type { OptionType } from "./option.ts";

const SECONDS_IN: Readonly<Record<string, number>> = { s: 1, m: 60, min: 60, h: 3600 };

/** Limits of a number; a missing one does not apply. */
export interface NumberRange {
  /** The smallest value allowed. */
  readonly min?: number;
  /** The largest value allowed. */
  readonly max?: number;
  /** The value must be greater than this. */
  readonly above?: number;
}

/**
 * A whole number, `k` and `M` allowed behind it: `500`, `10k`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(count({ min: 1 }).parse("10k"), 10_000);
 * ```
 */
export function count(range: NumberRange = {}, label = "N"): OptionType<number> {
  const expected = `expected a whole number${inWords(range)}`;
  return {
    label,
    parse(text) {
      const value = scaled(text);
      if (value === undefined || !Number.isSafeInteger(value)) throw new UsageError(expected);
      return within(value, range, expected);
    },
  };
}

/** A finite number in a range, fractions allowed. */
export function decimal(range: NumberRange = {}, label = "NUMBER"): OptionType<number> {
  const expected = `expected a number${inWords(range)}`;
  return {
    label,
    parse(text) {
      const value = plainNumber(text);
      if (value === undefined) throw new UsageError(expected);
      return within(value, range, expected);
    },
  };
}

/**
 * How many per second: `500`, `0.5`, `10k`, `500/s`, `30/m`, `1000/h`. Greater than 0 unless `min` is given.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(rate().parse("1.5k"), 1500);
 * assertEquals(rate().parse("30/m"), 0.5);
 * ```
 */
export function rate(range: NumberRange = { above: 0 }): OptionType<number> {
  const expected = `expected a number per second${inWords(range)}, such as 500 or 10k, or 30/m per minute`;
  return {
    label: "RATE",
    parse(text) {
      const [, amount, unit = "s"] = /^(.*?)(?:\/(s|m|min|h))?$/s.exec(text.trim())!;
      const value = scaled(amount!);
      if (value === undefined) throw new UsageError(expected);
      const perSecond = within(value / SECONDS_IN[unit]!, range, expected);
      if (perSecond > MAX_RATE) throw new UsageError(`expected at most ${formatCount(MAX_RATE)} per second`);
      return perSecond;
    },
  };
}

/**
 * A duration, read as milliseconds: `10`, `10s`, `500ms`, `1m30s`. Zero is refused unless `min: 0` is given;
 * with another `min`, what is shorter.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(duration().parse("1m30s"), 90_000);
 * ```
 */
export function duration({ min }: { readonly min?: number } = {}): OptionType<number> {
  return {
    label: "DURATION",
    parse(text) {
      const ms = parseDuration(text);
      if (ms === 0 && min === undefined) throw new UsageError("expected a duration above 0");
      if (min && ms < min) throw new UsageError(`expected ${formatDuration(min)} or more`);
      return ms;
    },
    format: formatDuration,
    toJson: (ms) => ms / 1000,
  };
}

/**
 * A number of bytes: `512`, `64KiB` (1024), `1MB` (1000).
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(byteSize().parse("64KiB"), 65_536);
 * ```
 */
export function byteSize(range: NumberRange = { min: 1 }): OptionType<number> {
  const expected = `expected a size such as 64KiB or 1MB${range.max === undefined ? "" : inWords(range)}`;
  const units: Record<string, number> = { "": 1, b: 1, kb: 1e3, mb: 1e6, gb: 1e9 };
  Object.assign(units, { kib: 1024, mib: 1024 ** 2, gib: 1024 ** 3 });
  return {
    label: "SIZE",
    parse(text) {
      const [, amount, unit] = /^([\d.]+) ?([a-z]*)$/i.exec(text.trim()) ?? [];
      const number = plainNumber(amount ?? "");
      const factor = units[(unit ?? "").toLowerCase()];
      const bytes = number === undefined || factor === undefined ? NaN : number * factor;
      if (!Number.isSafeInteger(bytes)) throw new UsageError(expected);
      return within(bytes, range, expected);
    },
    format: formatSize,
  };
}

/** A share of a hundred, with or without its sign: `1`, `0.5%`; read as the number of percent, 0 to 100. */
export const percent: OptionType<number> = {
  label: "PERCENT",
  parse(text) {
    const expected = "expected a percentage from 0 to 100, such as 1%";
    const value = plainNumber(text.trim().replace(/ ?%$/, ""));
    if (value === undefined) throw new UsageError(expected);
    return within(value, { min: 0, max: 100 }, expected);
  },
};

/** A switch. In the environment and configuration files its value is a word: `true`, `no`, `1` … */
export const toggle: OptionType<boolean> = {
  label: "",
  parse(text) {
    const word = text.trim().toLowerCase();
    if (["true", "1", "yes", "on"].includes(word)) return true;
    if (["false", "0", "no", "off"].includes(word)) return false;
    throw new UsageError("expected true or false");
  },
  format: (value) => (value ? "on" : "off"),
};

/** One of a few words, in lower case. */
export function choice<const Word extends string>(
  words: readonly Word[],
  label: string = words.join("|"),
): OptionType<Word> {
  return {
    label,
    choices: words,
    parse(text) {
      const word = words.find((known) => known === text.trim().toLowerCase());
      if (word === undefined) throw new UsageError(`expected ${listed(words, "or")}`);
      return word;
    },
  };
}

/** Any text, the empty one included. */
export function text(label = "TEXT"): OptionType<string> {
  return { label, parse: (given) => given };
}

/** The path of a file; whether it exists is found out by who opens it. */
export function path(label = "FILE"): OptionType<string> {
  return {
    label,
    isPath: true,
    parse(given) {
      if (given.trim() === "" || given.includes("\0")) throw new UsageError("expected the path of a file");
      return given;
    },
  };
}

/** The path of a file that is written. */
export function outputPath(label = "FILE"): OptionType<string> {
  return { ...path(label), isOutput: true };
}

/** The largest unit of which the size is a whole number. */
function formatSize(bytes: number): string {
  const units = [["GiB", 1024 ** 3], ["MiB", 1024 ** 2], ["KiB", 1024]] as const;
  const unit = units.find(([, size]) => bytes >= size && bytes % size === 0);
  return unit ? `${bytes / unit[1]}${unit[0]}` : `${bytes}B`;
}

/** A finite number in decimal digits, or `undefined`. `Number` alone would take "", "0x10" and "Infinity". */
function plainNumber(given: string): number | undefined {
  const trimmed = given.trim();
  if (!/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(trimmed)) return undefined;
  const value = Number(trimmed);
  return Number.isFinite(value) ? value : undefined;
}

function scaled(given: string): number | undefined {
  const [, amount, suffix] = /^(.*?)([kKM]?)$/s.exec(given.trim())!;
  const value = plainNumber(amount!);
  // Rounded, since 1.1 × 1000 is not 1100 in binary.
  return value === undefined || suffix === ""
    ? value
    : Number((value * (suffix === "M" ? 1e6 : 1e3)).toPrecision(15));
}

function within(value: number, range: NumberRange, expected: string): number {
  const { min = -Infinity, max = Infinity, above = -Infinity } = range;
  if (value < min || value > max || value <= above) throw new UsageError(expected);
  return value;
}

function inWords({ min, max, above }: NumberRange): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  const lower = above === undefined ? (min === undefined ? [] : [`of at least ${min}`]) : [`above ${above}`];
  return [...lower, ...(max === undefined ? [] : [`of at most ${max}`])].map((part) => ` ${part}`).join(
    " and",
  );
}
