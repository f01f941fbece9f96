/**
 * URL lists: the text of a `--url-file` as entries. Reading the file, and making steps of the entries, is left to
 * others.
 *
 * ```text
 * # comment
 * http://localhost:8080/users
 * POST http://localhost:8080/orders weight=3
 * Content-Type: application/json
 * @order.json
 *
 * {"method": "PUT", "url": "http://localhost:8080/orders/1", "body": "…"}
 * ```
 *
 * Header lines and a body's file belong to the request before them: the form of vegeta's targets.
 *
 * @module
 */
import { HEADER_NAME } from "../lib/net/header_syntax.ts";
import { UsageError } from "../lib/errors.ts";
import { withSuggestion } from "../lib/suggest.ts";
import { entryUrlProblem, METHODS, quoted, type UrlEntry, weightProblem } from "./url_entry.ts";
import { readJsonEntry } from "./url_json.ts";

/** Problems shown at most; a file of the wrong kind has one in every line. */
const MAX_PROBLEMS = 10;

/**
 * Reads a list: `URL` or `METHOD URL` on a line, the method in any case and GET when there is none, with header lines and
 * `@FILE` for a body below it; or a JSON object on a line. Blank lines and lines that begin with `#` are skipped. Nothing
 * is dropped: a line that is anything else is refused.
 *
 * @throws {UsageError} with the lines at fault, or when there is no entry at all.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(parseUrlList("# shop\npost http://localhost/orders\nX-A: 1\n", "urls.txt"), [
 *   { method: "POST", url: "http://localhost/orders", line: 2, headers: [["X-A", "1"]] },
 * ]);
 * ```
 */
export function parseUrlList(text: string, fileName: string): readonly UrlEntry[] {
  const file = `URL file ${JSON.stringify(fileName)}`;
  const entries: UrlEntry[] = [];
  const problems: string[] = [];
  // Whether the next line may belong to the last entry.
  let isOpen = false;
  for (const [index, raw] of text.replace(/^\ufeff/, "").split(/\r?\n/).entries()) {
    const content = raw.trim();
    if (content.startsWith("#")) continue;
    if (content === "") {
      isOpen = false;
      continue;
    }
    const last = isOpen ? entries.at(-1) : undefined;
    const more = last && lineOf(content, last);
    if (more !== undefined) {
      entries[entries.length - 1] = more;
      continue;
    }
    const entry = content.startsWith("{") ? readJsonEntry(content) : entryOf(content);
    isOpen = typeof entry !== "string";
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

/** An entry with a line that belongs to it; `undefined`: the line is something else. */
function lineOf(content: string, entry: UrlEntry): UrlEntry | undefined {
  if (content.startsWith("@") && entry.body === undefined) {
    return { ...entry, body: { kind: "file", path: content.slice(1) } };
  }
  const [, name = "", value = ""] = /^([^\s:]+):\s*(.*)$/.exec(content) ?? [];
  if (!HEADER_NAME.test(name) || value.startsWith("//") || /\p{Cc}/u.test(value)) return undefined;
  return { ...entry, headers: [...entry.headers ?? [], [name, value]] };
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
  const weight = extra.length === 1 ? /^weight=(\S+)$/i.exec(extra[0]!)?.[1] : undefined;
  if (extra.length > 0 && weight === undefined) {
    return `expected nothing after the URL, found ${quoted(extra.join(" "))}; write a space in a URL as %20`;
  }
  const problem = entryUrlProblem(url) ?? (weight === undefined ? undefined : weightProblem(Number(weight)));
  return problem ?? { method: method ?? "GET", url, ...(weight !== undefined && { weight: Number(weight) }) };
}
