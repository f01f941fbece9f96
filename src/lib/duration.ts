/**
 * Durations as people write and read them. Inside, a duration is a number of milliseconds.
 *
 * @module
 */
import { UsageError } from "./errors.ts";

/** Milliseconds of each unit, the largest first; the order in which units may follow each other. */
const UNITS = [["h", 3_600_000], ["m", 60_000], ["s", 1000], ["ms", 1], ["us", 0.001]] as const;

/** The longest delay a timer can wait, in ms: 2³¹ − 1, about 24 days. */
export const LONGEST_MS = 2_147_483_647;

/**
 * Reads `10`, `10s`, `1.5s`, `500ms`, `250us`, `1m30s` or `1h` as milliseconds; a bare number means seconds.
 *
 * @throws {UsageError} when the text is not such a duration, is negative, or is longer than a timer can wait.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(parseDuration("1m30s"), 90_000);
 * assertEquals(parseDuration("0.5"), 500);
 * ```
 */
export function parseDuration(text: string): number {
  const trimmed = text.trim();
  const ms = /^(?:\d+(?:\.\d*)?|\.\d+)$/.test(trimmed) ? Number(trimmed) * 1000 : sumOfParts(trimmed);
  if (ms === undefined) throw new UsageError("expected a duration such as 10s, 500ms or 1m30s");
  if (ms > LONGEST_MS) throw new UsageError("expected a duration of at most 24 days");
  return ms;
}

/**
 * A duration in the words that `parseDuration` reads, exact to the microsecond.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(formatDuration(90_000), "1m30s");
 * assertEquals(formatDuration(1500), "1.5s");
 * ```
 */
export function formatDuration(ms: number): string {
  const wholeUs = Math.round(ms * 1000);
  if (wholeUs === 0) return "0s";
  if (wholeUs < 1000) return `${wholeUs}us`;
  if (wholeUs < 1_000_000) return `${wholeUs / 1000}ms`;
  const hours = Math.floor(wholeUs / 3_600_000_000);
  const minutes = Math.floor(wholeUs / 60_000_000) % 60;
  const seconds = (wholeUs % 60_000_000) / 1_000_000;
  return (hours ? `${hours}h` : "") + (minutes ? `${minutes}m` : "") + (seconds ? `${seconds}s` : "");
}

/**
 * A duration for people to read.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(durationInWords(90_000), "1 min 30 s");
 * assertEquals(durationInWords(0.25), "250 µs");
 * ```
 */
export function durationInWords(ms: number): string {
  const units: Readonly<Record<string, string>> = { m: "min", us: "µs" };
  return formatDuration(ms).replace(
    /([\d.]+)([a-z]+)/g,
    (_, amount, unit) => `${amount} ${units[unit] ?? unit} `,
  )
    .trim();
}

function sumOfParts(text: string): number | undefined {
  if (!/^(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ms|us|µs|h|m|s))+$/i.test(text)) return undefined;
  let total = 0;
  let next = 0;
  for (const [, amount, unit] of text.toLowerCase().matchAll(/([\d.]+)(ms|us|µs|h|m|s)/g)) {
    const at = UNITS.findIndex(([name]) => name === (unit === "µs" ? "us" : unit));
    if (at < next) return undefined;
    total += Number(amount) * UNITS[at]![1];
    next = at + 1;
  }
  return total;
}
