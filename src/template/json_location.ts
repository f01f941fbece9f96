/**
 * Where in a JSON document a path leads, if that is one place: `data.items[0].id`, `$.token`, `["a.b"]`, `$` for the whole.
 *
 * @module
 */
import type { JsonDocument } from "./exact_json.ts";

/** A compiled path. */
export interface JsonPath {
  /** The first value that it leads to; `undefined` when there is none. */
  first(document: JsonDocument): unknown;
  /** All values that it leads to, in the order of the document. */
  all(document: JsonDocument): readonly unknown[];
}

/** Compiles a path. @throws {UsageError} when it is malformed. */
export type PathCompiler = (text: string) => JsonPath;

/** Member names and indexes, outermost first. */
export type Location = readonly (string | number)[];

// Names in quotes hold no control characters. Of digits alone, they are names and never indexes: left to the library.
const SEGMENT =
  // deno-lint-ignore no-control-regex
  /\.([^.[\]*?"'\s]+)|\[(0|-?[1-9]\d{0,14})\]|\[(?!"-?\d+"|'-?\d+')(?:"([^"\\\x00-\x1f]*)"|'([^'\\\x00-\x1f]*)')\]/y;

/**
 * The location of the single value that a path leads to; `undefined` for all other paths, and for what is none.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(parseLocation("$.items[-1].id"), ["items", -1, "id"]);
 * assertEquals(parseLocation("user['e-mail']"), ["user", "e-mail"]);
 * assertEquals(parseLocation("$"), []);
 * assertEquals(parseLocation("$.items[*]"), undefined);
 * ```
 */
export function parseLocation(text: string): Location | undefined {
  const rest = rooted(text).slice(1);
  const location: (string | number)[] = [];
  SEGMENT.lastIndex = 0;
  while (SEGMENT.lastIndex < rest.length) {
    const match = SEGMENT.exec(rest);
    if (match === null) return undefined;
    const [, name, index, double, single] = match;
    location.push(index === undefined ? name ?? double ?? single ?? "" : Number(index));
  }
  return location;
}

/** Names in one pair of brackets: `['text','thinking']`. */
const NAMES = /\[\s*('[^']*'|"[^"]*")(?:\s*,\s*(?:'[^']*'|"[^"]*"))+\s*\]/g;

/**
 * Whether a path leads to one place, or to members of one object whose names it lists.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * assert(isNarrowPath("$.choices[0].delta['content','reasoning']"));
 * assert(!isNarrowPath("$.choices[*].delta"));
 * ```
 */
export function isNarrowPath(text: string): boolean {
  return parseLocation(text.replace(NAMES, "[$1]")) !== undefined;
}

/** The path with its `$`. */
export function rooted(text: string): string {
  if (/^\$(?=[.[]|\s|$)/.test(text)) return text;
  return /^[.[]/.test(text) ? `$${text}` : `$.${text}`;
}

/** The value at a location; `undefined` when there is none. Indexes below zero count from the end; `.0` is one, too. */
export function valueAt(document: unknown, location: Location): unknown {
  let value = document;
  for (const segment of location) {
    if (typeof value !== "object" || value === null) return undefined;
    if (Array.isArray(value)) {
      if (typeof segment === "string" && !/^-?\d+$/.test(segment)) return undefined;
      value = value.at(Number(segment));
    } else if (typeof segment === "string" && Object.hasOwn(value, segment)) {
      // Only the document's own members: no path leads to what all objects inherit.
      value = (value as Record<string, unknown>)[segment];
    } else return undefined;
  }
  return value;
}
