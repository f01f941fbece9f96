/**
 * Small pieces of the importers' messages. Text from recordings and commands passes through here before it is shown.
 *
 * @module
 */
import { escapeTerminal } from "../lib/escape.ts";

const MAX_SHOWN = 120;

/** Text as it may stand in a message: safe for a terminal, and cut when long. */
export function shown(text: string): string {
  return escapeTerminal(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text);
}

/** Text from elsewhere between double quotes. */
export function quoted(text: string): string {
  return `"${shown(text)}"`;
}

/** Counts by name, most frequent first: `cookie (12), authorization (5)`; beyond ten the rest is summed up. */
export function tally(counts: ReadonlyMap<string, number>): string {
  const rows = [...counts].sort((a, b) => b[1] - a[1]);
  const first = rows.slice(0, 10).map(([name, count]) => `${shown(name)} (${count})`).join(", ");
  return rows.length > 10 ? `${first} and ${rows.length - 10} more` : first;
}

/** Adds one to a name's count. */
export function countOne<Name extends string>(counts: Map<Name, number>, name: Name): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
