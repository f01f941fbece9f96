/**
 * What `log` was given, on one line.
 *
 * @module
 */

/** Longer lines are cut. */
const MAX_CHARACTERS = 1000;

/** Texts as they are, everything else as JSON where that is possible. */
export function logLine(values: readonly unknown[]): string {
  const line = values.map(textOf).join(" ").replace(/\s+/g, " ");
  return line.length > MAX_CHARACTERS ? `${line.slice(0, MAX_CHARACTERS)}…` : line;
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    // Rings and big numbers have no JSON.
    return String(value);
  }
}
