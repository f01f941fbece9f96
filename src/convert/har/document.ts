/**
 * Opens a recording: bytes in, the list of its entries out, unread. The format is HAR 1.2
 * (http://www.softwareishard.com/blog/har-12-spec/), whose writers all leave something out or add something.
 *
 * @module
 */
import { UsageError } from "../../lib/errors.ts";
import { jsonMistake } from "../../lib/json_error.ts";
import { findEntries } from "./scan.ts";
import { quoted, shown } from "../wording.ts";

/** Longest recording that is read, in bytes: the engine's longest string. */
export const MAX_RECORDING_BYTES = 512 * 1024 * 1024 - 32;

/** Recordings longer than this are read entry by entry. */
const MAX_AT_ONCE = 4 * 2 ** 20;

/**
 * The entries of a recording. Those of a large one are read one after the other, while they are asked for.
 * @param label how messages call the recording: its path
 * @throws {UsageError} when it is too long, not UTF-8, not JSON, or has no list `log.entries`
 */
export function readEntries(bytes: Uint8Array, label: string): Iterable<unknown> {
  const refuse = (why: string): never => {
    throw new UsageError(`Cannot read recording ${quoted(label)}: ${why}`);
  };
  if (bytes.length > MAX_RECORDING_BYTES) {
    const megabytes = Math.round(bytes.length / 2 ** 20);
    refuse(`it has ${megabytes} MB, more than 512 MB; save it without content, or in parts`);
  }
  const spans = bytes.length > MAX_AT_ONCE ? findEntries(bytes) : null;
  if (spans === null) return entriesOf(bytes, refuse);
  const [from, to] = spans.list;
  const rest = concat([bytes.subarray(0, from), encoder.encode("[0]"), bytes.subarray(to)]);
  // Refuses whatever is wrong around the entries.
  entriesOf(rest, refuse);
  if (spans.entries.length === 0) refuse(NOTHING_RECORDED);
  return spans.entries.values().map(([start, end]) => parsed(bytes.subarray(start, end), refuse));
}

type Refuse = (why: string) => never;

const encoder = new TextEncoder();
const NOTHING_RECORDED = '"log.entries" is empty: nothing was recorded';

function entriesOf(bytes: Uint8Array, refuse: Refuse): readonly unknown[] {
  if (bytes.every((byte) => byte <= 0x20)) refuse("it is empty");
  const document = parsed(bytes, refuse);
  if (!isRecord(document)) return refuse(`expected a JSON object, found ${kindOf(document)}`);
  if (!("log" in document)) return refuse('it has no "log", so it is not a HAR file');
  const log = document["log"];
  if (!isRecord(log)) return refuse(`expected "log" to be an object, found ${kindOf(log)}`);
  if (!("entries" in log)) return refuse('"log" has no "entries"');
  const entries = log["entries"];
  if (!Array.isArray(entries)) return refuse(`expected "log.entries" to be a list, found ${kindOf(entries)}`);
  if (entries.length === 0) return refuse(NOTHING_RECORDED);
  return entries;
}

function parsed(bytes: Uint8Array, refuse: Refuse): unknown {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return refuse("it is not UTF-8 text");
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    return refuse(`it is not JSON: ${shown(jsonMistake(error, text).reason)}`);
  }
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
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
