/**
 * Values inside a JSON document, by paths of RFC 9535: `$.items[*].id`, `$..price`, `$.users[?@.age > 30].name`. The
 * leading `$.` may be left out. Paths to a single value, `data.items[0].id`, are followed here, many times faster than the
 * library does; it is loaded when another one is needed.
 *
 * @module
 */
import { isSecretName } from "../lib/credentials.ts";
import { loadPatternCompiler } from "../lib/safe_pattern.ts";
import { type JsonPath, type Location, parseLocation, type PathCompiler, valueAt } from "./json_location.ts";

/** A compiler of these paths; it may not know others. */
export async function loadPathCompiler(paths: Iterable<string>): Promise<PathCompiler> {
  const needsQueries = [...paths].some((path) => parseLocation(path) === undefined);
  const compileQuery = needsQueries
    ? (await import("./json_query.ts")).queryCompiler(await loadPatternCompiler())
    : undefined;
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

/** The name that tells most about what a path leads to: its last one, or, with others around, that of a secret. */
export function nameIn(path: string): string {
  const location = parseLocation(path);
  if (location !== undefined) return String(location.findLast((part) => typeof part === "string") ?? "");
  const names = path.match(/[\p{L}\p{N}_-]+/gu) ?? [];
  return names.find(isSecretName) ?? names.at(-1) ?? "";
}
