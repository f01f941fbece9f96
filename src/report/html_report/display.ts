/**
 * Text as the HTML report shows it: numbers with a space before their unit, foreign text clipped and with its control
 * characters visible. Escaping for HTML is not needed, since the page inserts text as text.
 *
 * @module
 */
import { escapeTerminal } from "../../lib/escape.ts";
import { formatMeasured } from "../../lib/number_format.ts";

/** How good or bad something is; the page chooses colour and symbol. */
export type Tone = "good" | "bad" | "warn" | "neutral";

/** A cell of a table: text, or text with what it sorts by and how it looks. */
export type Cell = string | {
  readonly text: string;
  readonly sort?: number;
  readonly tone?: Tone;
  /** Length of a bar behind the text, 0 to 1. */
  readonly share?: number;
  /** Where the text leads: an http or https URL. */
  readonly link?: string;
};

/** A table; columns whose name starts with `#` hold numbers and stand right. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** Rows that are seen before it is unfolded; absent: 25. */
  readonly folded?: number;
  /** A remark below it. */
  readonly remark?: string;
}

/**
 * A formatted number with a narrow space before its unit and a real micro sign.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(spaced("870.00us"), "870.00\u202fµs");
 * assertEquals(spaced("12,345"), "12,345");
 * assertEquals(spaced("99.50%"), "99.50%");
 * ```
 */
export function spaced(text: string): string {
  return text.replace(/(\d)([a-zA-Z])/, "$1\u202f$2").replace("\u202fus", "\u202fµs");
}

/**
 * A formatted number apart from its unit.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(splitUnit("≥ 1.50s"), { value: "≥ 1.50", unit: "s" });
 * assertEquals(splitUnit("–"), { value: "–", unit: "" });
 * ```
 */
export function splitUnit(text: string): { readonly value: string; readonly unit: string } {
  const match = /^(.*\d)\s*([a-zA-Zµ%/]+)$/.exec(text);
  return match ? { value: match[1]!, unit: match[2]!.replace("us", "µs") } : { value: text, unit: "" };
}

/** A measured time, spaced; `–` when it was not measured. */
export function timeText(value: { readonly ms: number; readonly isAtLeast: boolean } | undefined): string {
  return spaced(formatMeasured(value));
}

/** A cell with a time that sorts by its value. */
export function timeCell(value: { readonly ms: number; readonly isAtLeast: boolean } | undefined): Cell {
  return { text: timeText(value), sort: value?.ms ?? -1 };
}

/** Text from elsewhere on one line, at most `most` characters of it. */
export function foreign(text: string, most = 300): string {
  const shown = escapeTerminal(text);
  return shown.length > most ? `${shown.slice(0, most - 1).replace(/[\ud800-\udbff]$/, "")}…` : shown;
}

/** A number with four significant digits, so that series stay small. */
export function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

/** A time since the start: `0:05`, `1:00:05`; with tenths where they matter. */
export function clockText(ms: number): string {
  const tenths = Math.round(ms / 100);
  const [sec, minutes, hours] = [
    Math.floor(tenths / 10) % 60,
    Math.floor(tenths / 600) % 60,
    Math.floor(tenths / 36_000),
  ];
  const two = (number: number) => String(number).padStart(2, "0");
  const text = hours > 0 ? `${hours}:${two(minutes)}:${two(sec)}` : `${minutes}:${two(sec)}`;
  return tenths % 10 === 0 ? text : `${text}.${tenths % 10}`;
}
