/**
 * Data files as text: in the encoding that is named, that a byte order mark tells, or UTF-8.
 *
 * @module
 */
import { UsageError } from "../lib/errors.ts";

/**
 * The text of a data file.
 *
 * @throws {UsageError} when the encoding is unknown or the bytes are not in it.
 */
export function decodeData(bytes: Uint8Array, file: string, encoding?: string): string {
  const label = encoding ?? encodingMarkedIn(bytes) ?? "utf-8";
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(label, { fatal: true });
  } catch {
    // Not in the Encoding Standard.
    throw new UsageError(`Cannot read "${file}": unknown encoding "${label}"`);
  }
  try {
    return decoder.decode(bytes);
  } catch {
    // The decoder says nothing more.
    const hint = encoding === undefined ? "; name its encoding, such as encoding: windows-1252" : "";
    throw new UsageError(
      `Cannot read "${file}": it is not ${label === "utf-8" ? "UTF-8" : label} text${hint}`,
    );
  }
}

function encodingMarkedIn([first, second]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : undefined;
}

/** What a file may be separated by. */
const DELIMITERS = [",", ";", "\t", "|"] as const;

/**
 * What separates the fields of a CSV text: the mark that its first line has most of, outside of quotes.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals([findDelimiter("a;b,c;d\n"), findDelimiter('"a;b;c",d'), findDelimiter("a")], [";", ",", ","]);
 * ```
 */
export function findDelimiter(text: string): string {
  const line = /^[^\r\n]*/.exec(text)![0].replace(/"[^"]*"/g, "");
  const counted = DELIMITERS.map((mark) => [mark, line.split(mark).length - 1] as const);
  return counted.reduce((best, one) => one[1] > best[1] ? one : best)[0];
}
