/**
 * Points in time and durations as the JSON form of Protocol Buffers writes them.
 *
 * @module
 */
import { rejectValue } from "./message_error.ts";

/** Whole seconds, and what is beyond them. */
export interface SecondsAndNanos {
  readonly seconds: bigint;
  readonly nanos: number;
}

const TIMESTAMP = /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)$/;
const DURATION = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?s$/;

/** Ten thousand years: what the type is declared to hold. */
const MAX_SECONDS = 315_576_000_000n;

/** Reads `2026-01-31T12:00:00.5Z`. @throws {MessageError} */
export function parseTimestamp(value: unknown): SecondsAndNanos {
  const match = typeof value === "string" ? TIMESTAMP.exec(value) : null;
  const ms = match === null ? NaN : Date.parse(`${match[1]}T${match[2]}${match[4]!.toUpperCase()}`);
  // The platform takes the 30th of February for the 2nd of March, and 24:00 for the next day.
  const isReal = match !== null && !match[2]!.startsWith("24") &&
    new Date(`${match[1]}T00:00:00Z`).toJSON()?.slice(0, 10) === match[1];
  if (!isReal || Number.isNaN(ms)) {
    return rejectValue('a time such as "2026-01-31T12:00:00Z" (google.protobuf.Timestamp)', value);
  }
  return { seconds: BigInt(Math.floor(ms / 1000)), nanos: nanosOf(match[3]) };
}

/** Reads `1.5s`. @throws {MessageError} */
export function parseDuration(value: unknown): SecondsAndNanos {
  const match = typeof value === "string" ? DURATION.exec(value) : null;
  if (match === null) return rejectValue('a duration such as "1.5s" (google.protobuf.Duration)', value);
  const isNegative = match[1] === "-";
  const seconds = BigInt(match[2]!);
  const nanos = nanosOf(match[3]);
  if (seconds > MAX_SECONDS) {
    return rejectValue(`at most ${MAX_SECONDS} seconds either way (google.protobuf.Duration)`, value);
  }
  return isNegative ? { seconds: -seconds, nanos: -nanos } : { seconds, nanos };
}

/** Writes a point in time, with as many digits behind the second as it needs: none, 3, 6 or 9. */
export function timestampText({ seconds, nanos }: SecondsAndNanos): string {
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return `${seconds}s`;
  return `${date.toISOString().slice(0, 19)}${fraction(nanos)}Z`;
}

/** Writes a duration. */
export function durationText({ seconds, nanos }: SecondsAndNanos): string {
  const isNegative = seconds < 0n || nanos < 0;
  return `${isNegative ? "-" : ""}${seconds < 0n ? -seconds : seconds}${fraction(Math.abs(nanos))}s`;
}

function nanosOf(digits: string | undefined): number {
  return digits === undefined ? 0 : Number(digits.padEnd(9, "0"));
}

function fraction(nanos: number): string {
  if (nanos === 0) return "";
  const digits = String(nanos).padStart(9, "0");
  return `.${digits.replace(/(?:000){1,2}$/, "")}`;
}
