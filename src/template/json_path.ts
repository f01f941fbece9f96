/**
 * Values inside a JSON document, by paths of RFC 9535: `$.items[*].id`, `$..price`, `$.users[?@.age > 30].name`. The
 * leading `$.` may be left out. Paths to a single value, `data.items[0].id`, are followed here, many times faster than the
 * library does; it is loaded when another one is needed.
 *
 * @module
 */
import type { FilterFunction, JSONPathEnvironment, JSONPathNode, JSONPathQuery, JSONValue } from "json-p3";
import { isSecretName } from "../lib/credentials.ts";
import { messageOf, UsageError } from "../lib/errors.ts";
import { loadPatternCompiler, type PatternCompiler, type SafePattern } from "../lib/safe_pattern.ts";
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

/** A compiler of these paths; it may not know others. */
export async function loadPathCompiler(paths: Iterable<string>): Promise<PathCompiler> {
  const needsQueries = [...paths].some((path) => parseLocation(path) === undefined);
  const compileQuery = needsQueries ? await loadQueryCompiler() : undefined;
  return (text) => {
    const location = parseLocation(text);
    if (location !== undefined) return pathTo(location);
    if (compileQuery === undefined) {
      throw new TypeError(`The query engine is not loaded, but there is ${text}`);
    }
    return compileQuery(text);
  };
}

function pathTo(location: Location): JsonPath {
  return {
    first: ({ value }) => valueAt(value, location),
    all({ value }) {
      const found = valueAt(value, location);
      return found === undefined ? [] : [found];
    },
  };
}

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

/** The path with its `$`. */
function rooted(text: string): string {
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

/** The name that tells most about what a path leads to: its last one, or, with others around, that of a secret. */
export function nameIn(path: string): string {
  const location = parseLocation(path);
  if (location !== undefined) return String(location.findLast((part) => typeof part === "string") ?? "");
  const names = path.match(/[\p{L}\p{N}_-]+/gu) ?? [];
  return names.find(isSecretName) ?? names.at(-1) ?? "";
}

/** Servers may nest as deep as they like; what `..` would find below this is not found. */
const MAX_DEPTH = 1000;
/** Patterns that are kept compiled. */
const MAX_PATTERNS = 20;

async function loadQueryCompiler(): Promise<PathCompiler> {
  const [{ JSONPathEnvironment }, compilePattern] = await Promise.all([
    import("json-p3"),
    loadPatternCompiler(),
  ]);
  const environment = new JSONPathEnvironment({ maxRecursionDepth: MAX_DEPTH });
  const standard = environment.functionRegister.get("match")!;
  environment.functionRegister.set("match", patternFunction(standard, true, compilePattern));
  environment.functionRegister.set("search", patternFunction(standard, false, compilePattern));
  return (text) => queryOf(text, environment);
}

function queryOf(text: string, environment: JSONPathEnvironment): JsonPath {
  let query: JSONPathQuery;
  try {
    query = environment.compile(rooted(text));
  } catch (error) {
    throw new UsageError(`Cannot read JSON path "${text}": ${reasonOf(error)}`);
  }
  const valueIn = ({ value }: JsonDocument, node: JSONPathNode) =>
    // What was compared had its numbers rounded.
    node.root === value ? node.value : valueAt(value, node.location);
  return {
    first: (document) =>
      unlessFailed(undefined, () => {
        const node = query.match(document.plain as JSONValue);
        return node && valueIn(document, node);
      }),
    all: (document) =>
      unlessFailed([], () => {
        const nodes = query.query(document.plain as JSONValue);
        return Array.from(nodes, (node) => valueIn(document, node));
      }),
  };
}

/** Documents come from servers: one that is too deep or too large for a query has nothing at it. */
function unlessFailed<T>(otherwise: T, find: () => T): T {
  try {
    return find();
  } catch {
    return otherwise;
  }
}

/** What the library says, in words about the path. */
function reasonOf(error: unknown): string {
  const reason = messageOf(error).replace(/ +\('.*':\d+\)$/s, "").replaceAll(/ {2,}/g, " ");
  return /^can't backup|^bald descendant/.test(reason)
    ? "it ends where a name or an index is expected"
    : reason;
}

/** A dot of RFC 9485, which is no line break, or what may hold another dot. */
const DOT = /\\.|\[(?:\\.|[^\]\\])*\]|\./gs;

/** `match()` and `search()` in linear time: a pattern may come out of the document. */
function patternFunction(
  standard: FilterFunction,
  isWhole: boolean,
  compile: PatternCompiler,
): FilterFunction {
  const known = new Map<string, SafePattern | null>();
  return {
    argTypes: standard.argTypes,
    returnType: standard.returnType,
    call(text: unknown, source: unknown) {
      if (typeof text !== "string" || typeof source !== "string") return false;
      let pattern = known.get(source);
      if (pattern === undefined) {
        if (known.size >= MAX_PATTERNS) known.clear();
        const inRe2 = source.replace(DOT, (part) => part === "." ? "[^\\n\\r]" : part);
        pattern = unlessFailed(null, () => compile(isWhole ? `^(?:${inRe2})$` : inRe2));
        known.set(source, pattern);
      }
      return pattern?.isIn(text) ?? false;
    },
  };
}
