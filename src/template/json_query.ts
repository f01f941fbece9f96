/**
 * Paths that may lead to several values, by the library `json-p3`, which implements the whole of RFC 9535.
 *
 * @module
 */
import { MAX_JSON_LEVELS } from "../lib/size_limits.ts";
import {
  type FilterFunction,
  JSONPathEnvironment,
  type JSONPathNode,
  type JSONPathQuery,
  type JSONValue,
} from "json-p3";
import { messageOf, UsageError } from "../lib/errors.ts";
import type { PatternCompiler, SafePattern } from "../lib/safe_pattern.ts";
import type { JsonDocument } from "./exact_json.ts";
import { type JsonPath, type PathCompiler, rooted, valueAt } from "./json_location.ts";

/** Patterns that are kept compiled. */
const MAX_PATTERNS = 20;

/** A compiler of all paths. */
export function queryCompiler(compilePattern: PatternCompiler): PathCompiler {
  const environment = new JSONPathEnvironment({ maxRecursionDepth: MAX_JSON_LEVELS });
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
