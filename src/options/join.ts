/**
 * Several option tables as one. The tables stay beside their owners; a command joins those it takes.
 *
 * @module
 */
import type { Option, OptionTable } from "./option.ts";
import { environmentName } from "./names.ts";

/** One table with the options of all. */
export type Joined<Tables extends readonly OptionTable[]> = Tables extends readonly [
  infer First extends OptionTable,
  ...infer Rest extends readonly OptionTable[],
] ? First & Joined<Rest>
  : unknown;

/**
 * Joins tables.
 *
 * @throws {TypeError} when two options share a property name, a flag or an environment name, or when `needs` or
 * `excludes` names no option.
 */
export function joinTables<const Tables extends readonly OptionTable[]>(
  ...tables: Tables
): Joined<Tables> & OptionTable {
  const entries = tables.flatMap((table) => Object.entries(table));
  assertDistinct(entries);
  const joined = Object.fromEntries(entries);
  for (const [property, { requires = [], conflicts = [] }] of entries) {
    const unknown = [...requires, ...conflicts].find((other) => !Object.hasOwn(joined, other));
    if (unknown !== undefined) {
      throw new TypeError(`Option "${property}" names an unknown option "${unknown}"`);
    }
  }
  return joined as Joined<Tables> & OptionTable;
}

function assertDistinct(entries: readonly (readonly [string, Option])[]): void {
  const owners = new Map<string, string>();
  for (const [property, option] of entries) {
    const { short, long, aliases = [], negation } = option;
    const flags = [short, long, ...aliases, negation].filter((flag) => flag !== undefined);
    for (const name of [property, environmentName(property), ...flags]) {
      const owner = owners.get(name);
      if (owner !== undefined) {
        throw new TypeError(`Options "${owner}" and "${property}" share the name "${name}"`);
      }
      owners.set(name, property);
    }
  }
}
