/**
 * Which options go together. Only what the user gave counts, never a default; a switch that was switched off counts as
 * not given. Checks that need the values of two options are named functions beside those options.
 *
 * @module
 */
import type { OptionTable } from "./option.ts";
import type { Origin, Resolved } from "./resolve.ts";

/** A problem for every `needs` and `excludes` that is not met; each pair of excluding options is named once. */
export function checkRelations(table: OptionTable, { values, origins }: Resolved): readonly string[] {
  const given = [...origins.keys()].filter((property) => values[property] !== false);
  const problems: string[] = [];
  const named = new Set<string>();
  for (const property of given) {
    const { requires = [], conflicts = [] } = table[property]!;
    const self = nameOf(table[property]!.long, origins.get(property)!);
    for (const needed of requires) {
      if (!given.includes(needed)) problems.push(`${self} needs ${table[needed]!.long}`);
    }
    for (const other of conflicts) {
      if (!given.includes(other) || named.has(`${other} ${property}`)) continue;
      named.add(`${property} ${other}`);
      problems.push(
        `${self} cannot be given together with ${nameOf(table[other]!.long, origins.get(other)!)}`,
      );
    }
  }
  return problems;
}

function nameOf(flag: string, { source, text }: Origin): string {
  return source === "command line" ? text : `${flag} (from ${text})`;
}
