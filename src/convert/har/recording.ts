/**
 * Opens a recording: bytes in, the list of its entries out, unread. The format is HAR 1.2
 * (http://www.softwareishard.com/blog/har-12-spec/), whose writers all leave something out or add something.
 *
 * @module
 */
import { concat } from "@std/bytes/concat";
import { isRecord } from "../../lib/is_record.ts";
import { MAX_RECORDING_BYTES } from "../../lib/size_limits.ts";
import { UsageError } from "../../lib/errors.ts";
import { jsonMistake } from "../../lib/json/json_error.ts";
import { findEntries } from "./scan.ts";
import { textOf } from "../json_values.ts";
import { knownDocument, knownText } from "../known_formats.ts";
import { quoted, shown } from "../wording.ts";

/** Of a text that is no JSON, so many characters tell what it is. */
const MAX_SNIFFED = 10_000;

/** Recordings longer than this are read entry by entry. */
const MAX_AT_ONCE = 4 * 2 ** 20;

/** What a recording holds. */
export interface Recording {
  /** Unread. Those of a large recording are parsed one after the other, while they are asked for. */
  readonly entries: Iterable<unknown>;
  /** The name of the program that wrote it; empty when it does not say. */
  readonly creator: string;
}

/**
 * Opens a recording.
 * @param label how messages call the recording: its path
 * @throws {UsageError} when it is too long, not UTF-8, not JSON, or has no list `log.entries`
 */
export function openRecording(bytes: Uint8Array, label: string): Recording {
  const refuse = (why: string): never => {
    throw new UsageError(`Cannot read recording ${quoted(label)}: ${why}`);
  };
  if (bytes.length > MAX_RECORDING_BYTES) {
    const megabytes = Math.round(bytes.length / 2 ** 20);
    refuse(`it has ${megabytes} MB, more than 512 MB; save it without content, or in parts`);
  }
  const spans = bytes.length > MAX_AT_ONCE ? findEntries(bytes) : null;
  if (spans === null) return contentOf(bytes, refuse);
  const [from, to] = spans.list;
  const rest = concat([bytes.subarray(0, from), encoder.encode("[0]"), bytes.subarray(to)]);
  // Refuses whatever is wrong around the entries.
  const { creator } = contentOf(rest, refuse);
  if (spans.entries.length === 0) refuse(NOTHING_RECORDED);
  const entries = spans.entries.values().map(([start, end]) => parsed(bytes.subarray(start, end), refuse));
  return { entries, creator };
}

type Refuse = (why: string) => never;

const encoder = new TextEncoder();
const NOTHING_RECORDED = '"log.entries" is empty: nothing was recorded';

function contentOf(bytes: Uint8Array, refuse: Refuse): Recording {
  if (bytes.every((byte) => byte <= 0x20)) refuse("it is empty");
  const document = parsed(bytes, refuse);
  if (!isRecord(document)) return refuse(`expected a JSON object, found ${kindOf(document)}`);
  if (!("log" in document)) {
    const known = knownDocument(document);
    return refuse(known === undefined ? 'it has no "log", so it is not a HAR file' : `it is ${known}`);
  }
  const log = document["log"];
  if (!isRecord(log)) return refuse(`expected "log" to be an object, found ${kindOf(log)}`);
  if (!("entries" in log)) return refuse('"log" has no "entries"');
  const entries = log["entries"];
  if (!Array.isArray(entries)) return refuse(`expected "log.entries" to be a list, found ${kindOf(entries)}`);
  if (entries.length === 0) return refuse(NOTHING_RECORDED);
  const creator = isRecord(log["creator"]) ? textOf(log["creator"]["name"]) ?? "" : "";
  return { entries, creator };
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
    const known = knownText(text.slice(0, MAX_SNIFFED));
    return refuse(
      known === undefined ? `it is not JSON: ${shown(jsonMistake(error, text).reason)}` : `it is ${known}`,
    );
  }
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
