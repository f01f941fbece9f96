/**
 * URL lists: the text of a `--url-file` as entries. Reading the file, and making steps of the entries, is left to
 * others.
 *
 * ```text
 * # comment
 * http://localhost:8080/users
 * POST http://localhost:8080/orders
 * ```
 *
 * @module
 */
import { UsageError } from "../lib/errors.ts";
import { maskUrl } from "../lib/mask_url.ts";
import { withSuggestion } from "../lib/suggest.ts";

/** One request of a list. */
export interface UrlEntry {
  /** In upper case. */
  readonly method: string;
  /** Absolute, `http:` or `https:`, as written. */
  readonly url: string;
  /** Its line in the file, from 1. */
  readonly line: number;
}

const METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"] as const;

/** Problems shown at most; a file of the wrong kind has one in every line. */
const MAX_PROBLEMS = 10;

/**
 * Reads a list: one entry a line, `URL` or `METHOD URL`, the method in any case and GET when there is none. Blank lines
 * and lines that begin with `#` are skipped. Nothing is dropped: a line that is anything else is refused.
 *
 * @throws {UsageError} with the lines at fault, or when there is no entry at all.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(parseUrlList("# shop\npost http://localhost/orders\n", "urls.txt"), [
 *   { method: "POST", url: "http://localhost/orders", line: 2 },
 * ]);
 * ```
 */
export function parseUrlList(text: string, fileName: string): readonly UrlEntry[] {
  const file = `URL file ${JSON.stringify(fileName)}`;
  const entries: UrlEntry[] = [];
  const problems: string[] = [];
  for (const [index, raw] of text.replace(/^\ufeff/, "").split(/\r?\n/).entries()) {
    const content = raw.trim();
    if (content === "" || content.startsWith("#")) continue;
    const entry = entryOf(content);
    if (typeof entry === "string") problems.push(`${file}, line ${index + 1}: ${entry}`);
    else entries.push({ ...entry, line: index + 1 });
  }
  if (problems.length > MAX_PROBLEMS) {
    const rest = problems.length - MAX_PROBLEMS;
    problems.splice(MAX_PROBLEMS, rest, `${file}: ${rest} more lines are wrong`);
  }
  if (problems.length > 0) throw new UsageError(problems);
  if (entries.length === 0) {
    throw new UsageError(`${file} has no entry: expected URL or METHOD URL on a line`);
  }
  return entries;
}

/** The entry of a line, or what is wrong with it. */
function entryOf(content: string): Omit<UrlEntry, "line"> | string {
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(content.replaceAll("\t", " "))) {
    return "control characters are not allowed";
  }
  const [first = "", ...rest] = content.split(/\s+/);
  const method = METHODS.find((known) => known === first.toUpperCase());
  if (method === undefined && !first.includes("://")) {
    const sentence = rest.length === 0
      ? `expected a URL that begins with http:// or https://, found ${quoted(first)}`
      : `expected one of the methods ${METHODS.join(", ")} or a URL, found ${quoted(first)}`;
    return withSuggestion(sentence, first, METHODS);
  }
  const [url, ...extra] = method === undefined ? [first, ...rest] : rest;
  if (url === undefined) return `expected a URL after ${method}`;
  if (extra.length > 0) {
    return `expected nothing after the URL, found ${quoted(extra.join(" "))}; write a space in a URL as %20`;
  }
  if (!/^https?:\/\/[^/\\?#]/i.test(url) || !URL.canParse(url)) {
    return `expected a URL that begins with http:// or https://, found ${quoted(url)}`;
  }
  return { method: method ?? "GET", url };
}

function quoted(text: string): string {
  const masked = maskUrl(text);
  return JSON.stringify(masked.length > 80 ? `${masked.slice(0, 77)}...` : masked);
}
