/**
 * What responses say in `Server-Timing` (W3C): metrics of the server's own, each with a name, perhaps a description and
 * perhaps a duration. Servers send what they like: a broken part costs itself, and no more than so much is read.
 *
 * @module
 */
import { fieldValues } from "./field_values.ts";

const FIELD = new TextEncoder().encode("server-timing");

/** Read of one response at most. */
const MAX_BYTES = 8192, MAX_METRICS = 100;
/** Kept of a name and of a description. */
const MAX_NAME = 64, MAX_DESCRIPTION = 64;
/** Longer durations are none: three days. */
const MAX_MS = 259_200_000;
/** Of a slow request, as text. */
const MAX_TEXT = 300;

/** One metric of one response. */
export interface TimingMetric {
  /** Its name, and behind a semicolon its description, if it has one: names have no semicolon. */
  readonly key: string;
  /** In ms; absent: it has none. */
  readonly durationMs?: number;
}

/** The field's value as it came, shortened; empty: the head has none. */
export function timingText(head: Uint8Array): string {
  return fieldValues(head, FIELD, MAX_TEXT);
}

/** What was read of one response. */
export interface ReadTimings {
  readonly metrics: readonly TimingMetric[];
  /** There was more. */
  readonly isCut: boolean;
}

/** The metrics of a head. */
export function timingsOf(head: Uint8Array): ReadTimings {
  const text = fieldValues(head, FIELD, MAX_BYTES + 1);
  if (text === "") return NONE;
  const isLong = text.length > MAX_BYTES;
  // Half a number would be another one.
  const whole = isLong ? text.slice(0, Math.max(0, text.lastIndexOf(","))) : text;
  const metrics = parseServerTiming(whole, MAX_METRICS + 1);
  const isCut = isLong || metrics.length > MAX_METRICS;
  return { metrics: metrics.slice(0, MAX_METRICS), isCut };
}

const NONE: ReadTimings = { metrics: [], isCut: false };

/** A key's name and description. */
export function namesIn(key: string): { readonly name: string; readonly description?: string } {
  const at = key.indexOf(";");
  return at < 0 ? { name: key } : { name: key.slice(0, at), description: key.slice(at + 1) };
}

const TOKEN = /[!#$%&'*+.^_`|~\w-]+/y;
const BLANKS = /[ \t]*/y;
/** A quoted text up to its end, or to the end of all where that is missing. */
const QUOTED = /"((?:[^"\\]|\\.?)*)"?/y;
/** What should not be there, up to what comes next: quoted texts are skipped whole. */
const REST = /(?:[^;,"]|"(?:[^"\\]|\\.?)*"?)*/y;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/i;

/**
 * The metrics in a field's value.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(parseServerTiming('db;dur=53.2, cache;desc="HIT"'), [{ key: "db", durationMs: 53.2 }, { key: "cache;HIT" }]);
 * ```
 */
export function parseServerTiming(text: string, most = Infinity): readonly TimingMetric[] {
  const metrics: TimingMetric[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  while (at < text.length && metrics.length < most) {
    take(BLANKS);
    const name = take(TOKEN)?.[0];
    let duration: string | undefined;
    let description: string | undefined;
    take(REST);
    while (text[at] === ";") {
      at++;
      take(BLANKS);
      const parameter = take(TOKEN)?.[0].toLowerCase();
      take(BLANKS);
      let value = "";
      if (text[at] === "=") {
        at++;
        take(BLANKS);
        const quoted = take(QUOTED)?.[1];
        value = quoted === undefined ? take(TOKEN)?.[0] ?? "" : quoted.replace(/\\(.?)/g, "$1");
      }
      take(REST);
      if (parameter === "dur") duration ??= value;
      else if (parameter === "desc") description ??= value;
    }
    // The comma.
    at++;
    if (name !== undefined) metrics.push(metricOf(name, description?.trim(), duration));
  }
  return metrics;
}

function metricOf(name: string, description: string | undefined, duration: string | undefined): TimingMetric {
  const short = name.slice(0, MAX_NAME);
  const key = description ? `${short};${description.slice(0, MAX_DESCRIPTION)}` : short;
  const ms = Number(NUMBER.exec(duration?.trim() ?? "")?.[0] ?? NaN);
  return ms >= 0 && ms <= MAX_MS ? { key, durationMs: ms } : { key };
}
