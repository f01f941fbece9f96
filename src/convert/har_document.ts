/**
 * Opens a recording: bytes in, the list of its entries out, unread. The format is HAR 1.2
 * (http://www.softwareishard.com/blog/har-12-spec/), whose writers all leave something out or add something.
 *
 * @module
 */
import { messageOf, UsageError } from "../lib/errors.ts";
import { quoted, shown } from "./wording.ts";

/** Longest recording that is read, in bytes: the engine's longest string. */
export const MAX_RECORDING_BYTES = 512 * 1024 * 1024 - 32;

/**
 * The entries of a recording.
 * @param label how messages call the recording: its path
 * @throws {UsageError} when it is too long, not UTF-8, not JSON, or has no list `log.entries`
 */
export function readEntries(bytes: Uint8Array, label: string): readonly unknown[] {
  const refuse = (why: string): never => {
    throw new UsageError(`Cannot read recording ${quoted(label)}: ${why}`);
  };
  if (bytes.length > MAX_RECORDING_BYTES) {
    const megabytes = Math.round(bytes.length / 2 ** 20);
    refuse(`it has ${megabytes} MB, more than 512 MB; save it without content, or in parts`);
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return refuse("it is not UTF-8 text");
  }
  if (text.trim() === "") refuse("it is empty");
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    refuse(`it is not JSON: ${shown(messageOf(error))}`);
  }
  if (!isRecord(document)) return refuse(`expected a JSON object, found ${kindOf(document)}`);
  if (!("log" in document)) return refuse('it has no "log", so it is not a HAR file');
  const log = document["log"];
  if (!isRecord(log)) return refuse(`expected "log" to be an object, found ${kindOf(log)}`);
  if (!("entries" in log)) return refuse('"log" has no "entries"');
  const entries = log["entries"];
  if (!Array.isArray(entries)) return refuse(`expected "log.entries" to be a list, found ${kindOf(entries)}`);
  if (entries.length === 0) return refuse('"log.entries" is empty: nothing was recorded');
  return entries;
}

/** Whether a JSON value is an object (and not a list). */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A JSON value's string, or `undefined`. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** A JSON number, or the number that a JSON string spells; otherwise `undefined`. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === "string" && /^-?\d+(?:\.\d+)?$/.test(value.trim())) return Number(value);
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
