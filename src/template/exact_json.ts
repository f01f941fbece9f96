/**
 * JSON whose whole numbers keep their spelling, whatever their size: identifiers of 64 bits and more are sent back as they
 * were received.
 *
 * @module
 */

interface SourceContext {
  readonly source?: string;
}

/** Newer than the type declarations. */
const { rawJSON, isRawJSON } = JSON as unknown as {
  rawJSON(text: string): unknown;
  isRawJSON(value: unknown): boolean;
};

/** Numbers with fewer digits are exact. */
const LONG_DIGITS = 16;

/** A string, which may hold digits, or a whole number that may be inexact. */
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d{16,}(?![\d.eE])/g;

/**
 * Parses JSON so that whole numbers beyond 2^53 are spelled as they were received when they are written again.
 *
 * @throws {SyntaxError} when the text is not JSON.
 */
export function parseExactJson(text: string): unknown {
  if (!hasLongNumber(text)) return JSON.parse(text);
  try {
    return JSON.parse(text, (_key: string, value: unknown, context?: SourceContext) => {
      return context?.source !== undefined && isInexact(value) ? rawJSON(context.source) : value;
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // Nested too deep for the engine to hand out sources.
    return parseDeep(text);
  }
}

/**
 * Whether so many digits stand in a row that a whole number may be inexact. Of such a row, one stands at a multiple of
 * their count.
 */
function hasLongNumber(text: string): boolean {
  for (let at = LONG_DIGITS - 1; at < text.length; at += LONG_DIGITS) {
    if (!isDigit(text, at)) continue;
    let from = at;
    while (from > 0 && isDigit(text, from - 1)) from--;
    let to = at + 1;
    while (to - from < LONG_DIGITS && isDigit(text, to)) to++;
    if (to - from >= LONG_DIGITS) return true;
  }
  return false;
}

function isDigit(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 48 && unit <= 57;
}

function isInexact(value: unknown): boolean {
  return typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value);
}

/** The same for documents of any depth: such numbers are strings while the engine parses. */
function parseDeep(text: string): unknown {
  const mark = `${crypto.randomUUID()}:`;
  const marked = text.replace(
    STRING_OR_NUMBER,
    (source) => !source.startsWith('"') && isInexact(Number(source)) ? `"${mark}${source}"` : source,
  );
  const root = { value: JSON.parse(marked) };
  const open: object[] = [root];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    const members = part as Record<string, unknown>;
    for (const key of Object.keys(members)) {
      const value = members[key];
      if (typeof value === "string" && value.startsWith(mark)) {
        members[key] = rawJSON(value.slice(mark.length));
      } else if (typeof value === "object" && value !== null) open.push(value);
    }
  }
  return root.value;
}

/** A JSON text, parsed. */
export class JsonDocument {
  /** As {@linkcode parseExactJson} reads it. */
  readonly value: unknown;
  readonly #text: string;

  /**
   * `value`: what the text says, where it is known and has no inexact numbers; then the text may be empty.
   *
   * @throws {SyntaxError} when the text is not JSON.
   */
  constructor(text: string, value?: unknown) {
    this.value = value === undefined ? parseExactJson(text) : value;
    this.#text = text;
  }

  /** The same with all numbers as the engine reads them, for those who compare them. */
  get plain(): unknown {
    return hasLongNumber(this.#text) ? JSON.parse(this.#text) : this.value;
  }
}

/** Whether a value parsed by {@linkcode parseExactJson} has no members or elements. */
export function isScalar(value: unknown): boolean {
  return typeof value !== "object" || value === null || isRawJSON(value);
}

/**
 * A JSON value as text: strings as they are, everything else as compact JSON.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals([jsonText("a"), jsonText(1.5), jsonText([true])], ["a", "1.5", "[true]"]);
 * ```
 */
export function jsonText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
