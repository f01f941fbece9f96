/**
 * What changed between two JSON values, so that a page need not get everything each second: lists of numbers mostly grow
 * at their end. `live.js` applies it.
 *
 * @module
 */

/** A change of a JSON value; `undefined` in place of one: there is none. */
export type Delta =
  /** Another value. */
  | { readonly s: unknown }
  /** A list: so many of the old items, then these. */
  | { readonly p: number; readonly a: readonly unknown[] }
  /** A list of the same length: changes by index. */
  | { readonly i: Readonly<Record<string, Delta>> }
  /** An object: changes by key, and keys that are gone. */
  | { readonly k: Readonly<Record<string, Delta>>; readonly d?: readonly string[] };

/**
 * What makes the second value of the first.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(deltaOf({ a: [1, 2], b: 1 }, { a: [1, 2, 3], b: 1 }), { k: { a: { p: 2, a: [3] } } });
 * assertEquals(deltaOf([1], [1]), undefined);
 * ```
 */
export function deltaOf(before: unknown, after: unknown): Delta | undefined {
  if (Array.isArray(before) && Array.isArray(after)) return deltaOfLists(before, after);
  if (isObject(before) && isObject(after)) return deltaOfObjects(before, after);
  return before === after ? undefined : { s: after };
}

type JsonObject = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function deltaOfLists(before: readonly unknown[], after: readonly unknown[]): Delta | undefined {
  if (before.length === after.length && after.some((item) => typeof item === "object" && item !== null)) {
    const changes = after.flatMap((item, index) => {
      const delta = deltaOf(before[index], item);
      return delta === undefined ? [] : [[String(index), delta] as const];
    });
    return changes.length === 0 ? undefined : { i: Object.fromEntries(changes) };
  }
  let same = 0;
  while (same < before.length && same < after.length && isSame(before[same], after[same])) same++;
  if (same === before.length && same === after.length) return undefined;
  return same === 0 ? { s: after } : { p: same, a: after.slice(same) };
}

function isSame(before: unknown, after: unknown): boolean {
  return deltaOf(before, after) === undefined;
}

function deltaOfObjects(before: JsonObject, after: JsonObject): Delta | undefined {
  const changes = Object.entries(after).flatMap(([key, value]) => {
    const delta = Object.hasOwn(before, key) ? deltaOf(before[key], value) : { s: value };
    return delta === undefined ? [] : [[key, delta] as const];
  });
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  if (changes.length === 0 && gone.length === 0) return undefined;
  return { k: Object.fromEntries(changes), ...(gone.length > 0 && { d: gone }) };
}
