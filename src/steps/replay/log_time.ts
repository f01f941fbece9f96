/**
 * Times of access logs.
 *
 * @module
 */

const MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

/**
 * A time in ms since 1970: `10/Oct/2000:13:55:36 -0700`, ISO 8601, or a number of seconds, ms, µs or ns; `undefined`: it is
 * none of these.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(logTimeOf("10/Oct/2000:13:55:36 -0700"), Date.UTC(2000, 9, 10, 20, 55, 36));
 * assertEquals(logTimeOf("1700000000.25"), 1_700_000_000_250);
 * ```
 */
export function logTimeOf(text: string): number | undefined {
  const common =
    /^\[?(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d)(\.\d+)?(?: ([+-])(\d\d):?(\d\d))?\]?$/
      .exec(text);
  if (common !== null) {
    const [, day, name, year, hour, minute, second, fraction = "", sign, zoneHours, zoneMinutes] = common;
    const month = MONTHS.indexOf(name!);
    if (month < 0) return undefined;
    const utc = Date.UTC(+year!, month / 3, +day!, +hour!, +minute!, +second!) +
      Number(`0${fraction}`) * 1000;
    const zoneMs = sign === undefined ? 0 : (+zoneHours! * 60 + +zoneMinutes!) * 60_000;
    return sign === "-" ? utc + zoneMs : utc - zoneMs;
  }
  if (/^\d+(?:\.\d+)?$/.test(text)) return epochMs(Number(text));
  if (!/^\d{4}-\d\d-\d\d/.test(text)) return undefined;
  const ms = Date.parse(text.replace(/^(\S+) (?=\d)/, "$1T").replace(" ", "").replace(",", "."));
  return Number.isNaN(ms) ? undefined : ms;
}

/** Seconds, ms, µs or ns, told by their size: all of them are of this century. */
function epochMs(value: number): number | undefined {
  if (value < 1e11) return Math.round(value * 1e6) / 1000;
  if (value < 1e14) return value;
  return value < 1e17 ? value / 1000 : value / 1e6;
}
