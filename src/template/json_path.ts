/**
 * The way to one value inside a JSON document: `data.items[0].id`, `$.token`, `["a.b"]`, `$` for the whole. A subset of
 * RFC 9535 that always leads to at most one value; the leading `$.` may be left out and indexes may count from the end.
 *
 * @module
 */
import { UsageError } from "../lib/errors.ts";

/** Member names and indexes, outermost first. */
export type JsonPath = readonly (string | number)[];

const SEGMENT = /\.([^.[\]*?"'\s]+)|\[(-?\d+)\]|\["([^"\\]*)"\]|\['([^'\\]*)'\]/y;

/**
 * Reads a path.
 *
 * @throws {UsageError} when it is malformed or could lead to several values.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(parseJsonPath("$.items[-1].id"), ["items", -1, "id"]);
 * assertEquals(parseJsonPath("user['e-mail']"), ["user", "e-mail"]);
 * assertEquals(parseJsonPath("$"), []);
 * ```
 */
export function parseJsonPath(text: string): JsonPath {
  const isRooted = /^\$(?=[.[]|$)/.test(text);
  const rest = isRooted ? text.slice(1) : /^[.[]/.test(text) ? text : `.${text}`;
  const path: (string | number)[] = [];
  SEGMENT.lastIndex = 0;
  while (SEGMENT.lastIndex < rest.length) {
    const at = SEGMENT.lastIndex;
    const match = SEGMENT.exec(rest);
    if (match === null) throw new UsageError(`Cannot read JSON path "${text}": ${reasonAt(rest.slice(at))}`);
    const [, name, index, double, single] = match;
    path.push(index === undefined ? name ?? double ?? single ?? "" : Number(index));
  }
  return path;
}

function reasonAt(rest: string): string {
  if (/^\.\.|^\[?\.?\*|^\[[?:\d,-]*[?:,*]/.test(rest)) {
    return `wildcards, slices, filters and ".." are not supported, found "${rest}"`;
  }
  return `expected .name, [0] or ["name"], found "${rest}"`;
}

/** The name of the member that a path leads to; `""` when it has none. */
export function nameIn(path: JsonPath): string {
  return String(path.findLast((segment) => typeof segment === "string") ?? "");
}

/** The value that a path leads to; `undefined` when there is none. */
export function valueAt(document: unknown, path: JsonPath): unknown {
  let value = document;
  for (const segment of path) {
    if (typeof value !== "object" || value === null) return undefined;
    if (Array.isArray(value)) {
      const index = Number(segment);
      if (!Number.isInteger(index)) return undefined;
      value = value.at(index);
    } else {
      // Only the document's own members: no path leads to what all objects inherit.
      value = Object.hasOwn(value, segment) ? (value as Record<string, unknown>)[segment] : undefined;
    }
  }
  return value;
}

interface SourceContext {
  readonly source?: string;
}

/** Newer than the type declarations. */
const { rawJSON, isRawJSON } = JSON as unknown as {
  rawJSON(text: string): unknown;
  isRawJSON(value: unknown): boolean;
};

/** A string, which may hold digits, or a whole number that may be inexact. */
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d{16,}(?![\d.eE])/g;

/**
 * Parses JSON so that whole numbers beyond 2^53 are spelled as they were received when they are written again.
 *
 * @throws {SyntaxError} when the text is not JSON.
 */
export function parseExactJson(text: string): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
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
