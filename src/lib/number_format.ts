/**
 * Numbers as people read them: byte sizes, times, counts and rates. Always a point for decimals and commas between
 * thousands, whatever the machine's locale. Parsing is left to others.
 *
 * @module
 */

/** What stands where nothing was measured. */
export const NOT_MEASURED = "–";

/**
 * A size in bytes with two decimals, in steps of 1024.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(formatBytes(1536), "1.50KB");
 * assertEquals(formatBytes(0), "0.00B");
 * ```
 */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return NOT_MEASURED;
  let value = bytes;
  let unit = 0;
  const units = ["B", "KB", "MB", "GB", "TB"];
  // Compared as printed: 1023.999 bytes are "1.00KB", not "1024.00B".
  while (unit < units.length - 1 && Number(value.toFixed(2)) >= 1024) {
    value /= 1024;
    unit++;
  }
  return value.toFixed(2) + units[unit];
}

/**
 * A time in ms with two decimals in µs, ms or s.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(formatTime(0.87), "870.00us");
 * assertEquals(formatTime(1100), "1.10s");
 * assertEquals(formatTime(999.9999), "1.00s");
 * ```
 */
export function formatTime(ms: number): string {
  if (!Number.isFinite(ms)) return NOT_MEASURED;
  const us = (ms * 1000).toFixed(2);
  if (Number(us) < 1000) return `${us}us`;
  const millis = ms.toFixed(2);
  return Number(millis) < 1000 ? `${millis}ms` : `${(ms / 1000).toFixed(2)}s`;
}

/**
 * A time in ms for narrow tables: whole us below one ms, whole ms, or seconds with one decimal.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(formatCompactTime(180.4), "180ms");
 * assertEquals(formatCompactTime(999.7), "1.0s");
 * assertEquals(formatCompactTime(0.2), "200us");
 * ```
 */
export function formatCompactTime(ms: number): string {
  if (!Number.isFinite(ms)) return NOT_MEASURED;
  const us = Math.round(ms * 1000);
  if (us < 1000) return us === 0 && ms > 0 ? "<1us" : `${us}us`;
  const whole = Math.round(ms);
  return whole >= 1000 ? `${(ms / 1000).toFixed(1)}s` : `${whole}ms`;
}

/** A setting in ms as seconds with at least one decimal: `10.0s`, `0.25s`. */
export function formatSeconds(ms: number): string {
  const seconds = ms / 1000;
  return Number.isInteger(seconds) ? `${seconds.toFixed(1)}s` : `${seconds}s`;
}

/** A whole number with commas: `15,229`. */
export function formatCount(count: number): string {
  return Number.isFinite(count) ? grouped(count, 0) : NOT_MEASURED;
}

/**
 * A whole number and what it counts, given in the singular.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(formatCounted(1, "thread"), "1 thread");
 * assertEquals(formatCounted(1500, "request body"), "1,500 request bodies");
 * ```
 */
export function formatCounted(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`;
  return `${formatCount(count)} ${/[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`}`;
}

/**
 * Words as a list.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(listed(["a", "b", "c"], "or"), "a, b or c");
 * ```
 */
export function listed(words: readonly string[], last: "and" | "or"): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1)}`;
}

/** A number with commas and two decimals: `1,234.50`. */
export function formatRate(perSecond: number): string {
  return Number.isFinite(perSecond) ? grouped(perSecond, 2) : NOT_MEASURED;
}

/** A number with commas and one decimal: `1,234.5`. */
export function formatTenths(value: number): string {
  return Number.isFinite(value) ? grouped(value, 1) : NOT_MEASURED;
}

/** A percentage with two decimals: `0.01%`. */
export function formatPercent(percent: number): string {
  return Number.isFinite(percent) ? `${percent.toFixed(2)}%` : NOT_MEASURED;
}

/** How large `part` of `whole` is, in percent with two decimals; of nothing: 0. */
export function formatShare(part: number, whole: number): string {
  return formatPercent(whole > 0 ? part / whole * 100 : 0);
}

/**
 * A measured time that may be a lower bound.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(formatMeasured({ ms: 2000, isAtLeast: true }), "≥ 2.00s");
 * assertEquals(formatMeasured(undefined), "–");
 * ```
 */
export function formatMeasured(
  value: { readonly ms: number; readonly isAtLeast: boolean } | undefined,
): string {
  if (value === undefined) return NOT_MEASURED;
  return (value.isAtLeast ? "≥ " : "") + formatTime(value.ms);
}

/** With commas between thousands. The platform's own formatter takes longer to load than a program to start. */
function grouped(value: number, decimals: number): string {
  const [whole = "", ...rest] = value.toFixed(decimals).split(".");
  return [whole.replace(/\B(?=(?:\d{3})+$)/g, ","), ...rest].join(".");
}
